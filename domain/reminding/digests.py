"""Which digests are to be made now, and how is each made and told of once?

A daily digest for each OPD that has somebody to read it and for Diskominfo, at the start of the working hours
of a working day; the week's figures on its first working day. Where no worker ran then, as soon as one does.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

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
    made = await _made(session, content, hours.now, kind=DigestKind.DAILY, opd_id=opd_id, day=hours.today)
    if made is None or not content["total"]:
        return False
    await tell(session, people, hours.now, digest=made)
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
    made = await _made(session, content, hours.now, kind=DigestKind.WEEKLY, opd_id=None, day=week)
    if made is None:
        return False
    await tell(session, people, hours.now, digest=made)
    await _write_to(session, LetterKind.HEAD_DIGEST, made, readers)
    return True


async def _write_to(
    session: AsyncSession, kind: LetterKind, digest: UUID, readers: Sequence[Recipient]
) -> None:
    for to in readers:
        once = f"digest:{digest}:{to.id if isinstance(to, ToAccount) else 'head'}"
        await put(session, Letter(kind, to, once, {"digest": str(digest)}))


async def _made(
    session: AsyncSession, content: Any, at: datetime, *, kind: DigestKind, opd_id: UUID | None, day: date
) -> UUID | None:
    """Writes it, unless another worker has: whoever comes second waits for the first, and gets None."""
    written: UUID | None = await session.scalar(
        insert(Digest)
        .values(kind=kind, opd_id=opd_id, day=day, at=at, content=content)
        .on_conflict_do_nothing()
        .returning(Digest.id)
    )
    return written
