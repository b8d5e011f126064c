"""Which rows of a list come first in its order, where its filters lie scattered over that order?

Two ways find them. Where many rows pass, the order's own index soon comes to enough of them. Where few do,
an index of the filter finds them all. Which it is shows in the first rows of the order: it is tried there.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

if TYPE_CHECKING:
    from schema.plan.paging import Page

TRIED = 12_000
"""Rows of the order that are tried; it takes about as long as 1,500 that a filter's index finds."""

Conditions = Callable[[FromClause], list[ColumnElement[bool]]]


def number(value: int) -> ColumnElement[int]:
    """A number of ours, written into the statement."""
    return sa.literal_column(str(value), sa.Integer())


def nearest(page: "Page", within: Conditions, *, descending: bool, most: int | None) -> FromClause:
    """So many rows of a page's list that meet some conditions, from one end; all of them without a number."""

    def cut(select: Any, row: FromClause, limit: int | None) -> Any:
        ends = [key.desc() if descending else key.asc() for key in page.key(row)]
        return select.order_by(*ends).limit(None if limit is None else number(limit))

    def ordered(limit: int | None) -> Any:
        row = page.builder.fresh(page.target)
        where = (*page.settled(row), *within(row))
        return cut(sa.select(*row.c).where(*where).correlate_except(row), row, limit)

    name = page.scope.draft.name
    if not page.scattered(page.builder.fresh(page.target)):
        made: FromClause = ordered(most).subquery(name("t"))
        return made
    first = ordered(TRIED).subquery(name("t"))
    # A list of all there is ends so soon only where the other way is short as well.
    ended = ~sa.exists(ordered(TRIED + 1).offset(number(TRIED))) if page.is_narrowed() else sa.false()
    row = page.builder.fresh(page.target)
    # Whatever order it has to be in: OFFSET keeps PostgreSQL from walking through that order after all.
    every = (
        sa.select(*row.c)
        .where(*page.base(row), *within(row))
        .offset(number(0))
        .correlate_except(row)
        .subquery(name("t"))
    )
    return either_way(name, first, page.scattered(first), every, cut=cut, most=most, ended=ended)


def either_way(
    name: Callable[[str], str],
    first: FromClause,
    passes: list[ColumnElement[bool]],
    every: FromClause,
    *,
    cut: Callable[[Any, FromClause, int | None], Any],
    most: int | None,
    ended: ColumnElement[bool],
) -> FromClause:
    """The rows that pass among the first of an order; of every one that passes, if these are too few.

    `cut` orders a selection and limits it; `ended` says whether the order has no more than the first rows.
    """
    found = cut(sa.select(*first.c).where(*passes), first, most).cte(name("t")).prefix_with("MATERIALIZED")
    plenty = sa.false() if most is None else _count(found) >= number(most)
    enough = sa.select(sa.case((plenty, sa.true()), else_=ended).label("yes")).cte(name("t"))
    enough = enough.prefix_with("MATERIALIZED")
    yes = sa.select(enough.c.yes).scalar_subquery()
    both = (
        sa.union_all(sa.select(*found.c).where(yes), sa.select(*every.c).where(sa.not_(yes)))
        .add_cte(found, enough, nest_here=True)
        .subquery(name("t"))
    )
    result: FromClause = cut(sa.select(*both.c), both, most).subquery(name("t"))
    return result


def _count(rows: FromClause) -> ColumnElement[int]:
    return sa.select(sa.func.count()).select_from(rows).scalar_subquery()
