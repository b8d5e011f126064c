"""Which complaints are closed, so that nobody has to reach their reporters any more? SQL on a row."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain.model.complaint import Complaint
from domain.policy import one_of
from domain.workflow import OPEN


def closed_before(c: FromClause, moment: ColumnElement[Any]) -> ColumnElement[bool]:
    """Closed, and nothing has happened to it since that moment.

    Of a merged one the same holds for all that it became part of: what its reporter writes arrives there.
    """
    first, next_ = Complaint.__table__.alias(), Complaint.__table__.alias()
    line = (
        sa.select(first.c.id, first.c.merged_into_id, first.c.status, first.c.updated_at)
        .where(first.c.id == c.c.merged_into_id)
        .correlate(c)
        .cte("line", recursive=True, nesting=True)
    )
    line = line.union_all(
        sa.select(next_.c.id, next_.c.merged_into_id, next_.c.status, next_.c.updated_at).join_from(
            line, next_, next_.c.id == line.c.merged_into_id
        )
    )
    goes_on = sa.exists().where(sa.or_(one_of(line.c.status, OPEN), line.c.updated_at >= moment))
    return sa.and_(
        ~one_of(c.c.status, OPEN),
        c.c.updated_at < moment,
        sa.or_(c.c.merged_into_id.is_(None), ~goes_on.correlate_except(line)),
    )
