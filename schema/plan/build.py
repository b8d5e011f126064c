"""From a selection to one SQL expression: each object becomes a json_build_object over its row."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from graphql import FieldNode, GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.sql.expression import ColumnElement, FromClause

from schema.plan import fields as declared
from schema.plan.cells import COUNT, WHOLE, Aggregate, Cells, Figures, Measure, OfValues
from schema.plan.connection import render_connection
from schema.plan.identity import key_sql, kinds_of
from schema.plan.json_sql import json_list, json_object, word
from schema.plan.refusal import invalid
from schema.plan.scope import Draft, Scope
from schema.plan.selection import Selection

DEFINITION = "strawberry-definition"
IDENTIFIERS_AT_MOST = 100
NOTHING: ColumnElement[Any] = sa.literal_column("NULL::json", JSON())


def plan_of(definition: GraphQLField) -> declared.Planned | None:
    """How a field is declared to the planner, None where it is plain Python."""
    made = definition.extensions.get(DEFINITION)
    return made.metadata.get(declared.PLAN) if made is not None else None


def needed_by(definition: GraphQLField) -> set[str]:
    """The permissions without which a root field is refused."""
    needed = definition.extensions[DEFINITION].metadata.get(declared.NEEDS)
    return set() if needed is None else {needed}


def source_of(type_: GraphQLObjectType) -> declared.Source:
    """Where the rows of an object type lie."""
    source: declared.Source = type_.extensions[DEFINITION].origin.__plan__
    return source


class Builder:
    """Builds the expression of one root field; what its values are is left to the draft."""

    def __init__(self, schema: GraphQLSchema, selection: Selection, draft: Draft) -> None:
        self.schema = schema
        self.selection = selection
        self.draft = draft
        self._figures: dict[FromClause, Figures] = {}

    def field(self, parent: GraphQLObjectType, row: FromClause, nodes: list[FieldNode]) -> ColumnElement[Any]:
        """The value of one field of a row."""
        name = nodes[0].name.value
        if name == "__typename":
            return word(parent.name)
        definition = parent.fields[name]
        number, values = self.draft.arguments(definition, nodes[0]) if definition.args else (-1, {})
        scope = Scope(self.draft, row, parent.name, name, number, values)
        target: Any = get_named_type(definition.type)
        value: ColumnElement[Any]
        match plan_of(definition):
            case declared.Column(None):
                value = row.c[definition.extensions[DEFINITION].python_name]
            case declared.Column(sql) if sql is not None:
                value = sql(scope)
            case declared.One() as link:
                value = self._one(target, nodes, scope, link)
            case declared.Rows() as link:
                value = self._rows(target, nodes, scope, link)
            case declared.Connection() as plan:
                value = render_connection(self, scope, plan, target, nodes)
            case declared.Inline():
                value = self.object(target, row, nodes)
            case Aggregate(source):
                value = self._aggregate(target, nodes, source(scope))
            case OfValues() | declared.Grouped() as figure:
                value = self._figure(target, nodes, row, figure)
            case declared.Derived(source, order):
                made = source(scope)
                value = _scalar(json_list(self.object(target, made, nodes), order(made)), made)
            case declared.ByKind(argument):
                value = self._by_kind(scope, argument, nodes)
            case _:
                raise TypeError(definition)
        return value

    def object(
        self, type_: GraphQLObjectType, row: FromClause, nodes: Iterable[FieldNode]
    ) -> ColumnElement[Any]:
        """The object that a selection makes of a row."""
        selected = self.selection.of(type_, nodes)
        return json_object([(key, self.field(type_, row, found)) for key, found in selected.items()])

    def fresh(self, type_: GraphQLObjectType) -> FromClause:
        """The table of a type under a name of its own."""
        return source_of(type_).table.alias(self.draft.name("t"))

    def listed(
        self, type_: GraphQLObjectType, row: FromClause, beneath: declared.Visible | None
    ) -> ColumnElement[bool]:
        """That a row belongs in the viewer's lists."""
        return (beneath or source_of(type_).listed)(self.draft.viewer, row)

    def _one(
        self, target: GraphQLObjectType, nodes: list[FieldNode], scope: Scope, link: declared.One
    ) -> ColumnElement[Any]:
        row = self.fresh(target)
        visible = (link.beneath or source_of(target).visible)(self.draft.viewer, row)
        return _scalar(self.object(target, row, nodes), row, link.on(scope, row), visible)

    def _rows(
        self, target: GraphQLObjectType, nodes: list[FieldNode], scope: Scope, link: declared.Rows
    ) -> ColumnElement[Any]:
        row = self.fresh(target)
        made = json_list(self.object(target, row, nodes), link.order(row))
        return _scalar(made, row, link.on(scope, row), self.listed(target, row, link.beneath))

    def _aggregate(self, target: GraphQLObjectType, nodes: list[FieldNode], of: Cells) -> ColumnElement[Any]:
        """One object over all cells: grouping by nothing gives it even where there is none."""
        cells = of.cells(self._asked(target, nodes))
        row = cells[WHOLE].alias(self.draft.name("t"))
        self._figures[row] = Figures(of, cells)
        return (
            sa.select(self.object(target, row, nodes))
            .select_from(row)
            .group_by(sa.text("()"))
            .correlate_except(row)
            .scalar_subquery()
        )

    def _asked(self, target: GraphQLObjectType, nodes: Iterable[FieldNode]) -> dict[str, set[str]]:
        """Which measures are asked, of the whole and of each breakdown."""
        asked: dict[str, set[str]] = {WHOLE: set()}
        for found in self.selection.of(target, nodes).values():
            definition = target.fields.get(found[0].name.value)
            match plan_of(definition) if definition else None:
                case declared.Column(Measure(reads)):
                    asked[WHOLE] |= reads
                case declared.Grouped(by) if definition:
                    below = self._asked(get_named_type(definition.type), found)
                    asked.setdefault(by, {COUNT}).update(below[WHOLE])
        return asked

    def _figure(
        self,
        target: GraphQLObjectType,
        nodes: list[FieldNode],
        row: FromClause,
        figure: OfValues | declared.Grouped,
    ) -> ColumnElement[Any]:
        """What is no sum over the row's own cells: of single values, or for each value of a key."""
        figures = self._figures[row]
        if isinstance(figure, OfValues):
            single = figures.of.values(figure.name).alias(self.draft.name("t"))
            return _scalar(figure.sql(single.c.value), single)
        member = figures.cells[figure.by].alias(self.draft.name("g"))
        keys = [key.label(self.draft.name("o")) for key in figure.order(member)]
        groups = (
            sa.select(self.object(target, member, nodes).label("made"), *keys)
            .where(member.c[figure.by].is_not(None))
            .group_by(member.c[figure.by])
            .having(sa.func.sum(member.c[COUNT]) > sa.literal_column("0", sa.Integer()))
            .correlate_except(member)
            .subquery(self.draft.name("t"))
        )
        return _scalar(json_list(groups.c.made, [groups.c[key.name] for key in keys]), groups)

    def _by_kind(self, scope: Scope, argument: str, nodes: list[FieldNode]) -> ColumnElement[Any]:
        """The object of one identifier, or a list with an object or null for each, in their order."""
        given = scope.values[argument]
        types = [type_ for kind in kinds_of(given) if (type_ := self._node_type(kind)) is not None]
        if isinstance(given, str):
            identifier: ColumnElement[str] = scope.bind(argument, type_=sa.Text())
            return sa.func.coalesce(*(self._node(type_, identifier, nodes) for type_ in types), NOTHING)
        listed = scope.bind(argument, type_=sa.ARRAY(sa.Text()), convert=_not_too_many)
        each = sa.func.unnest(listed).table_valued("id", with_ordinality="place", name="asked")
        asked = each.render_derived()
        made = sa.func.coalesce(*(self._node(type_, asked.c.id, nodes) for type_ in types), NOTHING)
        return _scalar(json_list(made, [asked.c.place]), asked)

    def _node_type(self, kind: str) -> GraphQLObjectType | None:
        type_, node = self.schema.get_type(kind), self.schema.get_type("Node")
        is_node = isinstance(type_, GraphQLObjectType) and node in type_.interfaces
        return type_ if is_node else None  # type: ignore[return-value]

    def _node(
        self, type_: GraphQLObjectType, identifier: ColumnElement[str], nodes: list[FieldNode]
    ) -> ColumnElement[Any]:
        """The object of the row of one type that an identifier names; null where it names another type's."""
        row = self.fresh(type_)
        return _scalar(
            self.object(type_, row, nodes),
            row,
            row.c.id == key_sql(type_.name, identifier, row.c.id.type),
            source_of(type_).visible(self.draft.viewer, row),
        )


def _not_too_many(identifiers: list[str]) -> list[str]:
    if len(identifiers) > IDENTIFIERS_AT_MOST:
        raise invalid("ids", f"at most {IDENTIFIERS_AT_MOST}, not {len(identifiers)}.")
    return identifiers


def _scalar(value: ColumnElement[Any], row: FromClause, *where: ColumnElement[bool]) -> ColumnElement[Any]:
    """A subquery of one value over one row source; all else it names lies outside it."""
    return sa.select(value).select_from(row).where(*where).correlate_except(row).scalar_subquery()
