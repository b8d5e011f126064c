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
    get_argument_values,
    get_named_type,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_subfields
from sqlalchemy.sql.expression import BindParameter, ColumnElement, FromClause

from domain.actor import Actor
from domain.attachments.links import Links
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

    def depends_on(self, _info: ResolveInfo) -> Hashable:
        """What its statement depends on beside the shape of its arguments."""
        return None

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


def definition_of(info: ResolveInfo) -> GraphQLField:
    """The field of the schema that is resolved."""
    definition: GraphQLField = info.parent_type.fields[info.field_name]
    return definition


def arguments_of(info: ResolveInfo) -> dict[str, Any]:
    """The coerced arguments of the field that is resolved."""
    return get_argument_values(definition_of(info), info.field_nodes[0], info.variable_values)


@dataclass
class Draft:
    """The statement of one root field while it is built."""

    info: ResolveInfo
    viewer: Actor
    cursor_secret: bytes
    links: Links
    inputs: Inputs = field(default_factory=Inputs)
    shared: dict[Hashable, Any] = field(default_factory=dict)
    checks: dict[Hashable, ColumnElement[Any]] = field(default_factory=dict)
    """What refuses the statement before it is worked out: the argument and the problem as JSON, else NULL."""
    names: int = 0

    def __post_init__(self) -> None:
        self._fragments = {name: FragmentDetails(node) for name, node in self.info.fragments.items()}

    def root(self) -> "Scope":
        """The place of the root field."""
        return self.scope(self.info.parent_type, NOWHERE, self.info.field_nodes)

    def scope(self, parent: GraphQLObjectType, row: FromClause, nodes: list[FieldNode]) -> "Scope":
        """The place of a field of a row."""
        definition, node = parent.fields[nodes[0].name.value], nodes[0]
        number, values = -1, dict[str, Any]()
        if definition.args:
            number, values = self.inputs.arguments(definition, node, self.info.variable_values)
        return Scope(self, parent, definition, row, nodes, number, values)

    def selected(self, type_: GraphQLObjectType, nodes: Iterable[FieldNode]) -> Selected:
        """The fields asked of a type below some fields: fragments opened, @skip and @include applied."""
        info, details = self.info, [FieldDetails(node, None) for node in nodes]
        found = collect_subfields(
            info.schema, self._fragments, info.variable_values, info.operation, type_, details
        )
        return {key: [part.node for part in parts] for key, parts in found.grouped_field_set.items()}

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

    def fresh(self, type_: GraphQLObjectType | None = None) -> FromClause:
        """The table of the field's objects, or of another type's, under a name of its own."""
        return source_of(type_ or self.target).table.alias(self.draft.name("t"))

    def object(self, row: FromClause, type_: GraphQLObjectType | None = None) -> ColumnElement[Any]:
        """The object that the field's selection makes of a row, of the field's type or of a narrower one."""
        type_ = type_ or self.target
        pairs = []
        for key, nodes in self.draft.selected(type_, self.nodes).items():
            is_name = nodes[0].name.value == "__typename"
            pairs.append((key, word(type_.name) if is_name else self.draft.scope(type_, row, nodes).sql()))
        return json_object(pairs)

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

    def of_viewer(self, read: Callable[[Actor], Any], type_: Any = None) -> BindParameter[Any]:
        """A value of whoever looks, as a parameter; a text if nothing else is said."""
        name = self.draft.name("v")
        self.draft.inputs.viewers[name] = read
        return sa.bindparam(name, type_=type_ or sa.Text())

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
