"""Which complaints, and in what order: each filter is one line of SQL."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
import strawberry
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain.cells_sql import is_overdue
from domain.search_sql import lies_about, matches, relevance, within_circle, word_query
from domain.search_words import words_of
from domain.words import Channel, Classification, ComplaintOrderField, ComplaintStatus, OrderDirection
from schema.declaring import optional
from schema.finding.filters import in_area, in_category, one_word_of, with_opd, with_status, words
from schema.finding.known import CODES
from schema.finding.nearest import Found, Scattered
from schema.finding.ranking import Ranked
from schema.finding.streams import Along
from schema.plan.paging import Order
from schema.plan.refusal import invalid
from schema.plan.scope import Filter, Scope

MOMENT: Any = sa.TIMESTAMP(timezone=True)
RADIUS_MOST_METERS = 100_000
FRONT = 100
"""So many of the newest matches of a search are ranked: few enough to be found fast."""


@strawberry.input(description="A span of time: from <= t < until; either may be open.")
class DateTimeRange:
    from_: dt.datetime | None = strawberry.field(
        name="from", default=strawberry.UNSET, description="The first moment."
    )
    until: dt.datetime | None = optional("The moment just after the last.")


@strawberry.input(description="A circle around a place.")
class Near:
    latitude: float = strawberry.field(description="Latitude in degrees, WGS 84: -90 to 90.")
    longitude: float = strawberry.field(description="Longitude in degrees, WGS 84: -180 to 180.")
    radius_meters: float = strawberry.field(description="Its radius in metres: 0 to 100,000.")


@strawberry.input(
    description="Which complaints; what is absent or null does not narrow. A code that is not"
    " known is refused: INVALID_INPUT."
)
class ComplaintFilter:
    search: str | None = optional(
        "Words in title or body, by Indonesian stems, misspellings forgiven, in any order. Signs are only"
        " text, and a blank search narrows nothing. Without an order of its own the list then"
        f" has its newest {FRONT} matches first, the most relevant before the others, and after them all"
        " older ones, the latest submitted first."
    )
    status: list[ComplaintStatus] | None = optional("Any of these statuses.")
    opd: list[str] | None = optional("With any of these OPDs, by code.")
    category: list[str] | None = optional("In any of these categories or their parts, by code.")
    area: list[str] | None = optional(
        "In any of these areas, by code; a kecamatan includes its kelurahan.",
    )
    channel: list[Channel] | None = optional("By any of these channels.")
    classification: list[Classification] | None = optional("Any of these kinds of report.")
    submitted: DateTimeRange | None = optional("Submitted when.")
    updated: DateTimeRange | None = optional("Last changed when.")
    overdue: bool | None = optional("Whether a deadline of the city's has passed unmet.")
    near: Near | None = optional("Within a circle; complaints without a position are not.")


@strawberry.input(description="What complaints are ordered by; ties are broken by identifier.")
class ComplaintOrder:
    field: ComplaintOrderField = strawberry.field(description="The key.")
    direction: OrderDirection = strawberry.field(description="Which end comes first.")


COMPLAINT_ARGUMENTS: dict[str, Any] = {
    "filter": (ComplaintFilter | None, "Which of them."),
    "orderBy": (
        ComplaintOrder | None,
        "In what order; if absent the latest submitted first, or as `search` tells where words are searched.",
    ),
}


def _span(name: str) -> Filter:
    column = f"{name}_at"

    def within(s: Scope, c: FromClause, value: Any) -> ColumnElement[bool]:
        parts: list[ColumnElement[bool]] = [sa.true()]
        if value.get("from") is not None:
            parts.append(c.c[column] >= s.bind("filter", name, "from", type_=MOMENT))
        if value.get("until") is not None:
            parts.append(c.c[column] < s.bind("filter", name, "until", type_=MOMENT))
        return sa.and_(*parts)

    return within


def search_query(s: Scope) -> ColumnElement[Any]:
    """The query of the words that the filter asks for."""
    return s.once(
        "search", lambda: word_query(s.bind("filter", "search", type_=CODES, convert=words_of), every=True)
    )


def _near(s: Scope, c: FromClause, _value: Any) -> ColumnElement[bool]:
    def part(name: str, least: float, most: float) -> ColumnElement[Any]:
        def check(value: float) -> float:
            if not least <= value <= most:
                raise invalid("filter.near." + name, f"{least:g}..{most:g}, not {value:g}.")
            return value

        return s.bind("filter", "near", name, type_=sa.Double(), convert=check)

    return within_circle(
        c,
        part("latitude", -90, 90),
        part("longitude", -180, 180),
        part("radiusMeters", 0, RADIUS_MOST_METERS),
    )


# Of several whose values are known the first finds the rows: it is likely to have the fewest.
COMPLAINT_FILTERS: dict[str, Filter] = {
    "search": Scattered(lambda s, c, _value: matches(c, search_query(s)), window=lies_about),
    "near": Scattered(_near),
    "opd": with_opd,
    "area": in_area,
    "category": in_category,
    "channel": one_word_of("channel"),
    "status": with_status,
    "classification": words("classification"),
    "submitted": Along(_span("submitted")),
    "updated": Scattered(_span("updated")),
    "overdue": lambda _s, c, value: is_overdue(c) if value else sa.not_(is_overdue(c)),
}


def _due(c: FromClause, without: str) -> ColumnElement[Any]:
    """The deadline; a complaint without one is placed at one end of time."""
    return sa.func.coalesce(c.c.due_at, sa.literal_column(f"'{without}'::timestamptz", MOMENT), type_=MOMENT)


_KEYS = {
    ComplaintOrderField.SUBMITTED_AT: lambda c: c.c.submitted_at,
    ComplaintOrderField.UPDATED_AT: lambda c: c.c.updated_at,
    ComplaintOrderField.DUE_AT: lambda c: _due(c, "infinity"),
    ComplaintOrderField.SUPPORTER_COUNT: lambda c: c.c.supporter_count,
}


def due_first(_scope: Scope) -> Order:
    """The earliest deadline first, those without one last."""
    return Found(_KEYS[ComplaintOrderField.DUE_AT])


def complaint_order(scope: Scope) -> Order:
    """As asked; else ranked where words are searched for, and the latest first where not."""
    asked = scope.values.get("orderBy")
    if not asked and "search" in scope.narrowing():
        query = search_query(scope)
        return Ranked(
            _KEYS[ComplaintOrderField.SUBMITTED_AT],
            descending=True,
            by_time=True,
            relevance=lambda c: relevance(c, query),
            front=FRONT,
        )
    if not asked:
        return Found(_KEYS[ComplaintOrderField.SUBMITTED_AT], descending=True, by_time=True)
    descending = asked["direction"] is OrderDirection.DESC
    if descending and asked["field"] is ComplaintOrderField.DUE_AT:
        return Found(lambda c: _due(c, "-infinity"), descending=True)  # those without one last here as well
    by_time = asked["field"] is ComplaintOrderField.SUBMITTED_AT
    return Found(_KEYS[asked["field"]], descending=descending, by_time=by_time)
