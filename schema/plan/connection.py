"""What is told of a page: its rows as nodes or edges, where it ends, how many there are."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from graphql import FieldNode, GraphQLObjectType, get_named_type
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.sql.expression import ColumnElement, FromClause

from schema.plan import fields as declared
from schema.plan.json_sql import json_list, json_object, word
from schema.plan.paging import Page
from schema.plan.ranking import RankedPage
from schema.plan.scope import Scope
from schema.plan.selection import Selected
from schema.plan.stretches import number

if TYPE_CHECKING:
    from schema.plan.build import Builder


def render_connection(
    builder: "Builder",
    scope: Scope,
    plan: declared.Connection,
    type_: GraphQLObjectType,
    nodes: list[FieldNode],
) -> ColumnElement[Any]:
    """A connection's object: only what is selected of it is worked out."""
    target: Any = get_named_type(type_.fields["nodes"].type)
    order = plan.order(scope)
    page = (
        RankedPage(builder, scope, plan, target, order)
        if isinstance(order, declared.Ranked)
        else Page(builder, scope, plan, target, order)
    )
    return ConnectionObject(builder, page, target).render(type_, nodes)


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
        self.in_page = self.rows.c.place <= number(self.page.size) if spare else None
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
