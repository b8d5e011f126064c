"""What does a letter say of the deadlines that its reader was reminded of together?

What has been seen to since is left out; where that is all of it, nothing is sent.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from admin.wording import day
from api.mail.content import Content, Desk
from api.mail.panel import of_complaint, of_notices
from domain.calendar import local_day
from domain.model.complaint import Complaint, Deadline
from domain.model.mail import OutgoingLetter
from domain.model.notice import Reminder
from domain.reminding.reading import reminders
from domain.words import Rung, label

LISTED = 50
_BRIEFLY = {
    Rung.OVERDUE_OFFICE: "terlambat 3 hari kerja atau lebih",
    Rung.OVERDUE: "terlambat",
    Rung.DUE_TODAY: "jatuh tempo hari ini",
    Rung.DUE_TOMORROW: "sisa 1 hari kerja",
}
"""The rungs as the subject names them, the highest first."""


async def compose(session: AsyncSession, letter: OutgoingLetter, desk: Desk) -> Content | None:
    """All that a run of the worker has reminded an account of."""
    rows = (await session.execute(_still_true(UUID(letter.about["batch"])))).all()
    if not rows:
        return None
    # All that is told together is told to one OPD, or to Diskominfo.
    to_office, [opd, *_] = rows[0].to_office, [row.opd for row in rows]
    values = {
        "whom": "Diskominfo" if to_office else opd,
        "groups": [
            {"title": label(rung), "items": _items([row for row in rows[:LISTED] if row.rung is rung], desk)}
            for rung in _BRIEFLY
        ],
        "more": max(0, len(rows) - LISTED),
        "panel": of_notices(desk),
    }
    return Content(_subject(Counter(row.rung for row in rows)), values)


def _subject(counts: Counter[Rung]) -> str:
    """The two highest rungs by name: more would not fit into a line of the inbox."""
    first = [rung for rung in _BRIEFLY if rung in counts][:2]
    others = counts.total() - sum(counts[rung] for rung in first)
    told = ", ".join(f"{counts[rung]} {_BRIEFLY[rung]}" for rung in first)
    return f"Pengingat: {told}" + (f", dan {others} lagi" if others else "")


def _items(rows: Sequence[Any], desk: Desk) -> list[dict[str, Any]]:
    return [
        {
            "code": row.tracking_code,
            "about": ", ".join(part for part in (row.category, row.area, row.to_office and row.opd) if part),
            "due": f"{label(row.clock)}, tenggat {day(local_day(row.due_at))}",
            "href": of_complaint(desk, row.tracking_code),
        }
        for row in rows
    ]


def _still_true(batch: UUID) -> sa.Select[*tuple[Any, ...]]:
    return (
        reminders()
        .where(
            Reminder.batch == batch,
            Deadline.ended_at.is_(None),
            Deadline.paused_at.is_(None),
            Deadline.due_at == Reminder.due_at,
            sa.or_(Reminder.opd_id.is_(None), Complaint.opd_id == Reminder.opd_id),
        )
        .order_by(Deadline.due_at, Reminder.id)
    )
