"""May a completed complaint still be taken up again? SQL over its row, for lists and steps alike."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain.calendar import local_day_sql, ordinal_of_day_sql, ordinal_sql
from domain.rules_sql import rule_in_force
from domain.words import Clock, ComplaintStatus


def _working_days(c: FromClause) -> ColumnElement[int]:
    """What the rule of the reporter's reply gave on the day of completion."""
    clock = sa.literal_column(f"'{Clock.REPORTER_REPLY}'", sa.Text())
    day = local_day_sql(c.c.completed_at)
    return rule_in_force("working_days", clock, c.c.classification, c.c.supervised, day)


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
