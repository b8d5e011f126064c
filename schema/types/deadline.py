"""Deadlines as they stand at this moment, worked out in SQL."""

from datetime import datetime

import sqlalchemy as sa

from domain import policy
from domain.deadline_sql import deadline_state, working_days_left
from domain.model import complaint as model
from domain.words import Clock, DeadlineState
from schema.plan.fields import by, column, one, planned
from schema.types.master import SlaRule


@planned(model.Deadline.__table__, policy.everything)
class Deadline:
    """Tenggat: until when something must have happened."""

    clock: Clock = column("What it measures.")
    due_at: datetime = column("The last second of the last working day.")
    state: DeadlineState = column(
        "How it stands now. REPORTER_REPLY is MET by the reporter's reply alone, and MISSED where the time"
        " ran out, or the complaint was closed, without one.",
        lambda s: deadline_state(s.row),
    )
    working_days_left: int = column(
        "Working days left until the last day, 0 on that day; negative once overdue."
        " Of an ended or paused clock: what was left then.",
        lambda s: working_days_left(s.row),
    )
    paused_at: datetime | None = column("Since when the clock is paused.")
    rule: SlaRule = one("The rule it follows.", by("rule_id"))


def latest_of_each_clock(d: sa.FromClause, complaint: sa.FromClause) -> sa.ColumnElement[bool]:
    """A complaint's deadlines: of a clock that ran more than once, the latest run."""
    later = model.Deadline.__table__.alias()
    return sa.and_(
        d.c.complaint_id == complaint.c.id,
        ~sa.exists()
        .where(
            later.c.complaint_id == d.c.complaint_id,
            later.c.clock == d.c.clock,
            sa.tuple_(later.c.started_at, later.c.id) > sa.tuple_(d.c.started_at, d.c.id),
        )
        .correlate_except(later),
    )
