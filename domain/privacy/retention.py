"""What is kept no longer than it is needed: whose data go when, and how are they found?

The law (UU 27/2022) has personal data erased when the purpose is fulfilled (Pasal 43) and when the period is
over for which they are kept (Pasal 42 and 44); how long that is the city decides, and an operator sets it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import sessions
from domain.batches import Write, delete_all
from domain.model.complaint import Complaint, Reporter, Supporter
from domain.model.event import IdempotencyKey
from domain.model.people import StaffSession
from domain.privacy.closed_sql import closed_before
from domain.privacy.erasing import erase_identities

BATCH = 200
KEYS_KEPT = timedelta(days=30)
"""How long a submission can be repeated: clients do so within minutes."""
SESSIONS_KEPT = timedelta(days=30)
"""How long an ended session of staff is kept: what it did is in the audit trail."""


@dataclass(frozen=True, slots=True)
class Next:
    """A complaint whose reporter is erased, and from when on."""

    tracking_code: str
    at: datetime


def _cutoff(months: int) -> sa.ColumnElement[datetime]:
    """Complaints that were closed before this moment have been kept long enough."""
    return sa.func.now() - sa.func.make_interval(0, months)


def _identified() -> sa.ColumnElement[bool]:
    return sa.exists().where(Reporter.complaint_id == Complaint.id)


async def number_due(session: AsyncSession, months: int) -> int:
    """How many complaints wait to have their reporters erased."""
    due = closed_before(Complaint.__table__, _cutoff(months))
    query = sa.select(sa.func.count()).select_from(Complaint).where(due, _identified())
    return await session.scalar(query) or 0


async def coming(session: AsyncSession, months: int, limit: int) -> Sequence[Next]:
    """The complaints whose turn it is next, or already."""
    at = (Complaint.updated_at + sa.func.make_interval(0, months)).label("at")
    closed = closed_before(Complaint.__table__, sa.func.now())
    rows = await session.execute(
        sa.select(Complaint.tracking_code, at)
        .where(closed, _identified())
        .order_by(Complaint.updated_at, Complaint.id)
        .limit(limit)
    )
    return [Next(row.tracking_code, row.at) for row in rows]


async def erase_due(write: Write, months: int) -> int:
    """Erases the reporters of all complaints that were closed so long ago; returns how many.

    Batch by batch, each in a transaction of its own: it may be killed and run again, and several may run.
    """
    erased, reached = 0, None
    while True:
        async with write() as session:
            found = await _next_batch(session, months, reached)
            if not found:
                return erased
            reached = found[-1]
            erased += len(await erase_identities(session, [key for _, key in found]))


async def _next_batch(
    session: AsyncSession, months: int, reached: tuple[datetime, UUID] | None
) -> list[tuple[datetime, UUID]]:
    """The next complaints that are due, locked. What somebody works on now waits for the next run."""
    query = (
        sa.select(Complaint.updated_at, Complaint.id)
        .where(closed_before(Complaint.__table__, _cutoff(months)), _identified())
        .order_by(Complaint.updated_at, Complaint.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    if reached is not None:
        at, key = reached
        after = sa.tuple_(sa.bindparam("at", at), sa.bindparam("key", key, type_=sa.Uuid()))
        query = query.where(sa.tuple_(Complaint.updated_at, Complaint.id) > after)
    return [(row.updated_at, row.id) for row in await session.execute(query)]


async def forget_supporters(write: Write, months: int) -> int:
    """Deletes by which keys complaints were supported that were closed so long ago; their number stays."""
    closed = sa.select(Complaint.id).where(
        Complaint.id == Supporter.complaint_id, closed_before(Complaint.__table__, _cutoff(months))
    )
    return await delete_all(write, Supporter, sa.exists(closed))


async def forget_used(write: Write) -> int:
    """Deletes what only served a while, whatever the rule for identities: see each constant.

    Keys of replies stay until their reporter is erased: they alone tell whose reply it is.
    """
    old_keys = sa.and_(
        IdempotencyKey.created_at < sa.func.now() - KEYS_KEPT, IdempotencyKey.scope.not_like("%:reply")
    )
    ended = sa.and_(~sessions.is_open(), StaffSession.last_used_at < sa.func.now() - SESSIONS_KEPT)
    return await delete_all(write, IdempotencyKey, old_keys) + await delete_all(write, StaffSession, ended)
