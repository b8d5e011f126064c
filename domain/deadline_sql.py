"""How a deadline stands now, as SQL over its row: for the API and the panel alike."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain.calendar import ordinal_sql
from domain.model.complaint import Action
from domain.words import ActionKind, Clock, DeadlineState


def _word(state: DeadlineState) -> ColumnElement[str]:
    return sa.literal_column(f"'{state}'", sa.Text())


def working_days_left(d: FromClause) -> ColumnElement[int]:
    """Working days from now, or from the clock's end or pause, to the last day; negative once late."""
    moment = sa.func.coalesce(d.c.ended_at, d.c.paused_at, sa.func.now())
    left = ordinal_sql(d.c.due_at) - ordinal_sql(moment)
    return sa.case((moment > d.c.due_at, sa.func.least(left, -1)), else_=sa.func.coalesce(left, 0))


def _nobody_replied(d: FromClause) -> ColumnElement[bool]:
    """The reporter's time to reply has ended without a reply: run out, or the complaint was closed before."""
    reply = sa.alias(Action.__table__)
    replied = (
        sa.exists()
        .where(
            reply.c.complaint_id == d.c.complaint_id,
            reply.c.kind == sa.literal_column(f"'{ActionKind.REPORTER_REPLY}'", sa.Text()),
            reply.c.created_at == d.c.ended_at,
        )
        .correlate_except(reply)
    )
    clock = sa.literal_column(f"'{Clock.REPORTER_REPLY}'", sa.Text())
    return sa.and_(d.c.clock == clock, d.c.ended_at.is_not(None), ~replied)


def deadline_state(d: FromClause) -> ColumnElement[Any]:
    """RUNNING, DUE_SOON (today or on the next working day), OVERDUE, PAUSED; ended: MET or MISSED.

    The reporter's time to reply is MET by a reply alone.
    """
    return sa.case(
        (_nobody_replied(d), _word(DeadlineState.MISSED)),
        (d.c.ended_at <= d.c.due_at, _word(DeadlineState.MET)),
        (d.c.ended_at > d.c.due_at, _word(DeadlineState.MISSED)),
        (d.c.paused_at.is_not(None), _word(DeadlineState.PAUSED)),
        (sa.func.now() > d.c.due_at, _word(DeadlineState.OVERDUE)),
        (working_days_left(d) <= 1, _word(DeadlineState.DUE_SOON)),
        else_=_word(DeadlineState.RUNNING),
    )
