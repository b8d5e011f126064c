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
    # A merge may have been undone, and another made: what counts is the last one.
    merge, later = ComplaintEvent.__table__.alias(), ComplaintEvent.__table__.alias()
    merged = sa.literal_column(f"'{ComplaintEventType.MERGED}'", sa.Text())
    merged_again = (
        sa.exists()
        .where(
            later.c.complaint_id == merge.c.complaint_id,
            later.c.type == merged,
            sa.tuple_(later.c.xid, later.c.id) > sa.tuple_(merge.c.xid, merge.c.id),
        )
        .correlate_except(later)
    )
    merged_before = (
        sa.exists()
        .where(
            merge.c.complaint_id == line.c.before_id,
            merge.c.type == merged,
            sa.tuple_(merge.c.xid, merge.c.id) < sa.tuple_(e.c.xid, e.c.id),
            ~merged_again,
        )
        .correlate_except(merge)
    )
    # What had happened to the other one before is not what the follower waited for.
    too_early = (
        sa.exists()
        .where(line.c.id == e.c.complaint_id, line.c.before_id.is_not(None), ~merged_before)
        .correlate_except(line)
    )
    # As an array, which is known before the events are looked at: a join would read all of them.
    members = sa.func.array(sa.select(line.c.id).scalar_subquery(), type_=sa.ARRAY(sa.Uuid()))
    return sa.and_(e.c.complaint_id == sa.any_(members), ~too_early)
