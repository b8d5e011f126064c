"""What an expression may ask while a plan is made: its row, who looks, and the field's arguments."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias, TypeVar

import sqlalchemy as sa
from graphql import FieldNode, GraphQLField, GraphQLResolveInfo, Node, VariableNode, get_argument_values
from sqlalchemy.sql.expression import BindParameter, FromClause

from domain.actor import Actor
from domain.attachments.links import Links
from domain.authority import permissions
from domain.policy import viewer_values
from schema.plan.cursor import list_key

Convert = Callable[[Any], Any]
PAGE_MOST = 100
T = TypeVar("T")
ResolveInfo: TypeAlias = "GraphQLResolveInfo[Any]"


def mentions_variable(node: Node) -> bool:
    """Whether a part of a document depends on the request's variables."""
    if isinstance(node, VariableNode):
        return True
    for key in node.keys:
        value = getattr(node, key, None)
        parts = value if isinstance(value, list | tuple) else (value,)
        if any(isinstance(part, Node) and mentions_variable(part) for part in parts):
            return True
    return False


def is_blank(value: Any) -> bool:
    """A text that says nothing, as an empty search box sends it."""
    return isinstance(value, str) and not value.strip()


def shape(value: Any) -> Hashable:
    """What of a value a plan's SQL may depend on: presence, words, flags, and page sizes; no text else.

    The size of a page stands in the statement: PostgreSQL knows how few rows are wanted only from a number,
    and would otherwise plan each run anew.
    """
    if value is None or isinstance(value, bool | Enum):
        return value
    if is_blank(value):
        return ""
    if isinstance(value, int) and 0 < value <= PAGE_MOST:
        return value
    if isinstance(value, Mapping):
        return tuple((key, shape(part)) for key, part in sorted(value.items()))
    if isinstance(value, list | tuple):
        return list
    return object


def pick(values: Any, path: tuple[str, ...]) -> Any:
    """The value at a path of names, None where something on the way is absent."""
    for name in path:
        if values is None:
            return None
        values = values.get(name)
    return values


@dataclass(frozen=True)
class FieldArguments:
    """One field of the document with its arguments: coerced once if they are all literal."""

    definition: GraphQLField
    node: FieldNode
    constant: dict[str, Any] | None

    def values(self, variables: Any) -> dict[str, Any]:
        if self.constant is not None:
            return self.constant
        return get_argument_values(self.definition, self.node, variables)


@dataclass(frozen=True)
class Binding:
    """Where the value of a bind parameter comes from when a plan runs."""

    arguments: int
    path: tuple[str, ...]
    convert: Convert | None


@dataclass
class Draft:
    """What a plan collects while its SQL is built."""

    viewer: Actor
    variables: Any
    cursor_secret: bytes
    links: Links
    fields: list[FieldArguments] = field(default_factory=list)
    bindings: dict[str, Binding] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    checks: list[tuple[int, Convert]] = field(default_factory=list)
    requires: set[str] = field(default_factory=set)
    shared: dict[Hashable, Any] = field(default_factory=dict)
    names: int = 0

    def arguments(self, definition: GraphQLField, node: FieldNode) -> tuple[int, dict[str, Any]]:
        """The coerced arguments of a field, and the number they are known by in the plan."""
        values = get_argument_values(definition, node, self.variables)
        literal = not any(mentions_variable(argument) for argument in node.arguments or ())
        self.fields.append(FieldArguments(definition, node, values if literal else None))
        return len(self.fields) - 1, values

    def list_key(self, *identity: Any) -> bytes:
        """The key that signs the cursors of one list."""
        return list_key(self.cursor_secret, *identity)

    def name(self, prefix: str) -> str:
        """A name for an alias or a parameter that the statement has not used yet."""
        self.names += 1
        return f"{prefix}{self.names}"


@dataclass(frozen=True)
class Scope:
    """One place in the statement."""

    draft: Draft
    row: FromClause
    type_name: str
    field_name: str = ""
    number: int = -1
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def viewer(self) -> Actor:
        """Of whom only the standing may shape the statement; their values are bind parameters."""
        return self.draft.viewer

    def bind(self, *path: str, type_: Any, convert: Convert | None = None) -> BindParameter[Any]:
        """The field's argument at a path, as a parameter; `convert` checks and changes it at each run."""
        name = self.draft.name("a")
        self.draft.bindings[name] = Binding(self.number, path, convert)
        return sa.bindparam(name, type_=type_)

    def check(self, convert: Convert) -> None:
        """Runs a check of the field's arguments at each run, before the statement."""
        self.draft.checks.append((self.number, convert))

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What this field needs at more than one place of the statement, made once."""
        key = (self.number, name)
        if key not in self.draft.shared:
            self.draft.shared[key] = make()
        made: T = self.draft.shared[key]
        return made

    def require(self, permission: str) -> None:
        """Refuses, at each run, a viewer who lacks a permission."""
        self.draft.requires.add(permission)

    def source(self, attribute: str, type_: Any) -> BindParameter[Any]:
        """A value of the object that a mutation or event answered with."""
        name = self.draft.name("s")
        self.draft.sources[name] = attribute
        return sa.bindparam(name, type_=type_)


_VIEWER_TYPES: dict[str, Any] = {"opd_id": sa.Uuid(), "permissions": sa.ARRAY(sa.Text())}


def viewer_value(name: str) -> BindParameter[Any]:
    """A value of whoever looks, as a parameter."""
    return sa.bindparam(f"viewer_{name}", type_=_VIEWER_TYPES.get(name, sa.Text()))


def viewer_parameters(actor: Actor) -> dict[str, Any]:
    """The values of a viewer's parameters: those of the policy, and those that the viewer may read."""
    return viewer_values(actor) | {
        "viewer_kind": actor.kind,
        "viewer_name": actor.name,
        "viewer_email": actor.email,
        "viewer_permissions": permissions(actor),
    }
