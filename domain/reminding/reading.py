"""What was somebody reminded of? Each reminder with the deadline, and with the report as it is now."""

from typing import Any

import sqlalchemy as sa

from domain.model.complaint import Complaint, Deadline
from domain.model.master import Area, Category, Opd
from domain.model.notice import Reminder


def reminders() -> sa.Select[*tuple[Any, ...]]:
    """Reminders as they read; whose and in which order is the caller's question."""
    return (
        sa.select(
            Reminder.rung,
            Reminder.due_at,
            Reminder.to_office,
            Deadline.clock,
            Complaint.tracking_code,
            Category.name.label("category"),
            Area.name.label("area"),
            Opd.called.label("opd"),
        )
        .join(Deadline, Deadline.id == Reminder.deadline_id)
        .join(Complaint, Complaint.id == Deadline.complaint_id)
        .outerjoin(Category, Category.id == Complaint.category_id)
        .outerjoin(Area, Area.id == Complaint.area_id)
        .outerjoin(Opd, Opd.id == Reminder.opd_id)
    )
