"""Which complaints are counted: those of a period that the viewer's statistics take in."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
import strawberry
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain import policy
from domain.model import complaint as model
from domain.model import master
from domain.words import Channel
from schema.plan.fields import aggregate, optional
from schema.plan.refusal import invalid
from schema.plan.scope import Scope
from schema.types.complaint_filter import opd_filter, tree_filter, words_filter


@strawberry.input(description="Days in Asia/Jakarta, both included, by when a complaint was submitted.")
class Period:
    from_: dt.date = strawberry.field(name="from", description="The first day.")
    until: dt.date = strawberry.field(description="The last day.")


@strawberry.input(description="Which complaints are counted; what is absent or null does not narrow.")
class StatisticsFilter:
    opd: list[str] | None = optional("With any of these OPDs, by code.")
    category: list[str] | None = optional("In any of these categories or their parts, by code.")
    area: list[str] | None = optional(
        "In any of these areas, by code; a kecamatan includes its kelurahan.",
    )
    channel: list[Channel] | None = optional("By any of these channels.")


FILTERS = {
    "opd": opd_filter("filter", "opd"),
    "category": tree_filter("category_id", master.Category.__table__, "filter", "category"),
    "area": tree_filter("area_id", master.Area.__table__, "filter", "area"),
    "channel": words_filter("channel", "filter", "channel"),
}


def _check_period(values: Any) -> None:
    period = values["period"]
    if period["until"] < period["from"]:
        raise invalid("period", "until is before from.")


def counted(
    s: Scope, which: Callable[[FromClause], ColumnElement[bool]] = lambda _c: sa.true()
) -> "sa.Select[Any]":
    """The complaints of the period that the viewer's statistics count."""
    s.check(_check_period)
    c = model.Complaint.__table__.alias(s.draft.name("t"))

    def midnight(day: Any) -> ColumnElement[Any]:
        return sa.func.timezone("Asia/Jakarta", sa.cast(day, sa.TIMESTAMP()))

    start = s.bind("period", "from", type_=sa.Date())
    until = s.bind("period", "until", type_=sa.Date())
    asked = s.values.get("filter") or {}
    return (
        sa.select(
            c.c.id,
            c.c.status,
            c.c.opd_id,
            c.c.category_id,
            c.c.channel,
            c.c.due_at,
            c.c.dispatched_at,
            c.c.first_responded_at,
            c.c.verified_at,
            c.c.completed_at,
            c.c.rating,
            c.c.submitted_at,
        )
        .where(
            c.c.submitted_at >= midnight(start),
            c.c.submitted_at < midnight(until + sa.literal_column("1", sa.Integer())),
            which(c),
            policy.counts_complaint(s.viewer, c),
            *(FILTERS[name](s, c, value) for name, value in asked.items() if value is not None),
        )
        .correlate_except(c)
    )


STATISTICS_ARGUMENTS: dict[str, Any] = {
    "period": (Period, "Which days."),
    "filter": (StatisticsFilter | None, "Which of them."),
}


def statistics_of_all(description: str) -> Any:
    """The statistics of all that the viewer counts; the rows are found once for every breakdown."""

    def source(s: Scope) -> FromClause:
        return counted(s).cte(s.draft.name("counted"))

    return aggregate(description, source, arguments=STATISTICS_ARGUMENTS)


def statistics_of_opd(description: str) -> Any:
    """The statistics of one OPD's complaints."""

    def source(s: Scope) -> FromClause:
        return counted(s, lambda c: c.c.opd_id == s.row.c.id).subquery(s.draft.name("counted"))

    return aggregate(description, source, arguments={"period": STATISTICS_ARGUMENTS["period"]})
