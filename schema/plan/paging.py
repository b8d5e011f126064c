"""Keyset pages: rows in the order of a key and their id, from a cursor on, forward or backward."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from graphql import FieldNode, GraphQLObjectType, get_named_type
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.sql.expression import BindParameter, ColumnElement, FromClause

from schema.plan import fields as declared
from schema.plan.cursor import cursor_sql, opened
from schema.plan.json_sql import json_list, json_object, word
from schema.plan.refusal import invalid
from schema.plan.scope import PAGE_MOST, Scope, is_blank
from schema.plan.selection import Selected

if TYPE_CHECKING:
    from schema.plan.build import Builder

PAGE_DEFAULT = 20
SEPARATOR = "|"


def _size(argument: str, values: Mapping[str, Any]) -> int:
    asked = values.get(argument)
    if asked is None:
        return PAGE_DEFAULT
    if not 1 <= asked <= PAGE_MOST:
        raise invalid(argument, f"1..{PAGE_MOST}, not {asked}.")
    return int(asked)


def _number(value: int) -> ColumnElement[int]:
    """A number of ours, written into the statement."""
    return sa.literal_column(str(value), sa.Integer())


class Page:
    """One connection's statement: the rows of the page and what is told about it."""

    def __init__(
        self, builder: "Builder", scope: Scope, plan: declared.Connection, target: GraphQLObjectType
    ) -> None:
        self.builder, self.scope, self.plan, self.target = builder, scope, plan, target
        self.order = plan.order(scope)
        values = scope.values
        if values.get("first") is not None and values.get("last") is not None:
            raise invalid("last", "first or last, not both.")
        self.backward = values.get("last") is not None
        self.size = _size("last" if self.backward else "first", values)
        self.bounds = {
            name: self._bound(name) for name in ("after", "before") if values.get(name) is not None
        }

    # -------------------------------------------------------------- which rows

    def base(self, row: FromClause) -> list[ColumnElement[bool]]:
        """The rows of the list, whatever the page."""
        scope, plan = self.scope, self.plan
        asked = scope.values.get("filter") or {}
        filters = [
            plan.filters[name](scope, row, value)
            for name, value in asked.items()
            if value is not None and not (name == "search" and is_blank(value))
        ]
        return [plan.on(scope, row), self.builder.listed(self.target, row, plan.beneath), *filters]

    def _key(self, row: FromClause) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        return self.order.key(row), row.c.id

    def _bound(self, name: str) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """The key that a cursor names, as two parameters; each checks the cursor by itself."""

        def part(index: int) -> Callable[[Any], str]:
            return lambda values: opened(self._secret(values), values[name]).split(SEPARATOR)[index]

        probe = self.builder.fresh(self.target)
        return (
            sa.cast(self.scope.bind(type_=sa.Text(), convert=part(0)), self.order.key(probe).type),
            sa.cast(self.scope.bind(type_=sa.Text(), convert=part(1)), probe.c.id.type),
        )

    def _secret(self, values: Any) -> bytes:
        scope = self.scope
        if self.plan.sequence:
            return scope.draft.list_key(*self.plan.sequence)
        identity = (scope.type_name, scope.field_name, values.get("filter"), values.get("orderBy"))
        return scope.draft.list_key(*identity)

    def _beyond(self, row: FromClause, name: str, *, on_the_other_side: bool = False) -> ColumnElement[bool]:
        """Rows past a cursor in the list's order, or those that it leaves behind."""
        forward = (name == "after") != self.order.descending
        key, bound = sa.tuple_(*self._key(row)), sa.tuple_(*self.bounds[name])
        if on_the_other_side:
            return key <= bound if forward else key >= bound
        return key > bound if forward else key < bound

    def rows(self, *, numbered: bool, spare: bool) -> FromClause:
        """The page in its order, numbered if asked for, and with one row more to see whether there is."""
        row = self.builder.fresh(self.target)
        descending = self.order.descending != self.backward
        keys = [key.desc() if descending else key.asc() for key in self._key(row)]
        page = (
            sa.select(*row.c)
            .where(*self.base(row), *(self._beyond(row, name) for name in self.bounds))
            .order_by(*keys)
            .limit(_number(self.size + spare))
            .correlate_except(row)
            .subquery(self.scope.draft.name("t"))
        )
        if not numbered:
            return page
        place = sa.func.row_number().over().label("place")
        return sa.select(*page.c, place).select_from(page).subquery(self.scope.draft.name("t"))

    # -------------------------------------------------------------- what is told

    def cursor(self, row: FromClause) -> ColumnElement[str]:
        """The cursor of a row."""
        key, identity = (sa.cast(part, sa.Text()) for part in self._key(row))
        payload = key.concat(sa.literal_column(f"'{SEPARATOR}'", sa.Text())).concat(identity)
        secret: BindParameter[Any] = self.scope.bind(type_=sa.LargeBinary(), convert=self._secret)
        return cursor_sql(secret, payload)

    def total(self) -> ColumnElement[int]:
        """How many rows the list has."""
        row = self.builder.fresh(self.target)
        return (
            sa.select(sa.func.count())
            .select_from(row)
            .where(*self.base(row))
            .correlate_except(row)
            .scalar_subquery()
        )

    def _left_behind(self, name: str) -> ColumnElement[bool]:
        if name not in self.bounds:
            return sa.false()
        row = self.builder.fresh(self.target)
        return (
            sa.exists()
            .where(*self.base(row), self._beyond(row, name, on_the_other_side=True))
            .correlate_except(row)
        )

    def more(self, page: FromClause, *, forward: bool) -> ColumnElement[bool]:
        """Whether the list goes on, forward or backward, from the page."""
        if forward != self.backward:
            return sa.func.count(page.c.id) > _number(self.size)
        return self._left_behind("before" if forward else "after")


def render_connection(
    builder: "Builder",
    scope: Scope,
    plan: declared.Connection,
    type_: GraphQLObjectType,
    nodes: list[FieldNode],
) -> ColumnElement[Any]:
    """A connection's object: only what is selected of it is worked out."""
    target: Any = get_named_type(type_.fields["nodes"].type)
    return ConnectionObject(builder, Page(builder, scope, plan, target), target).render(type_, nodes)


class ConnectionObject:
    """What is told of a page: its rows as nodes or edges, where it ends, how many there are."""

    def __init__(self, builder: "Builder", page: Page, target: GraphQLObjectType) -> None:
        self.builder, self.page, self.target = builder, page, target
        self.numbered: bool
        self.rows: FromClause
        self.in_page: ColumnElement[bool] | None

    def render(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> ColumnElement[Any]:
        """The object over the page's rows; without any of them it is the total alone."""
        selected = self.builder.selection.of(type_, nodes)
        names = {found[0].name.value for found in selected.values()}
        spare = self._asks_for_more(type_, selected)
        # An aggregate takes the rows of an ordered page in their order; numbers are for turning it round.
        self.numbered = self.page.backward or "pageInfo" in names
        self.rows = self.page.rows(numbered=self.numbered, spare=spare)
        self.in_page = self.rows.c.place <= _number(self.page.size) if spare else None
        made = json_object([(key, self._part(type_, found)) for key, found in selected.items()])
        if not names & {"edges", "nodes", "pageInfo"}:
            return made
        return (
            sa.select(made)
            .select_from(self.rows)
            .group_by(sa.text("()"))
            .correlate_except(self.rows)
            .scalar_subquery()
        )

    def _asks_for_more(self, type_: GraphQLObjectType, selected: Selected) -> bool:
        wanted = "hasPreviousPage" if self.page.backward else "hasNextPage"
        return any(
            part[0].name.value == wanted
            for found in selected.values()
            if found[0].name.value == "pageInfo"
            for part in self._parts(type_, found).values()
        )

    def _parts(self, type_: GraphQLObjectType, found: list[FieldNode]) -> Selected:
        below: Any = get_named_type(type_.fields[found[0].name.value].type)
        return self.builder.selection.of(below, found)

    def _part(self, type_: GraphQLObjectType, found: list[FieldNode]) -> ColumnElement[Any]:
        match found[0].name.value:
            case "nodes":
                return self._list(self.builder.object(self.target, self.rows, found))
            case "edges":
                parts = self._parts(type_, found)
                return self._list(json_object([(key, self._edge(part)) for key, part in parts.items()]))
            case "pageInfo":
                parts = self._parts(type_, found)
                return json_object([(key, self._info(part[0].name.value)) for key, part in parts.items()])
            case "totalCount":
                return self.page.total()
        return word(type_.name)

    def _list(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        order = [self._place(self.page.backward)] if self.numbered else []
        return json_list(value, order, self.in_page)

    def _place(self, descending: bool) -> ColumnElement[Any]:
        return self.rows.c.place.desc() if descending else self.rows.c.place.asc()

    def _edge(self, found: list[FieldNode]) -> ColumnElement[Any]:
        match found[0].name.value:
            case "cursor":
                return self.page.cursor(self.rows)
            case "node":
                return self.builder.object(self.target, self.rows, found)
        return word(f"{self.target.name}Edge")

    def _info(self, name: str) -> ColumnElement[Any]:
        match name:
            case "hasNextPage":
                return self.page.more(self.rows, forward=True)
            case "hasPreviousPage":
                return self.page.more(self.rows, forward=False)
            case "startCursor":
                return self._end(descending=self.page.backward)
            case "endCursor":
                return self._end(descending=not self.page.backward)
        return word("PageInfo")

    def _end(self, *, descending: bool) -> ColumnElement[Any]:
        cursors: Any = sa.func.array_agg(
            aggregate_order_by(self.page.cursor(self.rows), self._place(descending)),
            type_=ARRAY(sa.Text()),
        )
        if self.in_page is not None:
            cursors = cursors.filter(self.in_page)
        first: ColumnElement[Any] = sa.type_coerce(cursors, ARRAY(sa.Text()))[1]
        return first
