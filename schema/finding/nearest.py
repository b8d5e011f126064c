"""Which rows of a list come first in its order, where its filters lie scattered over that order?

Where the order is that of submission and an index finds what a filter asks for within a stretch of time,
longer and longer stretches are looked through. Elsewhere two ways find them. Where many rows pass, the
order's own index soon comes to enough of them; where few do, an index of the filter finds them all. Which it
is shows in the first rows of the order: it is tried there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from schema.finding.streams import Along, Placed, Streams
from schema.finding.stretches import (
    Moment,
    Stretch,
    Try,
    count,
    end_of_time,
    first_enough,
    materialized,
    stretched,
)
from schema.plan.paging import Connection, Order, Page
from schema.plan.scope import Filter, Scope
from schema.plan.sql import number

TRIED = 12_000
"""Rows of the order that are tried; it takes about as long as 1,500 that a filter's index finds."""
WALKED = 1_000
"""Rows of the order of time that are tried before the rows of each value are looked up."""
FEW = 5_000
"""So many rows of a value, and not many more, are looked through for those first in another order."""
Window = Callable[[FromClause, Moment, Moment], ColumnElement[bool]]


@dataclass(frozen=True)
class Scattered(Placed):
    """A filter whose rows lie anywhere in a list's order: an index of its own finds them, not the order's."""

    window: Window | None = None
    """A condition that its index can meet as well: that the row lies between two moments, or not far off."""


@dataclass(frozen=True)
class Found(Order):
    """An order over which filters may lie scattered."""

    by_time: bool = False
    """Whether the key is the moment that windows are of."""

    def page(self, s: Scope, plan: Connection) -> Page:
        return FoundPage(s, plan, self)


@dataclass(frozen=True)
class Part:
    """A part of a list: what its rows meet; and since and until when they lie, where that is known."""

    conditions: Callable[[FromClause], list[ColumnElement[bool]]]
    since: Moment | None = None
    until: Moment | None = None


class FoundPage(Page):
    """One page of a list whose filters may lie scattered over its order."""

    order: Found

    def base(self, row: FromClause) -> list[ColumnElement[bool]]:
        return [*self.settled(row), *self.scattered(row)]

    def settled(self, row: FromClause) -> list[ColumnElement[bool]]:
        """The conditions of the list that its order, or PostgreSQL, can be left alone with."""
        return [*self.unfiltered(row), *self._filtered(row, lambda _, made: not isinstance(made, Scattered))]

    def scattered(self, row: FromClause) -> list[ColumnElement[bool]]:
        """The conditions whose rows lie anywhere in the order."""
        return self._filtered(row, lambda _, made: isinstance(made, Scattered))

    def between_cursors(self, most: int) -> FromClause:
        if not self.scattered(self.fresh()):
            descending = self.order.descending != self.backward
            found = self._streamed(self._between, descending=descending, most=most)
            return super().between_cursors(most) if found is None else found
        ends = ("before", "after") if self.order.descending else ("after", "before")
        since, until = (self.bounds[name][0] if name in self.bounds else None for name in ends)
        part = Part(self._between, since, until)
        return self.nearest(part, descending=self.order.descending != self.backward, most=most)

    def left_behind(self, name: str) -> ColumnElement[bool]:
        def other_side(row: FromClause) -> list[ColumnElement[bool]]:
            return [self._beyond(row, name, on_the_other_side=True)]

        asked = name in self.bounds and not self.scattered(self.fresh())
        found = self._streamed(other_side, descending=self.order.descending, most=1) if asked else None
        return super().left_behind(name) if found is None else sa.exists(sa.select(found.c.id))

    def _streamed(
        self, part: Callable[[FromClause], list[ColumnElement[bool]]], *, descending: bool, most: int
    ) -> FromClause | None:
        """So many rows of a part of the list by the values that are asked for; None where there are none."""
        made = Streams.of(self.scope, self.plan.filters) if self._is_of_all() else None
        if made is None:
            return None
        streams, met = made
        name, by_time = self.scope.draft.name, self.order.by_time
        cut = partial(self.cut, descending=descending)

        def others(row: FromClause) -> list[ColumnElement[bool]]:
            return [*self.unfiltered(row), *self._filtered(row, lambda name, _: name not in met), *part(row)]

        def of_streams(each: int) -> FromClause:
            return streams.rows(self.fresh, others, descending=descending, most=each)

        def is_along(_name: str, filter_: Filter) -> bool:
            return by_time and isinstance(filter_, Along)

        row = self.fresh()
        along = [*self.unfiltered(row), *self._filtered(row, is_along), *part(row)]
        walk = cut(sa.select(*row.c).where(*along), row, WALKED if by_time else TRIED)
        walked = walk.correlate_except(row).subquery(name("t"))
        passing = sa.select(*walked.c).where(*self._filtered(walked, lambda *_: True))
        first = materialized(name, cut(passing, walked, most))
        tries = [Try(first, count(first) >= number(most))]
        if by_time:
            found = first_enough(name, tries, of_streams(most))
        else:
            few = of_streams(FEW + 1)
            rows = materialized(name, cut(sa.select(*few.c), few, most))
            row = self.fresh()
            everything = sa.select(*row.c).where(*self.base(row), *part(row)).offset(number(0))
            tries.append(Try(rows, ~streams.one_has_more(self.fresh, FEW)))
            found = first_enough(name, tries, everything.correlate_except(row).subquery(name("t")))
        result: FromClause = cut(sa.select(*found.c), found, most).subquery(name("t"))
        return result

    def nearest(self, part: Part, *, descending: bool, most: int | None) -> FromClause:
        """So many rows of a part of the list, from one end; all of them without a number."""
        cut = partial(self.cut, descending=descending)

        def settled(limit: int) -> Any:
            row = self.fresh()
            where = (*self.settled(row), *part.conditions(row))
            return cut(sa.select(*row.c).where(*where).correlate_except(row), row, limit)

        def every(stretch: Stretch | None) -> FromClause:
            row = self.fresh()
            where = [*self.base(row), *part.conditions(row)]
            if window is not None and stretch is not None:
                where.append(window(row, *stretch))
            # OFFSET keeps PostgreSQL from walking through the order in which they are wanted after all.
            return sa.select(*row.c).where(*where).offset(number(0)).correlate_except(row).subquery(name("t"))

        name, window = self.scope.draft.name, self._window()
        if window is not None:
            first, last = (end_of_time(self.fresh(), last=last) for last in (False, True))
            if most is None:
                # A part of all time has no beginning; what was submitted has.
                since = first if part.since is None else sa.func.greatest(first, part.since)
                found = every((since, last if part.until is None else part.until))
            else:
                start = part.until if descending else part.since
                start = start if start is not None else last if descending else first
                found = stretched(name, every, start, descending=descending, cut=cut, most=most)
        else:
            rows = settled(TRIED).subquery(name("t"))
            # A list of all there is ends so soon only where the other way is short as well.
            ended = (
                ~sa.exists(settled(TRIED + 1).offset(number(TRIED))) if self._is_narrowed() else sa.false()
            )
            passing = sa.select(*rows.c).where(*self.scattered(rows))
            tried = materialized(name, cut(passing, rows, most))
            plenty = sa.false() if most is None else count(tried) >= number(most)
            found = first_enough(name, [Try(tried, sa.case((plenty, sa.true()), else_=ended))], every(None))
        result: FromClause = cut(sa.select(*found.c), found, most).subquery(name("t"))
        return result

    def _window(self) -> Window | None:
        """How an index finds rows of a stretch of time, if the list is in the order of time."""
        windows = (getattr(made, "window", None) for _, made in self._asked())
        return next(filter(None, windows), None) if self.order.by_time else None

    def _is_narrowed(self) -> bool:
        """Whether the list is a part of all rows even without its scattered filters."""
        return not self._is_of_all() or any(not isinstance(made, Scattered) for _, made in self._asked())

    def _is_of_all(self) -> bool:
        return isinstance(self.plan.on(self.scope, self.fresh()), sa.True_)

    def _between(self, row: FromClause) -> list[ColumnElement[bool]]:
        return [self._beyond(row, name) for name in self.bounds]

    def _filtered(self, row: FromClause, which: Callable[[str, Filter], bool]) -> list[ColumnElement[bool]]:
        given = self.scope.narrowing()
        return [made(self.scope, row, given[name]) for name, made in self._asked() if which(name, made)]

    def _asked(self) -> list[tuple[str, Filter]]:
        return [(name, self.plan.filters[name]) for name in self.scope.narrowing()]
