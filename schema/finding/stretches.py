"""In which stretch of time do enough rows lie? A short one is tried; what it has tells how long it must be.

An index finds what is asked for within a stretch, whatever lies outside: what occurs often is soon found
often enough in the latest days, and what occurs seldom is found in all of time as fast.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import CTE, ColumnElement, FromClause

from schema.plan.sql import number

FIRST_SECONDS = 86_400
"""How long the first stretch is."""
STRETCHES = 3
"""How many are tried before everything is looked through."""
GROWTH_MOST = 64
"""How many times as long as one stretch the next may be."""
AMPLE = 1.5
"""How many times as long as it must be by what one stretch has: rows lie unevenly."""

Name = Callable[[str], str]
Moment = ColumnElement[Any]
Stretch = tuple[Moment, Moment]
Cut = Callable[[Any, FromClause, int | None], Any]
"""Orders a selection of a row, and limits it."""
Rows = Callable[[Stretch | None], FromClause]
"""The rows of a stretch of time, or all of them."""


@dataclass(frozen=True)
class Try:
    """Rows, and whether they are enough; perhaps they are made with what is worked out once before."""

    rows: CTE
    enough: ColumnElement[bool]
    needs: CTE | None = None


def end_of_time(row: FromClause, *, last: bool) -> Moment:
    """When the first or the last complaint of all was submitted; `row` is one of the table."""
    end = sa.func.max if last else sa.func.min
    return sa.select(end(row.c.submitted_at)).select_from(row).correlate_except(row).scalar_subquery()


def stretched(name: Name, rows: Rows, start: Moment, *, descending: bool, cut: Cut, most: int) -> FromClause:
    """The rows of a short stretch from a moment on that has so many; those of all time where none has."""
    once = materialized(name, sa.select(start.label("start"), _float(FIRST_SECONDS).label("seconds")))
    start, seconds = (sa.select(column).scalar_subquery() for column in once.c)
    tries: list[Try] = []
    for _ in range(STRETCHES):
        span = sa.func.make_interval(0, 0, 0, 0, 0, 0, seconds, type_=sa.Interval())
        found = rows((start - span, start) if descending else (start, start + span))
        tried = materialized(name, cut(sa.select(*found.c), found, most))
        tries.append(Try(tried, count(tried) >= number(most), once))
        needed = _float(AMPLE * most) / sa.func.greatest(count(tried), number(1))
        longer = sa.select((seconds * sa.func.least(needed, number(GROWTH_MOST))).label("seconds"))
        once = materialized(name, longer)
        seconds = sa.select(once.c.seconds).scalar_subquery()
    return first_enough(name, tries, rows(None))


def materialized(name: Name, select: Any) -> CTE:
    """Rows that are found once, however often the statement needs them."""
    made: CTE = select.cte(name("t")).prefix_with("MATERIALIZED")
    return made


def first_enough(name: Name, tries: Sequence[Try], others: FromClause) -> FromClause:
    """The rows of the first try that has enough; the others where none has. What comes after is not run."""
    earlier: list[Any] = []
    parts, ctes = [], []
    for each in tries:
        answer = materialized(name, sa.select(each.enough.label("yes")))
        yes = sa.select(answer.c.yes).scalar_subquery()
        parts.append(sa.select(*each.rows.c).where(sa.case(*earlier, else_=yes) if earlier else yes))
        ctes += [*([] if each.needs is None else [each.needs]), each.rows, answer]
        earlier.append((yes, sa.false()))
    parts.append(sa.select(*others.c).where(sa.case(*earlier, else_=sa.true())))
    # They stand where the rows are asked for: there they may depend on the row around them.
    return sa.union_all(*parts).add_cte(*ctes, nest_here=True).subquery(name("t"))


def _float(value: float) -> ColumnElement[float]:
    return sa.literal_column(f"{value:.1f}::float8", sa.Double())


def count(rows: FromClause) -> ColumnElement[int]:
    """How many rows."""
    return sa.select(sa.func.count()).select_from(rows).scalar_subquery()
