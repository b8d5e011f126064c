"""Which events does a follower of one complaint hear? SQL over an event's row."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain.model.complaint import Complaint
from domain.model.event import ComplaintEvent
from domain.words import ComplaintEventType


def follows(e: FromClause, tracking_code: ColumnElement[Any]) -> ColumnElement[bool]:
    """The events of a complaint and, from its merge on, of the one that it became part of, and so on."""
    first, next_ = Complaint.__table__.alias(), Complaint.__table__.alias()
    line = (
        sa.select(first.c.id, first.c.merged_into_id, sa.cast(None, sa.Uuid()).label("before_id"))
        .where(first.c.tracking_code == tracking_code)
        .cte("line", recursive=True)
    )
    line = line.union_all(
        sa.select(next_.c.id, next_.c.merged_into_id, line.c.id).join_from(
            line, next_, next_.c.id == line.c.merged_into_id
        )
    )
    # What had happened to the other one before is not what the follower waited for. A merge may have been
    # undone, and another made: what counts is the last one, so none may come later than the event.
    merge = ComplaintEvent.__table__.alias()
    merged = sa.literal_column(f"'{ComplaintEventType.MERGED}'", sa.Text())
    merged_later = (
        sa.exists()
        .where(
            merge.c.complaint_id == line.c.before_id,
            merge.c.type == merged,
            sa.tuple_(merge.c.xid, merge.c.id) >= sa.tuple_(e.c.xid, e.c.id),
        )
        .correlate_except(merge)
    )
    too_early = sa.exists().where(line.c.id == e.c.complaint_id, merged_later).correlate_except(line)
    # As an array, which is known before the events are looked at: a join would read all of them.
    members = sa.func.array(sa.select(line.c.id).scalar_subquery(), type_=sa.ARRAY(sa.Uuid()))
    return sa.and_(e.c.complaint_id == sa.any_(members), ~too_early)
