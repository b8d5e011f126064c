"""Which fields are paged lists? Rows in the order of a key and their id, from a cursor on, either way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.sql.expression import BindParameter, ColumnElement, FromClause

from schema.cursor import bad_cursor, cursor_sql, list_key, opened
from schema.plan.fields import Link, declares
from schema.plan.refusal import invalid
from schema.plan.scope import Filter, Planned, Scope, Visible, objects_of, source_of
from schema.plan.sql import json_list, number, scalar, word

PAGE_DEFAULT = 20
PAGE_MOST = 100
SEPARATOR = "|"
Key = Callable[[FromClause], ColumnElement[Any]]

_FORWARD: dict[str, Any] = {
    "first": (int | None, "How many at most, from the start: 1 to 100; 20 if absent."),
    "after": (str | None, "Only what comes after this cursor."),
}
_BACKWARD: dict[str, Any] = {
    "last": (int | None, "How many at most, from the end: 1 to 100."),
    "before": (str | None, "Only what comes before this cursor."),
}


@dataclass(frozen=True)
class Order:
    """A key that rows are paged by; ties are broken by `id`."""

    key: Key
    descending: bool = False

    def page(self, s: Scope, plan: "Connection") -> "Page":
        """The page that is asked for at a place; another kind of order may find its rows in another way."""
        return Page(s, plan, self)


@dataclass(frozen=True)
class Connection(Planned):
    """A list of listed rows that is paged by keyset cursors; only what is selected of it is worked out."""

    on: Link
    order: Callable[[Scope], Order] = field(kw_only=True)
    filters: Mapping[str, Filter] = field(default_factory=dict, kw_only=True)
    beneath: Visible | None = field(default=None, kw_only=True)
    backward: bool = field(default=True, kw_only=True)

    def taken(self) -> Mapping[str, tuple[Any, str]]:
        return {**_FORWARD, **(_BACKWARD if self.backward else {}), **self.arguments}

    def sql(self, s: Scope) -> ColumnElement[Any]:
        """An object over the page's rows; where none of them is told, it is the total alone."""
        page = self.order(s).page(s, self)
        selected = s.draft.selected(s.target, s.nodes)
        names = {nodes[0].name.value for nodes in selected.values()}
        about = objects_of(s.target.fields["pageInfo"])
        of_page = [node for nodes in selected.values() for node in nodes if node.name.value == "pageInfo"]
        told = {nodes[0].name.value for nodes in s.draft.selected(about, of_page).values()}
        row = page.read(
            numbered=page.backward or "pageInfo" in names,
            spare=("hasPreviousPage" if page.backward else "hasNextPage") in told,
        )
        s.draft.shared[row] = page
        made = s.object(row)
        if not names & {"edges", "nodes", "pageInfo"}:
            return made
        return scalar(made, row, grouped_by=[sa.text("()")])


@dataclass(frozen=True)
class Each(Planned):
    """The list of what a page's rows are."""

    def sql(self, s: Scope) -> ColumnElement[Any]:
        return page_of(s).each(s.object(s.row))


def page_of(s: Scope) -> "Page":
    """The page that the row of a place is one of."""
    page: Page = s.draft.shared[s.row]
    return page


connection = declares(Connection)
each = declares(Each)


class Page:
    """One page of a list: its rows, and what is told about it."""

    rows: FromClause
    """The page in its order, once it is read; what follows from them is told of them alone."""

    def __init__(self, scope: Scope, plan: Connection, order: Order) -> None:
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
        return self.scope.fresh(self.of)

    # -------------------------------------------------------------- which rows

    def base(self, row: FromClause) -> list[ColumnElement[bool]]:
        """The conditions of the list, whatever the page."""
        return [*self.unfiltered(row), *self.scope.narrowed(self.plan.filters, row)]

    def unfiltered(self, row: FromClause) -> list[ColumnElement[bool]]:
        """The conditions of the list without its filters."""
        listed = (self.plan.beneath or source_of(self.of).listed)(self.scope.viewer, row)
        return [self.plan.on(self.scope, row), listed]

    def key(self, row: FromClause) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """What the rows are in order of."""
        return self.order.key(row), row.c.id

    def parts(self) -> tuple[Any, ...]:
        """The types of what a cursor bears: the row's key and its identifier."""
        return tuple(part.type for part in self.key(self.fresh()))

    def bound(self, name: str) -> tuple[ColumnElement[Any], ...]:
        """What a cursor bears, as parameters; each checks the cursor by itself."""
        types = self.parts()
        read = partial(_borne, self.secret(), name, len(types))
        return tuple(
            sa.cast(self.scope.bind(type_=sa.Text(), convert=partial(read, index)), type_)
            for index, type_ in enumerate(types)
        )

    def secret(self) -> Callable[[Any], bytes]:
        """What the cursors of this list are signed with, told from its arguments."""
        list_ = self.scope.parent.name, self.scope.nodes[0].name.value
        return partial(_secret, self.scope.draft.cursor_secret, list_)

    def _beyond(self, row: FromClause, name: str, *, on_the_other_side: bool = False) -> ColumnElement[bool]:
        """Rows past a cursor in the list's order, or those that it leaves behind."""
        forward = (name == "after") != self.order.descending
        key, bound = sa.tuple_(*self.key(row)), sa.tuple_(*self.bounds[name])
        if on_the_other_side:
            return key <= bound if forward else key >= bound
        return key > bound if forward else key < bound

    def read(self, *, numbered: bool, spare: bool) -> FromClause:
        """The page in its order, numbered if asked for, and with one row more to see whether there is."""
        self.rows = self.between_cursors(self.size + spare)
        if numbered:
            place = sa.func.row_number().over().label("place")
            name = self.scope.draft.name("t")
            self.rows = sa.select(*self.rows.c, place).select_from(self.rows).subquery(name)
        # An aggregate takes the rows of an ordered page in their order; numbers are for turning it round.
        self._numbered = numbered
        self._shown = self.rows.c.place <= number(self.size) if spare else None
        return self.rows

    def between_cursors(self, most: int) -> FromClause:
        """So many rows between the cursors, in the order in which the page is read."""
        row, descending = self.fresh(), self.order.descending != self.backward
        where = [*self.base(row), *(self._beyond(row, name) for name in self.bounds)]
        select = self.cut(sa.select(*row.c).where(*where), row, most, descending=descending)
        found: FromClause = select.correlate_except(row).subquery(self.scope.draft.name("t"))
        return found

    def cut(self, select: Any, row: FromClause, most: int | None, *, descending: bool) -> Any:
        """A selection in the order of the key, with so many rows; with all of them without a number."""
        ends = [key.desc() if descending else key.asc() for key in self.key(row)]
        return select.order_by(*ends).limit(None if most is None else number(most))

    # -------------------------------------------------------------- what is told

    def cursor(self, row: FromClause) -> ColumnElement[str]:
        """The cursor of a row."""
        key, identity = (sa.cast(part, sa.Text()) for part in self.key(row))
        payload = key.concat(word(SEPARATOR)).concat(identity)
        secret: BindParameter[Any] = self.scope.bind(type_=sa.LargeBinary(), convert=self.secret())
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


# What a plan keeps to read its values with: nothing of it may lead back to how its statement was made.


def _secret(secret: bytes, list_: tuple[str, str], values: Any) -> bytes:
    return list_key(secret, *list_, values.get("filter"), values.get("orderBy"))


def _borne(secret: Callable[[Any], bytes], name: str, number_of_parts: int, index: int, values: Any) -> str:
    """One part of what a cursor bears."""
    parts = opened(secret(values), values[name]).split(SEPARATOR)
    if len(parts) != number_of_parts:  # signed by us, when a cursor of this list bore something else
        raise bad_cursor()
    return parts[index]


def _size(argument: str, values: Mapping[str, Any]) -> int:
    asked = values.get(argument)
    if asked is None:
        return PAGE_DEFAULT
    if not 1 <= asked <= PAGE_MOST:
        raise invalid(argument, f"1..{PAGE_MOST}, not {asked}.")
    return int(asked)
