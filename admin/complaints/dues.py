"""How near its earliest deadline each of some complaints is, counted as the API counts it."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from admin import wording
from admin.wording import Due
from domain.clocks import AGAINST_THE_CITY
from domain.deadline_sql import working_days_left
from domain.model.complaint import Complaint, Deadline
from domain.words import ComplaintStatus


async def earliest(session: AsyncSession, complaints: Collection[UUID]) -> dict[UUID, Due]:
    """The deadline of each that presses first, among the clocks that run against the city."""
    rows = await session.execute(
        sa.select(Deadline.complaint_id, Deadline.due_at, working_days_left(Deadline.__table__))
        .where(
            Deadline.complaint_id.in_(complaints),
            Deadline.clock.in_(AGAINST_THE_CITY),
            Deadline.ended_at.is_(None),
            Deadline.paused_at.is_(None),
        )
        .order_by(Deadline.complaint_id, Deadline.due_at)
        .ext(distinct_on(Deadline.complaint_id))
    )
    return {complaint: Due.of(at, left) for complaint, at, left in rows}


def shown(complaint: Complaint, due: Due | None) -> Markup:
    """A complaint's deadline in a list."""
    if due is not None:
        return due.html
    if complaint.status is ComplaintStatus.ON_HOLD:
        return Markup('<span class="due due-paused">dijeda</span>')
    return wording.NONE
