"""What does the head of office read of a week: what came in and was completed, what is overdue and where?"""

from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import JAKARTA, ordinal_sql
from domain.model.complaint import Complaint
from domain.model.master import Opd
from domain.reminding.hours import Hours

LONGEST = 10


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


async def figures(session: AsyncSession, hours: Hours) -> dict[str, Any]:
    """The content of a weekly digest: of the week before this one, and of what is overdue now."""
    until = monday_of(hours.today)
    since = until - timedelta(days=7)
    new = await _count(session, _within(Complaint.submitted_at, since, until))
    completed = await _count(session, _within(Complaint.completed_at, since, until))
    late = Complaint.due_at < hours.now
    days, number = await _pace(session, since, until)
    return {
        "from": since.isoformat(),
        "until": (until - timedelta(days=1)).isoformat(),
        "new": new,
        "completed": completed,
        "overdue": await _count(session, late),
        "overdue_by_opd": await _by_opd(session, late),
        "longest": await _longest(session, late),
        "follow_up": {"days": days, "number": number},
    }


def _within(column: Any, since: date, until: date) -> sa.ColumnElement[bool]:
    start, end = (datetime.combine(day, time(), JAKARTA) for day in (since, until))
    return sa.and_(column >= start, column < end)


async def _count(session: AsyncSession, which: sa.ColumnElement[bool]) -> int:
    return await session.scalar(sa.select(sa.func.count()).select_from(Complaint).where(which)) or 0


async def _by_opd(session: AsyncSession, late: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    """The most first; what no OPD has is Diskominfo's, without a code."""
    number, name = sa.func.count(), Opd.called
    rows = await session.execute(
        sa.select(Opd.code, name, number)
        .select_from(Complaint)
        .outerjoin(Opd, Opd.id == Complaint.opd_id)
        .where(late)
        .group_by(Opd.id)
        .order_by(number.desc(), name)
    )
    return [{"code": code, "name": name or "Diskominfo", "number": count} for code, name, count in rows]


async def _longest(session: AsyncSession, late: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    c, opd_name = Complaint, Opd.called
    rows = await session.execute(
        sa.select(c.tracking_code, opd_name, c.due_at)
        .outerjoin(Opd, Opd.id == Complaint.opd_id)
        .where(late)
        .order_by(Complaint.due_at, Complaint.id)
        .limit(LONGEST)
    )
    return [
        {"code": code, "opd": opd or "Diskominfo", "due_at": due.isoformat()}
        for code, opd, due in rows
        if due is not None
    ]


async def _pace(session: AsyncSession, since: date, until: date) -> tuple[float | None, int]:
    """Laju tindak lanjut: working days from first dispatch to first answer or action, and of how many."""
    first, begun = Complaint.first_responded_at, Complaint.dispatched_at
    table = Complaint.__table__
    lasted = ordinal_sql(table.c.first_responded_at) - ordinal_sql(table.c.dispatched_at)
    row = (
        await session.execute(
            sa.select(sa.func.avg(lasted), sa.func.count()).where(
                _within(first, since, until), begun.is_not(None)
            )
        )
    ).one()
    return (None if row[0] is None else round(float(row[0]), 1)), row[1]
