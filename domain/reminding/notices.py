"""What does the panel tell an account, which of it have they not read, and how long is it kept?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.model.notice import Digest, Notice

KEPT = timedelta(days=90)
COUNTED = 100
"""No more than these are counted: nobody reads the difference between a hundred and two hundred."""


async def tell(
    session: AsyncSession,
    people: Sequence[UUID],
    now: datetime,
    *,
    reminders: Sequence[UUID] = (),
    digest: UUID | None = None,
) -> None:
    """Writes a notice of each thing for each account."""
    things = [("reminder_id", key) for key in reminders]
    if digest is not None:
        things.append(("digest_id", digest))
    rows = [{"account_id": who, what: key, "at": now} for what, key in things for who in people]
    if rows:
        await session.execute(sa.insert(Notice), rows)


async def unread(session: AsyncSession, account_id: UUID) -> int:
    """How many notices an account has not read, up to a hundred."""
    some = sa.select(Notice.id).where(_unread_of(account_id)).limit(COUNTED).subquery()
    return await session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


async def read(session: AsyncSession, account_id: UUID, notice: int, now: datetime) -> None:
    """Marks one of an account's notices as read."""
    await _mark(session, now, Notice.id == notice, _unread_of(account_id))


async def read_until(session: AsyncSession, account_id: UUID, last: int, now: datetime) -> None:
    """Marks what an account was shown as read; what has come since stays as it is."""
    await _mark(session, now, Notice.id <= last, _unread_of(account_id))


def _unread_of(account_id: UUID) -> sa.ColumnElement[bool]:
    return sa.and_(Notice.account_id == account_id, Notice.read_at.is_(None))


async def _mark(session: AsyncSession, now: datetime, *which: sa.ColumnElement[bool]) -> None:
    await session.execute(
        sa.update(Notice).where(*which).values(read_at=now).execution_options(synchronize_session=False)
    )


async def forget_old(session: AsyncSession, now: datetime) -> int:
    """Removes notices and digests after their time; that somebody was reminded stays recorded."""
    before = now - KEPT
    gone = await session.execute(sa.delete(Notice).where(Notice.at < before).returning(Notice.id))
    await session.execute(sa.delete(Digest).where(Digest.at < before))
    return len(gone.all())
