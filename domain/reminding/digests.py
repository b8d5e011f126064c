"""Which digests are to be made now, and how is each made and told of once?

A daily digest for each OPD that has somebody to read it and for Diskominfo, at the start of the working hours
of a working day; the week's figures on its first working day. Where no worker ran then, as soon as one does.
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from domain.mail.outbox import Letter, Recipient, ToAccount, ToHead, put
from domain.model.notice import Digest
from domain.model.people import Account
from domain.reminding.hours import Hours
from domain.reminding.notices import tell
from domain.reminding.people import administrators, people_of
from domain.reminding.waiting import what_waits
from domain.reminding.week import figures, monday_of
from domain.words import DigestKind, LetterKind


async def without_daily(session: AsyncSession, hours: Hours) -> Sequence[UUID | None]:
    """The OPDs, and Diskominfo as None, that have had no digest today."""
    had = set(
        await session.scalars(
            sa.select(Digest.opd_id).where(Digest.kind == DigestKind.DAILY, Digest.day == hours.today)
        )
    )
    opds = await session.scalars(
        sa.select(Account.opd_id).where(Account.active, Account.opd_id.is_not(None)).distinct()
    )
    return [opd for opd in (None, *opds) if opd not in had]


async def make_daily(session: AsyncSession, opd_id: UUID | None, hours: Hours) -> bool:
    """The digest of the day; where nothing waits nobody is told, and it is made: none shall come at noon."""
    people = await people_of(session, opd_id)
    if not people:
        return False
    content = await what_waits(session, opd_id, hours)
    made = Digest(kind=DigestKind.DAILY, opd_id=opd_id, day=hours.today, at=hours.now, content=content)
    if not await _is_first(session, made) or not content["total"]:
        return False
    await tell(session, people, hours.now, digest=made.id)
    await _write_to(session, LetterKind.OPD_DIGEST, made, [ToAccount(person) for person in people])
    return True


async def make_weekly(session: AsyncSession, hours: Hours, *, head_has_address: bool) -> bool:
    """The figures of the week before this one: a letter to the head of office, or else to administrators."""
    week = monday_of(hours.today)
    there = sa.select(Digest.id).where(Digest.kind == DigestKind.WEEKLY, Digest.day == week)
    people = await administrators(session)
    readers: list[Recipient] = [ToHead()] if head_has_address else [ToAccount(person) for person in people]
    if not readers or await session.scalar(there) is not None:
        return False
    content = await figures(session, hours)
    made = Digest(kind=DigestKind.WEEKLY, opd_id=None, day=week, at=hours.now, content=content)
    if not await _is_first(session, made):
        return False
    await tell(session, people, hours.now, digest=made.id)
    await _write_to(session, LetterKind.HEAD_DIGEST, made, readers)
    return True


async def _write_to(
    session: AsyncSession, kind: LetterKind, digest: Digest, readers: Sequence[Recipient]
) -> None:
    for to in readers:
        once = f"digest:{digest.id}:{to.id if isinstance(to, ToAccount) else 'head'}"
        await put(session, Letter(kind, to, once, {"digest": str(digest.id)}))


async def _is_first(session: AsyncSession, made: Digest) -> bool:
    """Writes it, unless another worker has: whoever comes second waits for the first, and finds it there."""
    made.id = uuid7()
    written = await session.execute(
        insert(Digest)
        .values(
            id=made.id,
            kind=made.kind,
            opd_id=made.opd_id,
            day=made.day,
            at=made.at,
            content=made.content,
        )
        .on_conflict_do_nothing()
        .returning(Digest.id)
    )
    return written.scalar() is not None
