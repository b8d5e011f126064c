"""Staff's sessions: how they begin, whose they are, and how they end, in the panel and in the API alike.

They live on the server alone. Each ends by itself a while after its last use, and at latest after a number of
hours; both limits are written into it when it begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from domain.model.people import Account, StaffSession
from domain.secrecy import new_token, token_hash
from domain.words import SessionKind

PREFIX = "ses_"
NOTED_EVERY = timedelta(minutes=1)
"""How old the note of the last use may be: a write with each request would cost more than most answers."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long a session may last unused, and at all."""

    idle: timedelta = timedelta(hours=1)
    longest: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Begun:
    """A new session; its token is shown once."""

    token: str
    expires_at: datetime


def is_open() -> sa.ColumnElement[bool]:
    """That a session is in force now."""
    return sa.and_(
        StaffSession.revoked_at.is_(None),
        StaffSession.expires_at > sa.func.now(),
        StaffSession.last_used_at + StaffSession.idle_limit > sa.func.now(),
    )


async def begin(session: AsyncSession, account: Account, kind: SessionKind, lengths: Lengths) -> Begun:
    """A new session of an account."""
    now, token = datetime.now(UTC), new_token(PREFIX)
    account.last_signed_in_at = now
    begun = Begun(token, now + lengths.longest)
    session.add(
        StaffSession(
            account_id=account.id,
            token_hash=token_hash(token),
            kind=kind,
            expires_at=begun.expires_at,
            idle_limit=lengths.idle,
        )
    )
    await session.flush()
    return begun


async def find(session: AsyncSession, token: str) -> tuple[StaffSession, Account] | None:
    """The session of a token and its account, where both are in force; now and then its use is noted."""
    return (await find_all(session, [token])).get(token)


async def find_all(session: AsyncSession, tokens: Sequence[str]) -> dict[str, tuple[StaffSession, Account]]:
    """Those of many tokens, in one statement."""
    by_hash = {token_hash(token): token for token in tokens}
    hashes = sa.literal(list(by_hash), ARRAY(sa.LargeBinary()))
    found = await session.execute(
        sa.select(StaffSession, Account)
        .join(Account, Account.id == StaffSession.account_id)
        .where(StaffSession.token_hash == sa.any_(hashes), is_open(), Account.active)
    )
    pairs = {by_hash[used.token_hash]: (used, account) for used, account in found}
    before = datetime.now(UTC) - NOTED_EVERY
    stale = [used.id for used, _ in pairs.values() if used.last_used_at < before]
    if stale:
        await _note_use(session, stale)
    return pairs


async def _note_use(session: AsyncSession, keys: Sequence[UUID]) -> None:
    """Whoever else notes the same at the moment is not waited for: two who did would lock each other out."""
    unnoted = (
        sa.select(StaffSession.id)
        .where(StaffSession.id.in_(keys), StaffSession.last_used_at < sa.func.now() - NOTED_EVERY)
        .with_for_update(skip_locked=True, key_share=True)
    )
    await session.execute(
        sa.update(StaffSession)
        .where(StaffSession.id.in_(unnoted))
        .values(last_used_at=sa.func.now())
        .execution_options(synchronize_session=False)
    )


async def of_account(session: AsyncSession, account_id: UUID) -> Sequence[StaffSession]:
    """An account's open sessions, the last used first."""
    found = await session.scalars(
        sa.select(StaffSession)
        .where(StaffSession.account_id == account_id, is_open())
        .order_by(StaffSession.last_used_at.desc(), StaffSession.id)
    )
    return found.all()


async def end(session: AsyncSession, token: str) -> None:
    """Ends the session of a token; whoever still holds it is nobody from now on."""
    await _end(session, StaffSession.token_hash == token_hash(token))


async def end_one(session: AsyncSession, account_id: UUID, key: UUID) -> None:
    """Ends one session of an account."""
    await _end(session, StaffSession.account_id == account_id, StaffSession.id == key)


async def end_all(session: AsyncSession, account_id: UUID, *, but: UUID | None = None) -> None:
    """Ends every session of an account; one may be left."""
    others = [StaffSession.id != but] if but is not None else []
    await _end(session, StaffSession.account_id == account_id, *others)


async def _end(session: AsyncSession, *which: sa.ColumnElement[bool]) -> None:
    await session.execute(
        sa.update(StaffSession)
        .where(*which, StaffSession.revoked_at.is_(None))
        .values(revoked_at=sa.func.now())
        .execution_options(synchronize_session=False)
    )
