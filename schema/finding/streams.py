"""Which rows have one of some values, the latest first? Those of each value by itself, from an index of it.

PostgreSQL does not know beforehand how many rows a value has. For one that hardly any has it would walk
through all of time; the index that has each value's rows in the order of time ends where they do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause, Select

from schema.plan.scope import Filter, Scope
from schema.plan.sql import number

Values = Callable[[Scope], "Select[Any]"]
"""Some values, each once."""
Conditions = Callable[[FromClause], list[ColumnElement[bool]]]


@dataclass(frozen=True)
class Placed:
    """A filter that says where its rows lie."""

    condition: Filter

    def __call__(self, s: Scope, row: FromClause, value: Any) -> ColumnElement[bool]:
        return self.condition(s, row, value)


@dataclass(frozen=True)
class Valued(Placed):
    """A filter that a column has one of some values; an index has each value's rows in the order of time."""

    column: str
    values: Values
    every: Values | None = None
    """All the values that a row of a viewer's lists may have."""
    apart: str | None = None
    """Another such filter whose values the index tells apart within each of these: its name."""


class Along(Placed):
    """A filter that a stretch of the order of time meets."""


@dataclass(frozen=True)
class Streams:
    """The values by which rows are found, one stream of rows for each combination of them."""

    scope: Scope
    columns: Mapping[str, Values]

    @classmethod
    def of(cls, s: Scope, filters: Mapping[str, Filter]) -> "tuple[Streams, frozenset[str]] | None":
        """The streams of the first such filter that is asked for, and the filters that they meet."""
        given = s.narrowing()
        for name, made in filters.items():
            if isinstance(made, Valued) and name in given:
                columns = {made.column: made.values}
                other = filters[made.apart] if made.apart is not None else None
                if isinstance(other, Valued) and other.every is not None:
                    columns[other.column] = other.values if made.apart in given else other.every
                return cls(s, columns), frozenset(set(given) & {name, made.apart})
        return None

    def rows(
        self, fresh: Callable[[], FromClause], met: Conditions, *, descending: bool, most: int
    ) -> FromClause:
        """Of each stream so many rows that meet something, from one end of time."""
        values, row = self._values(), fresh()
        # Nothing is without these two. To PostgreSQL it is another order than the list's, which only the
        # indexes of values have: it cannot walk through the whole of time instead.
        keys = (row.c.submitted_at, row.c.id)
        ends = [key.desc().nulls_last() if descending else key.asc().nulls_first() for key in keys]
        stream = (
            sa.select(*row.c)
            .where(*self._within(row, values), *met(row))
            .order_by(*ends)
            .limit(number(most))
            .correlate_except(row)
            .lateral(self.scope.draft.name("t"))
        )
        joined = values.join(stream, sa.true())
        return (
            sa.select(*stream.c)
            .select_from(joined)
            .correlate_except(joined)
            .subquery(self.scope.draft.name("t"))
        )

    def one_has_more(self, fresh: Callable[[], FromClause], than: int) -> ColumnElement[bool]:
        """Whether a stream has more rows, whatever they meet."""
        values, row = self._values(), fresh()
        beyond = (
            sa.select(row.c.id)
            .where(*self._within(row, values))
            .order_by(row.c.submitted_at.asc().nulls_first(), row.c.id.asc().nulls_first())
            .limit(number(1))
            .offset(number(than))
            .correlate_except(row)
            .lateral(self.scope.draft.name("t"))
        )
        joined = values.join(beyond, sa.true())
        return sa.exists(sa.select(beyond.c.id).select_from(joined).correlate_except(joined))

    def _values(self) -> FromClause:
        name = self.scope.draft.name
        first, *others = (values(self.scope).subquery(name("v")) for values in self.columns.values())
        found: FromClause = first
        for other in others:
            found = found.join(other, sa.true())
        columns = [
            part.c[0].label(column) for part, column in zip((first, *others), self.columns, strict=True)
        ]
        return sa.select(*columns).select_from(found).subquery(name("v"))

    def _within(self, row: FromClause, values: FromClause) -> list[ColumnElement[bool]]:
        return [row.c[column] == values.c[column] for column in self.columns]
