"""One statement while it is built, and what the expression of a field may ask at its place in it."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

import sqlalchemy as sa
from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_subfields
from sqlalchemy.sql.expression import BindParameter, ColumnElement, FromClause

from domain.actor import Actor
from domain.attachments.links import Links
from schema.cursor import list_key
from schema.plan.inputs import Binding, Convert, Inputs
from schema.plan.sql import json_object, word

DEFINITION = "strawberry-definition"
PLAN = "plan"
T = TypeVar("T")
ResolveInfo: TypeAlias = "GraphQLResolveInfo[Any]"
NOWHERE = sa.select(sa.null()).subquery()
Visible = Callable[[Actor, FromClause], ColumnElement[bool]]
Filter = Callable[["Scope", FromClause, Any], ColumnElement[bool]]
Selected = dict[str, list[FieldNode]]
"""Fields of the document by the key they answer under; what is asked twice under one key is one."""


@dataclass(frozen=True)
class Source:
    """Where the rows of a type lie, and which of them a viewer sees, and finds in lists."""

    table: FromClause
    visible: Visible
    listed: Visible


@dataclass(frozen=True)
class Planned:
    """How a field is declared to the planner: each kind of field says what it is in SQL."""

    arguments: Mapping[str, tuple[Any, str]] = field(default_factory=dict, kw_only=True)
    """What it can be asked with: of each name its type and description."""

    def taken(self) -> Mapping[str, tuple[Any, str]]:
        """All the arguments that it takes."""
        return self.arguments

    def sql(self, s: "Scope") -> ColumnElement[Any]:
        """The value of a field of this kind."""
        raise NotImplementedError


def plan_of(definition: GraphQLField) -> Planned | None:
    """How a field is declared to the planner, None where it is plain Python."""
    made = definition.extensions.get(DEFINITION)
    return made.metadata.get(PLAN) if made is not None else None


def source_of(type_: GraphQLObjectType) -> Source:
    """Where the rows of an object type lie."""
    source: Source = type_.extensions[DEFINITION].origin.__plan__
    return source


def objects_of(definition: GraphQLField) -> GraphQLObjectType:
    """The type of a field's objects."""
    named: Any = get_named_type(definition.type)
    type_: GraphQLObjectType = named
    return type_


@dataclass
class Draft:
    """The statement of one root field while it is built."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    variables: Any
    viewer: Actor
    cursor_secret: bytes
    links: Links
    inputs: Inputs = field(default_factory=Inputs)
    shared: dict[Hashable, Any] = field(default_factory=dict)
    unknown: dict[Hashable, ColumnElement[Any]] = field(default_factory=dict)
    """For each argument with codes, what is told where one is not known."""
    names: int = 0

    def selected(self, type_: GraphQLObjectType, nodes: Iterable[FieldNode]) -> Selected:
        """The fields asked of a type below some fields: fragments opened, @skip and @include applied."""
        details = [FieldDetails(node, None) for node in nodes]
        found = collect_subfields(self.schema, self.fragments, self.variables, self.operation, type_, details)
        return {key: [part.node for part in parts] for key, parts in found.grouped_field_set.items()}

    def object(
        self, type_: GraphQLObjectType, row: FromClause, nodes: Iterable[FieldNode]
    ) -> ColumnElement[Any]:
        """The object that a selection makes of a row."""
        selected = self.selected(type_, nodes)
        return json_object([(key, self.field(type_, row, found)) for key, found in selected.items()])

    def field(self, parent: GraphQLObjectType, row: FromClause, nodes: list[FieldNode]) -> ColumnElement[Any]:
        """The value of one field of a row."""
        if nodes[0].name.value == "__typename":
            return word(parent.name)
        return self.scope(parent, row, nodes).sql()

    def root(self, info: ResolveInfo) -> "Scope":
        """The place of the root field."""
        return self.scope(info.parent_type, NOWHERE, info.field_nodes)

    def scope(self, parent: GraphQLObjectType, row: FromClause, nodes: list[FieldNode]) -> "Scope":
        """The place of a field of a row."""
        definition, node = parent.fields[nodes[0].name.value], nodes[0]
        number, values = -1, dict[str, Any]()
        if definition.args:
            number, values = self.inputs.arguments(definition, node, self.variables)
        return Scope(self, parent, definition, row, nodes, number, values)

    def fresh(self, type_: GraphQLObjectType) -> FromClause:
        """The table of a type under a name of its own."""
        return source_of(type_).table.alias(self.name("t"))

    def list_key(self, *identity: Any) -> bytes:
        """The key that signs the cursors of one list."""
        return list_key(self.cursor_secret, *identity)

    def name(self, prefix: str) -> str:
        """A name for an alias or a parameter that the statement has not used yet."""
        self.names += 1
        return f"{prefix}{self.names}"


@dataclass(frozen=True)
class Scope:
    """One field of the document at its place in the statement."""

    draft: Draft
    parent: GraphQLObjectType
    definition: GraphQLField
    row: FromClause
    nodes: list[FieldNode]
    number: int
    values: Mapping[str, Any]
    """Its arguments, of which only the shape may change the statement; the rest are parameters."""

    @property
    def viewer(self) -> Actor:
        """Of whom only the standing may shape the statement; their values are bind parameters."""
        return self.draft.viewer

    @property
    def target(self) -> GraphQLObjectType:
        """The type of the field's objects."""
        return objects_of(self.definition)

    def sql(self) -> ColumnElement[Any]:
        """The field's value."""
        plan = plan_of(self.definition)
        if plan is None:
            raise TypeError(self.definition)
        return plan.sql(self)

    def fresh(self) -> FromClause:
        """The table of the field's objects under a name of its own."""
        return self.draft.fresh(self.target)

    def object(self, row: FromClause) -> ColumnElement[Any]:
        """The object that the field's selection makes of a row."""
        return self.draft.object(self.target, row, self.nodes)

    def narrowing(self) -> dict[str, Any]:
        """The filters that were given; an empty search box is none."""
        given = (self.values.get("filter") or {}).items()
        return {k: v for k, v in given if v is not None and not (k == "search" and is_blank(v))}

    def narrowed(self, filters: Mapping[str, Filter], row: FromClause) -> list[ColumnElement[bool]]:
        """The conditions of those filters that were given."""
        return [filters[name](self, row, value) for name, value in self.narrowing().items()]

    def bind(self, *path: str, type_: Any, convert: Convert | None = None) -> BindParameter[Any]:
        """The field's argument at a path, as a parameter; `convert` checks and changes it at each run."""
        name = self.draft.name("a")
        self.draft.inputs.bindings[name] = Binding(self.number, path, convert)
        return sa.bindparam(name, type_=type_)

    def source(self, attribute: str, type_: Any) -> BindParameter[Any]:
        """A value of the object that a mutation or event answered with."""
        name = self.draft.name("s")
        self.draft.inputs.sources[name] = attribute
        return sa.bindparam(name, type_=type_)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What this field needs at more than one place of the statement, made once."""
        key = (self.number, name)
        if key not in self.draft.shared:
            self.draft.shared[key] = make()
        made: T = self.draft.shared[key]
        return made


def is_blank(value: Any) -> bool:
    """A text that says nothing, as an empty search box sends it."""
    return isinstance(value, str) and not value.strip()
