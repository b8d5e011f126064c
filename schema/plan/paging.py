"""Keyset pages: rows in the order of a key and their id, from a cursor on, forward or backward."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.sql.expression import BindParameter, ColumnElement, FromClause

from domain.restored import present_position
from schema.cursor import bad_cursor, cursor_sql, opened
from schema.finding.nearest import Part, nearest
from schema.finding.stretches import number
from schema.plan.fields import Filter, Link
from schema.plan.json_sql import json_list, scalar
from schema.plan.refusal import invalid
from schema.plan.scope import Scope, Visible, objects_of, source_of

PAGE_DEFAULT = 20
PAGE_MOST = 100
SEPARATOR = "|"
Key = Callable[[FromClause], ColumnElement[Any]]
Window = Callable[[FromClause, ColumnElement[Any], ColumnElement[Any]], ColumnElement[bool]]


@dataclass(frozen=True)
class Order:
    """A key that rows are paged by; ties are broken by `id`."""

    key: Key
    descending: bool = False
    by_time: bool = False
    """Whether the key is the moment that windows are of."""


@dataclass(frozen=True)
class Ranked(Order):
    """The newest `front` rows by relevance, the most relevant first; then the older ones by the key."""

    relevance: Key = lambda row: row.c.id
    front: int = 0


@dataclass(frozen=True)
class Scattered:
    """A filter whose rows lie anywhere in a list's order: an index of its own finds them, not the order's."""

    condition: Filter
    window: Window | None = None
    """A condition that its index can meet as well: that the row lies between two moments, or not far off."""

    def __call__(self, s: Scope, row: FromClause, value: Any) -> ColumnElement[bool]:
        return self.condition(s, row, value)


@dataclass(frozen=True)
class Listing:
    """Which rows a paged list has, and in what order."""

    on: Link
    order: Callable[[Scope], Order] = field(kw_only=True)
    filters: Mapping[str, Filter] = field(default_factory=dict, kw_only=True)
    beneath: Visible | None = field(default=None, kw_only=True)
    sequence: tuple[str, ...] = field(default=(), kw_only=True)
    """Lists that are parts of one sequence take each other's cursors: its name."""


class Page:
    """One page of a list: its rows, and what is told about it."""

    rows: FromClause
    """The page in its order, once it is read; what follows from them is told of them alone."""

    def __init__(self, scope: Scope, plan: Listing, order: Order) -> None:
        self.scope, self.plan, self.order = scope, plan, order
        self.of = objects_of(scope.target.fields["nodes"])
        values = scope.values
        if values.get("first") is not None and values.get("last") is not None:
            raise invalid("last", "first or last, not both.")
        self.backward = values.get("last") is not None
        self.size = _size("last" if self.backward else "first", values)
        self.bounds = {name: self.bound(name) for name in ("after", "before") if values.get(name) is not None}

    def fresh(self) -> FromClause:
        """The table of the list's rows under a name of its own."""
        return self.scope.draft.fresh(self.of)

    # -------------------------------------------------------------- which rows

    def base(self, row: FromClause) -> list[ColumnElement[bool]]:
        """The rows of the list, whatever the page."""
        return [*self.settled(row), *self.scattered(row)]

    def settled(self, row: FromClause) -> list[ColumnElement[bool]]:
        """The conditions of the list that its order, or PostgreSQL, can be left alone with."""
        listed = (self.plan.beneath or source_of(self.of).listed)(self.scope.viewer, row)
        return [self.plan.on(self.scope, row), listed, *self._filters(row, scattered=False)]

    def scattered(self, row: FromClause) -> list[ColumnElement[bool]]:
        """The conditions whose rows lie anywhere in the order."""
        return self._filters(row, scattered=True)

    def is_narrowed(self) -> bool:
        """Whether the list is a part of all rows even without its scattered filters."""
        row = self.fresh()
        whole = isinstance(self.plan.on(self.scope, row), sa.True_)
        return not whole or bool(self._filters(row, scattered=False))

    def window(self) -> Window | None:
        """How an index finds rows of a stretch of time, if the list is in the order of time."""
        windows = (getattr(made, "window", None) for made, _ in self._asked())
        return next(filter(None, windows), None) if self.order.by_time else None

    def _filters(self, row: FromClause, *, scattered: bool) -> list[ColumnElement[bool]]:
        return [
            made(self.scope, row, value)
            for made, value in self._asked()
            if isinstance(made, Scattered) is scattered
        ]

    def _asked(self) -> list[tuple[Filter, Any]]:
        return [(self.plan.filters[name], value) for name, value in self.scope.narrowing().items()]

    def key(self, row: FromClause) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """What the rows are in order of."""
        return self.order.key(row), row.c.id

    def parts(self) -> tuple[Any, ...]:
        """The types of what a cursor bears: the row's key and its identifier."""
        return tuple(part.type for part in self.key(self.fresh()))

    def bound(self, name: str) -> tuple[ColumnElement[Any], ...]:
        """What a cursor bears, as parameters; each checks the cursor by itself."""
        types = self.parts()

        def part(index: int) -> Callable[[Any], str]:
            def read(values: Any) -> str:
                parts = opened(self.secret(values), values[name]).split(SEPARATOR)
                if len(parts) != len(types):  # signed by us, when a cursor of this list bore something else
                    raise bad_cursor()
                return parts[index]

            return read

        borne = tuple(
            sa.cast(self.scope.bind(type_=sa.Text(), convert=part(index)), type_)
            for index, type_ in enumerate(types)
        )
        return present_position(*borne) if self.plan.sequence else borne

    def secret(self, values: Any) -> bytes:
        """What the cursors of this list are signed with."""
        scope = self.scope
        if self.plan.sequence:
            return scope.draft.list_key(*self.plan.sequence)
        identity = (scope.parent.name, scope.nodes[0].name.value, values.get("filter"), values.get("orderBy"))
        return scope.draft.list_key(*identity)

    def _beyond(self, row: FromClause, name: str, *, on_the_other_side: bool = False) -> ColumnElement[bool]:
        """Rows past a cursor in the list's order, or those that it leaves behind."""
        forward = (name == "after") != self.order.descending
        key, bound = sa.tuple_(*self.key(row)), sa.tuple_(*self.bounds[name])
        if on_the_other_side:
            return key <= bound if forward else key >= bound
        return key > bound if forward else key < bound

    def read(self, *, numbered: bool, spare: bool) -> FromClause:
        """The page in its order, numbered if asked for, and with one row more to see whether there is."""
        self.rows = self.page(self.size + spare)
        if numbered:
            place = sa.func.row_number().over().label("place")
            name = self.scope.draft.name("t")
            self.rows = sa.select(*self.rows.c, place).select_from(self.rows).subquery(name)
        # An aggregate takes the rows of an ordered page in their order; numbers are for turning it round.
        self._numbered = numbered
        self._shown = self.rows.c.place <= number(self.size) if spare else None
        return self.rows

    def page(self, most: int) -> FromClause:
        """So many rows between the cursors, in the order in which the page is read."""
        ends = ("before", "after") if self.order.descending else ("after", "before")
        since, until = (self.bounds[name][0] if name in self.bounds else None for name in ends)
        part = Part(lambda row: [self._beyond(row, name) for name in self.bounds], since, until)
        return nearest(
            self,
            part,
            descending=self.order.descending != self.backward,
            most=most,
        )

    # -------------------------------------------------------------- what is told

    def cursor(self, row: FromClause) -> ColumnElement[str]:
        """The cursor of a row."""
        key, identity = (sa.cast(part, sa.Text()) for part in self.key(row))
        payload = key.concat(sa.literal_column(f"'{SEPARATOR}'", sa.Text())).concat(identity)
        secret: BindParameter[Any] = self.scope.bind(type_=sa.LargeBinary(), convert=self.secret)
        return cursor_sql(secret, payload)

    def each(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """The list of what is made of each of its rows."""
        order = [self._place(backward=self.backward)] if self._numbered else []
        return json_list(value, order, self._shown)

    def end(self, *, first: bool) -> ColumnElement[Any]:
        """The cursor of its first or its last row."""
        place = self._place(backward=self.backward is first)
        cursors: Any = sa.func.array_agg(
            aggregate_order_by(self.cursor(self.rows), place), type_=ARRAY(sa.Text())
        )
        if self._shown is not None:
            cursors = cursors.filter(self._shown)
        found: ColumnElement[Any] = sa.type_coerce(cursors, ARRAY(sa.Text()))[1]
        return found

    def _place(self, *, backward: bool) -> ColumnElement[Any]:
        return self.rows.c.place.desc() if backward else self.rows.c.place.asc()

    def total(self) -> ColumnElement[int]:
        """How many rows the list has."""
        row = self.fresh()
        return scalar(sa.func.count(), row, *self.base(row))

    def left_behind(self, name: str) -> ColumnElement[bool]:
        """Whether a cursor leaves rows on its other side."""
        if name not in self.bounds:
            return sa.false()
        row = self.fresh()
        return (
            sa.exists()
            .where(*self.base(row), self._beyond(row, name, on_the_other_side=True))
            .correlate_except(row)
        )

    def more(self, *, forward: bool) -> ColumnElement[bool]:
        """Whether the list goes on, forward or backward, from the page."""
        if forward != self.backward:
            return sa.func.count(self.rows.c.id) > number(self.size)
        return self.left_behind("before" if forward else "after")


def _size(argument: str, values: Mapping[str, Any]) -> int:
    asked = values.get(argument)
    if asked is None:
        return PAGE_DEFAULT
    if not 1 <= asked <= PAGE_MOST:
        raise invalid(argument, f"1..{PAGE_MOST}, not {asked}.")
    return int(asked)
