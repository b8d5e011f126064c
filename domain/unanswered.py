"""Which answers did nobody reply to in time, and what becomes of them?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import clocks, closing
from domain.actor import Actor
from domain.model.complaint import Complaint, Deadline
from domain.model.master import SlaRule
from domain.words import Clock, ComplaintStatus

_TOLD = (
    "Laporan diselesaikan oleh sistem: pelapor tidak membalas tanggapan dalam {days} hari kerja."
    " Bila masalahnya belum selesai, pelapor dapat membuka kembali laporan ini."
)


def _lapsed(now: datetime) -> sa.Select[UUID]:
    """The complaints whose reporter has had all the time to reply to the answer."""
    return (
        sa.select(Complaint.id)
        .join(Deadline, Deadline.complaint_id == Complaint.id)
        .where(
            Deadline.clock == Clock.REPORTER_REPLY,
            Deadline.ended_at.is_(None),
            Deadline.paused_at.is_(None),
            Deadline.due_at < now,
            Complaint.status == ComplaintStatus.ANSWERED,
        )
    )


async def lapsed(session: AsyncSession, now: datetime, most: int) -> Sequence[UUID]:
    """Some of them, those that have waited longest first."""
    found = await session.scalars(_lapsed(now).order_by(Deadline.due_at, Deadline.id).limit(most))
    return found.all()


async def complete_lapsed(session: AsyncSession, actor: Actor, complaint_id: UUID, now: datetime) -> bool:
    """Completes one, unless somebody else is at it or has changed it meanwhile."""
    await clocks.keep_rules(session)
    complaint = await session.scalar(
        sa.select(Complaint).where(Complaint.id == complaint_id).with_for_update(skip_locked=True)
    )
    if complaint is None or not await session.scalar(_lapsed(now).where(Complaint.id == complaint_id)):
        return False
    days = await session.scalar(
        sa.select(SlaRule.working_days)
        .join(Deadline, Deadline.rule_id == SlaRule.id)
        .where(
            Deadline.complaint_id == complaint_id,
            Deadline.clock == Clock.REPORTER_REPLY,
            Deadline.ended_at.is_(None),
        )
    )
    told = _TOLD.format(days=days)
    await closing.complete(session, actor, complaint.tracking_code, complaint.version, body=told, at=now)
    return True
