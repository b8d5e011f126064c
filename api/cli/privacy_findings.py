"""What does the checkup say of personal data: is it erased in time, and do the keys open it?"""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from api.cli.finding import Finding, State, fine
from api.cli.on_database import database_at
from api.cli.restoring import restore_finding
from api.settings import settings
from domain.privacy import rekeying, retention
from domain.secrecy import Vault

LATE = timedelta(days=2)


async def privacy_findings(url: str, vault: Vault | None) -> list[Finding]:
    """What there is to say of personal data."""
    async with database_at(url) as database, database.write() as session:
        found = [await restore_finding(session), await _retention(session)]
        return found if vault is None else [*found, await _encryption(session, vault)]


async def _encryption(session: AsyncSession, vault: Vault) -> Finding:
    """Whether the keys open what is encrypted, and whether all of them are needed."""
    several = len(vault.keys) > 1
    # One key opens all or nothing, unless somebody has mixed databases up: a part of them tells.
    counted = await rekeying.count(session, vault, some=not several)
    if counted.unreadable:
        return Finding(
            State.WRONG,
            f"Secret keys: they do not open {counted.unreadable} encrypted values in the database.",
            "Put the earlier keys back: behind the newest one in ADUAN_SECRET_KEYS, or in the file.",
        )
    if counted.earlier:
        return Finding(
            State.NOTE,
            f"Secret keys: {counted.earlier} encrypted values are still by an earlier key.",
            "Run `aduan privacy rekey`; then the earlier keys can go.",
        )
    if several:
        return fine(
            f"Secret keys: the newest has encrypted all {counted.newest} values: the earlier ones can go."
        )
    return fine("Secret keys: they open what is encrypted in the database.")


async def _retention(session: AsyncSession) -> Finding:
    """Whether reporters are erased when their time is over."""
    months = settings().retention_months
    if months == 0:
        return Finding(
            State.NOTE,
            "Retention: reporters are kept for ever (ADUAN_RETENTION_MONTHS is 0).",
            "Set the number of months that the city has decided upon; docs/privacy.md tells why 24.",
        )
    rule = f"Retention: reporters are erased {months} months after a complaint's end"
    due = await retention.number_due(session, months)
    if not due:
        return fine(f"{rule}; none is due.")
    oldest = (await retention.coming(session, months, 1))[0]
    if oldest.at < datetime.now(UTC) - LATE:
        return Finding(
            State.NOTE,
            f"{rule}, and {due} are due, the first since {oldest.at:%Y-%m-%d}.",
            "Run `aduan worker`: it erases them at night.",
        )
    return fine(f"{rule}; {due} are due tonight.")
