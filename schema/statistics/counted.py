"""Which complaints are counted: those of a period that the viewer's statistics take in."""

import datetime as dt
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
import strawberry
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain.calendar import local_day
from domain.cells_sql import IN_ALL, Cells, cube_for, working_days
from domain.counting import Counted, Days
from domain.words import Channel
from schema.declaring import optional
from schema.finding.filters import in_area, in_category, with_opd, words
from schema.plan.refusal import invalid
from schema.plan.scope import Filter, Scope
from schema.statistics.cells import COUNT, WHOLE
from schema.statistics.figures import aggregate


@strawberry.input(description="Days in Asia/Jakarta, both included, by when a complaint was submitted.")
class Period:
    from_: dt.date = strawberry.field(name="from", description="The first day.")
    until: dt.date = strawberry.field(description="The last day.")


@strawberry.input(
    description="Which complaints are counted; what is absent or null does not narrow. A code that is not"
    " known is refused: INVALID_INPUT."
)
class StatisticsFilter:
    opd: list[str] | None = optional("With any of these OPDs, by code.")
    category: list[str] | None = optional("In any of these categories or their parts, by code.")
    area: list[str] | None = optional(
        "In any of these areas, by code; a kecamatan includes its kelurahan.",
    )
    channel: list[Channel] | None = optional("By any of these channels.")


FILTERS: dict[str, Filter] = {
    "opd": with_opd,
    "category": in_category,
    "area": in_area,
    "channel": words("channel"),
}


KEYS = {"opd": "opd_id", "category": "category_id", "area": "area_id", "channel": "channel"}
"""What each filter asks of."""
_DAY = dt.timedelta(days=1)


def _first_of_month(day: dt.date) -> dt.date:
    return day.replace(day=1)


def _first_of_year(day: dt.date) -> dt.date:
    return day.replace(month=1, day=1)


def _not_before(day: dt.date, first_of: Callable[[dt.date], dt.date], longest: int) -> dt.date:
    """The day, or the first day of the next month or year."""
    first = first_of(day)
    if first == day or dt.date.max - first < longest * _DAY:
        return day
    return first_of(first + longest * _DAY)


def _last_year_until(until: dt.date) -> dt.date:
    """Up to which day years are whole; none of them has more than it has had up to today."""
    return until if until > local_day(dt.datetime.now(dt.UTC)) else _first_of_year(until)


def _days(s: Scope) -> Days:
    """The period's days; each is worked out anew at each run."""

    def bound(made: Callable[[dt.date, dt.date], dt.date]) -> ColumnElement[Any]:
        def converted(period: Any) -> dt.date:
            first, last = period["from"], period["until"]
            if last < first:
                raise invalid("period", "until is before from.")
            return made(first, last + _DAY if last < dt.date.max else last)

        return s.bind("period", type_=sa.Date(), convert=converted)

    return Days(
        all=(bound(lambda start, _: start), bound(lambda _, until: until)),
        months=(
            bound(lambda start, _: _not_before(start, _first_of_month, 31)),
            bound(lambda _, until: _first_of_month(until)),
        ),
        years=(
            bound(lambda start, _: _not_before(start, _first_of_year, 366)),
            bound(lambda _, until: _last_year_until(until)),
        ),
    )


@dataclass
class CellsOf:
    """The cells of one field of the document; those that several of its breakdowns share are found once."""

    scope: Scope
    counted: Counted
    made: Callable[[Any, str], FromClause]
    """Makes a source of rows of a statement, under a name."""

    def cells(self, asked: Mapping[str, AbstractSet[str]]) -> Mapping[str, FromClause]:
        cubes: dict[str | None, list[str]] = {}
        for key in asked:
            cubes.setdefault(cube_for(self.counted.narrowed_by | ({key} - {WHOLE})), []).append(key)
        found: dict[str, FromClause] = {}
        for together in cubes.values():
            keys, measures = set(together) - {WHOLE}, set[str]().union(*(asked[key] for key in together))
            counted = replace(self.counted, narrowed_by=self.counted.narrowed_by | (keys - IN_ALL))
            cells = Cells(counted, keys, measures or {COUNT}, self.scope.draft.name)
            source = self.made(cells.select(), self.scope.draft.name("counted"))
            found |= dict.fromkeys(together, source)
        return found

    def values(self, name: str) -> FromClause:
        select = working_days(self.counted, name, self.scope.draft.name)
        return self.made(select, self.scope.draft.name("counted"))


def counted(s: Scope) -> Counted:
    """The complaints of the period that the viewer's statistics count."""
    asked = s.narrowing()
    return Counted(
        s.viewer,
        s.once("days", lambda: _days(s)),
        lambda c: [FILTERS[name](s, c, value) for name, value in asked.items()],
        {KEYS[name] for name in asked},
    )


STATISTICS_ARGUMENTS: dict[str, Any] = {
    "period": (Period, "Which days."),
    "filter": (StatisticsFilter | None, "Which of them."),
}


def statistics_of_all(description: str) -> Any:
    """The statistics of all that the viewer counts; the cells are found once for all breakdowns."""

    def source(s: Scope) -> CellsOf:
        return CellsOf(s, counted(s), lambda select, name: select.cte(name))

    return aggregate(description, source, arguments=STATISTICS_ARGUMENTS)


def statistics_of_opd(description: str) -> Any:
    """The statistics of one OPD's complaints."""

    def source(s: Scope) -> CellsOf:
        of_all = counted(s)
        of_opd = replace(of_all, narrowed=lambda c: [c.c.opd_id == s.row.c.id], narrowed_by={"opd_id"})
        return CellsOf(s, of_opd, lambda select, name: select.subquery(name))

    return aggregate(description, source, arguments={"period": STATISTICS_ARGUMENTS["period"]})
