"""Which rows of a list come first in its order, where its filters lie scattered over that order?

Where the order is that of submission and an index finds what a filter asks for within a stretch of time,
longer and longer stretches are looked through. Elsewhere two ways find them. Where many rows pass, the
order's own index soon comes to enough of them; where few do, an index of the filter finds them all. Which it
is shows in the first rows of the order: it is tried there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from schema.finding.stretches import (
    Moment,
    Stretch,
    Try,
    count,
    end_of_time,
    first_enough,
    materialized,
    number,
    stretched,
)

if TYPE_CHECKING:
    from schema.plan.paging import Page

TRIED = 12_000
"""Rows of the order that are tried; it takes about as long as 1,500 that a filter's index finds."""


@dataclass(frozen=True)
class Part:
    """A part of a list: what its rows meet; and since and until when they lie, where that is known."""

    conditions: Callable[[FromClause], list[ColumnElement[bool]]]
    since: Moment | None = None
    until: Moment | None = None


def nearest(page: "Page", part: Part, *, descending: bool, most: int | None) -> FromClause:
    """So many rows of a part of a page's list, from one end; all of them without a number."""

    def cut(select: Any, row: FromClause, limit: int | None) -> Any:
        ends = [key.desc() if descending else key.asc() for key in page.key(row)]
        return select.order_by(*ends).limit(None if limit is None else number(limit))

    def ordered(limit: int | None) -> Any:
        row = page.fresh()
        where = (*page.settled(row), *part.conditions(row))
        return cut(sa.select(*row.c).where(*where).correlate_except(row), row, limit)

    def every(stretch: Stretch | None) -> FromClause:
        row = page.fresh()
        where = [*page.base(row), *part.conditions(row)]
        if window is not None and stretch is not None:
            where.append(window(row, *stretch))
        # Whatever order it has to be in: OFFSET keeps PostgreSQL from walking through that order after all.
        return sa.select(*row.c).where(*where).offset(number(0)).correlate_except(row).subquery(name("t"))

    name, window = page.scope.draft.name, page.window()
    if not page.scattered(page.fresh()):
        made: FromClause = ordered(most).subquery(name("t"))
        return made
    if window is not None:
        first, last = (end_of_time(page.fresh(), last=last) for last in (False, True))
        if most is None:
            # A part of all time has no beginning; what was submitted has.
            since = first if part.since is None else sa.func.greatest(first, part.since)
            found = every((since, last if part.until is None else part.until))
        else:
            start = part.until if descending else part.since
            start = start if start is not None else last if descending else first
            found = stretched(name, every, start, descending=descending, cut=cut, most=most)
    else:
        rows = ordered(TRIED).subquery(name("t"))
        # A list of all there is ends so soon only where the other way is short as well.
        ended = ~sa.exists(ordered(TRIED + 1).offset(number(TRIED))) if page.is_narrowed() else sa.false()
        tried = materialized(name, cut(sa.select(*rows.c).where(*page.scattered(rows)), rows, most))
        plenty = sa.false() if most is None else count(tried) >= number(most)
        found = first_enough(name, [Try(tried, sa.case((plenty, sa.true()), else_=ended))], every(None))
    result: FromClause = cut(sa.select(*found.c), found, most).subquery(name("t"))
    return result
