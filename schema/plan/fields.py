"""How a type says where its rows lie and what each field is in SQL.

A type names its table and the policy of its rows (`@planned`); a field is one line:

    code: str = column("Short stable code")                       # the column of the same name
    active: bool = column("Takes complaints", lambda s: policy.opd_is_active(s.row))
    parent: "Opd | None" = one("The OPD it belongs to", lambda s, o: o.c.id == s.row.c.parent_id)
    complaints: Connection["Complaint"] = connection("...", on=..., order=..., filters=...)
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import strawberry
from sqlalchemy.sql.expression import ColumnElement, FromClause
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from domain.actor import Actor
from schema.plan.cells import Aggregate, Cells, OfValues

if TYPE_CHECKING:
    from schema.plan.scope import Scope

PLAN = "plan"
NEEDS = "needs"
T = TypeVar("T", bound=type)

Expression = Callable[["Scope"], ColumnElement[Any]]
Link = Callable[["Scope", FromClause], ColumnElement[bool]]
Key = Callable[[FromClause], ColumnElement[Any]]
Keys = Callable[[FromClause], Sequence[ColumnElement[Any]]]
Visible = Callable[[Actor, FromClause], ColumnElement[bool]]
Filter = Callable[["Scope", FromClause, Any], ColumnElement[bool]]
Window = Callable[[FromClause, ColumnElement[Any], ColumnElement[Any]], ColumnElement[bool]]


@dataclass(frozen=True)
class Source:
    """Where the rows of a type lie, and which of them a viewer sees."""

    table: FromClause
    visible: Visible
    listed: Visible


@dataclass(frozen=True)
class Column:
    """A scalar, or an array of them: an SQL expression over the row; sealed ones are decrypted at the end."""

    sql: Expression | None


@dataclass(frozen=True)
class One:
    """A row of another type, or none."""

    on: Link
    beneath: Visible | None = None
    """Which of the rows a viewer sees who sees the row that they hang on; absent: judged anew."""


@dataclass(frozen=True)
class Rows:
    """A short list of rows of another type, whole."""

    on: Link
    order: Keys
    beneath: Visible | None = None


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

    def __call__(self, s: "Scope", row: FromClause, value: Any) -> ColumnElement[bool]:
        return self.condition(s, row, value)


@dataclass(frozen=True)
class Connection:
    """A list that is paged by keyset cursors."""

    on: Link
    order: Callable[["Scope"], Order]
    filters: Mapping[str, Filter] = field(default_factory=dict)
    beneath: Visible | None = None
    sequence: tuple[str, ...] = ()
    """Lists that are parts of one sequence take each other's cursors: its name."""


@dataclass(frozen=True)
class Inline:
    """An object that lies in the same row, or in no table at all."""


@dataclass(frozen=True)
class Grouped:
    """A list of objects, each made of the cells that agree in a key."""

    by: str
    order: Keys


@dataclass(frozen=True)
class Derived:
    """A short list of objects over rows that the field works out for itself."""

    source: Callable[["Scope"], FromClause]
    order: Keys


@dataclass(frozen=True)
class ByKind:
    """The rows of whichever types one identifier names, or a list of them."""

    argument: str


@dataclass(frozen=True)
class Feed:
    """The events that a subscription follows."""

    on: Link
    filters: Mapping[str, Filter] = field(default_factory=dict)


Planned = Derived | Feed | Column | One | Rows | Connection | Inline | Aggregate | Grouped | OfValues | ByKind


def planned(
    table: FromClause,
    visible: Visible,
    listed: Visible | None = None,
) -> Callable[[T], T]:
    """Makes a class an object type whose rows lie in a table; its docstring is the public description.

    `visible` says which rows may be opened, `listed` (the same, if absent) which are in lists.
    """

    def decorate(cls: T) -> T:
        cls.__plan__ = Source(table, visible, listed or visible)  # type: ignore[attr-defined]
        return described(cls)

    return decorate


def described(cls: T) -> T:
    """Makes a class an object type, described by its docstring."""
    return strawberry.type(cls, description=inspect.getdoc(cls))


def needing(permission: str, *, but: frozenset[str]) -> Callable[[T], T]:
    """Has every field of a class, save those named, refuse viewers who lack a permission."""

    def decorate(cls: T) -> T:
        for name, made in vars(cls).items():
            if isinstance(made, StrawberryField) and name not in but:
                made.metadata = MappingProxyType({**made.metadata, NEEDS: permission})
        return cls

    return decorate


def _field(plan: Planned, description: str, arguments: Mapping[str, Any] | None = None) -> Any:
    made = StrawberryField(description=description, metadata={PLAN: plan})
    # The planner answers it: an object of the class, such as a payload, does not hold it.
    made.init = made.repr = made.compare = False
    made.arguments = [
        StrawberryArgument(
            python_name=name,
            graphql_name=None,
            type_annotation=StrawberryAnnotation(annotation, namespace=None),
            description=text,
        )
        for name, (annotation, text) in (arguments or {}).items()
    ]
    return made


def column(
    description: str, sql: Expression | None = None, *, arguments: Mapping[str, Any] | None = None
) -> Any:
    """A scalar field: the table's column of the same name, or an expression."""
    return _field(Column(sql), description, arguments)


def one(
    description: str,
    on: Link,
    *,
    beneath: Visible | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> Any:
    """A link to one visible row of the annotated type."""
    return _field(One(on, beneath), description, arguments)


def rows(
    description: str,
    on: Link,
    *,
    order: Keys,
    beneath: Visible | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> Any:
    """All visible rows of the annotated type that the link names; for lists that stay short."""
    return _field(Rows(on, order, beneath), description, arguments)


def connection(
    description: str,
    on: Link,
    *,
    order: Callable[["Scope"], Order],
    filters: Mapping[str, Filter] | None = None,
    arguments: Mapping[str, Any] | None = None,
    beneath: Visible | None = None,
    sequence: tuple[str, ...] = (),
    backward: bool = True,
) -> Any:
    """A paged list of visible rows of the annotated connection's type."""
    paging: dict[str, Any] = {
        "first": (int | None, "How many at most, from the start: 1 to 100; 20 if absent."),
        "after": (str | None, "Only what comes after this cursor."),
    }
    if backward:
        paging |= {
            "last": (int | None, "How many at most, from the end: 1 to 100."),
            "before": (str | None, "Only what comes before this cursor."),
        }
    plan = Connection(on, order, filters or {}, beneath, sequence)
    return _field(plan, description, paging | dict(arguments or {}))


def inline(description: str) -> Any:
    """An object without rows of its own."""
    return _field(Inline(), description)


def aggregate(
    description: str,
    source: Callable[["Scope"], Cells],
    *,
    arguments: Mapping[str, Any] | None = None,
) -> Any:
    """An object of sums over cells."""
    return _field(Aggregate(source), description, arguments)


def grouped(
    description: str,
    by: str,
    *,
    order: Keys,
) -> Any:
    """A list of objects of sums, one for each value that a key has."""
    return _field(Grouped(by, order), description)


def of_values(description: str, name: str, sql: Callable[[ColumnElement[Any]], ColumnElement[Any]]) -> Any:
    """A figure over the values of single rows."""
    return _field(OfValues(name, sql), description)


def derived(
    description: str,
    source: Callable[["Scope"], FromClause],
    *,
    order: Keys,
    arguments: Mapping[str, Any] | None = None,
) -> Any:
    """A bounded list over rows that a query of the field's own works out."""
    return _field(Derived(source, order), description, arguments)


def by_kind(description: str, argument: str, *, arguments: Mapping[str, Any]) -> Any:
    """The row that the identifier in an argument names, or the rows of a list of them."""
    return _field(ByKind(argument), description, arguments)


def feed(
    description: str,
    on: Link,
    *,
    filters: Mapping[str, Filter] | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> Any:
    """A subscription to the visible events that the link names."""
    return _field(Feed(on, filters or {}), description, arguments)


def optional(description: str) -> Any:
    """A field of an input that may be absent."""
    return strawberry.field(default=strawberry.UNSET, description=description)
