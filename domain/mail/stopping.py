"""How does a reporter say that they want no more letters about a report, without signing in?

By an address that only we can have made: it names the report, and is signed with a key of the service. An
older key still counts, as long as the service has it.
"""

import hmac
from base64 import urlsafe_b64decode
from binascii import Error
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.model.complaint import Reporter
from domain.secrecy import Vault, base64url, mac

ROOT = "/surel/berhenti"
PURPOSE = "stop-mail"
SIGNATURE_BYTES = 16
_KEY_BYTES = 16
_LETTERS = 43


def stop_link(vault: Vault, base: str, complaint_id: UUID) -> str:
    """Where a report's reporter stops its letters."""
    key = complaint_id.bytes
    return f"{base}{ROOT}/{base64url(key + _signature(vault.derived(PURPOSE), key))}"


def _signature(key: bytes, payload: bytes) -> bytes:
    return mac(key, payload)[:SIGNATURE_BYTES]


def complaint_of(vault: Vault, token: str) -> UUID | None:
    """The report that a link's last part names; None where it is none of ours."""
    if len(token) != _LETTERS or not token.isascii():
        return None
    try:
        shown = urlsafe_b64decode(token + "=")
    except Error:
        return None
    payload, signature = shown[:_KEY_BYTES], shown[_KEY_BYTES:]
    signed = [hmac.compare_digest(_signature(key, payload), signature) for key in vault.derivations(PURPOSE)]
    return UUID(bytes=payload) if any(signed) else None


async def stop(session: AsyncSession, complaint_id: UUID, now: datetime) -> None:
    """No more letters to a report's reporter, also not those that wait; the first time counts."""
    await session.execute(
        sa.update(Reporter)
        .where(Reporter.complaint_id == complaint_id, Reporter.mail_stopped_at.is_(None))
        .values(mail_stopped_at=now)
    )


async def go_on(session: AsyncSession, complaint_id: UUID) -> None:
    """Letters of what happens from now on, again."""
    await session.execute(
        sa.update(Reporter)
        .where(Reporter.complaint_id == complaint_id, Reporter.mail_stopped_at.is_not(None))
        .values(mail_stopped_at=None)
    )
