"""May a completed complaint still be taken up again? SQL over its row, for lists and steps alike."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain.calendar import local_day_sql, ordinal_of_day_sql, ordinal_sql
from domain.model.master import SlaRule
from domain.words import Clock, ComplaintStatus


def _working_days(c: FromClause) -> ColumnElement[int]:
    """What the rule of the reporter's reply gave on the day of completion: `clocks.in_force`, in SQL."""
    r = SlaRule.__table__.alias()
    day = local_day_sql(c.c.completed_at)
    return (
        sa.select(r.c.working_days)
        .where(
            r.c.clock == sa.literal_column(f"'{Clock.REPORTER_REPLY}'", sa.Text()),
            sa.or_(r.c.classification.is_(None), r.c.classification == c.c.classification),
            sa.or_(r.c.supervised.is_(None), r.c.supervised == c.c.supervised),
            r.c.valid_from <= day,
            sa.or_(r.c.valid_until.is_(None), r.c.valid_until >= day),
        )
        .order_by(r.c.supervised.is_(None), r.c.classification.is_(None), r.c.valid_from.desc(), r.c.id)
        .limit(sa.literal_column("1", sa.Integer()))
        .correlate_except(r)
        .scalar_subquery()
    )


def may_still_reopen(c: FromClause, at: ColumnElement[datetime] | None = None) -> ColumnElement[Any]:
    """Whether the time to reopen has not passed: up to the last second of the last working day.

    Only a COMPLETED complaint has such a time; where no rule was in force on the day of its completion, it
    has none left.
    """
    yesterday = local_day_sql(sa.func.now() if at is None else at) - sa.literal_column("1", sa.Integer())
    # The last day is the first with so many working days more; weekends after it count as many. So it is the
    # day before that must not have reached the number.
    passed = ordinal_of_day_sql(yesterday) - ordinal_sql(c.c.completed_at)
    return sa.or_(
        c.c.status != sa.literal_column(f"'{ComplaintStatus.COMPLETED}'", sa.Text()),
        sa.func.coalesce(passed < _working_days(c), sa.false()),
    )
