"""How a type says where its rows lie and what each field is in SQL.

A type names its table and the policy of its rows (`@planned`); a field is one line:

    code: str = column("Short stable code")                       # the column of the same name
    active: bool = column("Takes complaints", lambda s: policy.opd_is_active(s.row))
    parent: "Opd | None" = one("The OPD it belongs to", lambda s, o: o.c.id == s.row.c.parent_id)
    complaints: Connection["Complaint"] = connection("...", on=..., order=..., filters=...)

A kind of field is one class here, or beside what it needs: connections, figures, identifiers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.sql.expression import ColumnElement, FromClause
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from schema.declaring import described
from schema.plan.scope import DEFINITION, PLAN, Planned, Scope, Source, Visible, source_of
from schema.plan.sql import json_list, scalar

P = ParamSpec("P")
T = TypeVar("T", bound=type)

Expression = Callable[[Scope], ColumnElement[Any]]
Link = Callable[[Scope, FromClause], ColumnElement[bool]]
Keys = Callable[[FromClause], Sequence[ColumnElement[Any]]]


def by(column: str) -> Link:
    """The row whose identifier stands in a column of this one."""
    return lambda s, row: row.c.id == s.row.c[column]


def bearing(column: str) -> Link:
    """The rows in a column of which the identifier of this one stands."""
    return lambda s, row: row.c[column] == s.row.c.id


def planned(table: FromClause, visible: Visible, listed: Visible | None = None) -> Callable[[T], T]:
    """Makes a class an object type whose rows lie in a table; its docstring is the public description.

    `visible` says which rows may be opened, `listed` (the same, if absent) which are in lists.
    """

    def decorate(cls: T) -> T:
        cls.__plan__ = Source(table, visible, listed or visible)  # type: ignore[attr-defined]
        return described(cls)

    return decorate


def declares(kind: Callable[P, Planned]) -> Callable[Concatenate[str, P], Any]:
    """Declares fields of a kind: by their description, and by what the kind takes."""

    def declare(description: str, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        plan = kind(*args, **kwargs)
        made = StrawberryField(description=description, metadata={PLAN: plan})
        # The planner answers it: an object of the class, such as a payload, does not hold it.
        made.init = made.repr = made.compare = False
        made.arguments = [
            StrawberryArgument(name, None, StrawberryAnnotation(annotation), description=text)
            for name, (annotation, text) in plan.taken().items()
        ]
        return made

    return declare


@dataclass(frozen=True)
class Column(Planned):
    """A scalar, or an array of them: the table's column of the same name, or an expression over the row."""

    expression: Expression | None = None

    def sql(self, s: Scope) -> ColumnElement[Any]:
        if self.expression is None:
            stored: ColumnElement[Any] = s.row.c[s.definition.extensions[DEFINITION].python_name]
            return stored
        return self.expression(s)


@dataclass(frozen=True)
class Inline(Planned):
    """An object that lies in the same row, or in no table at all."""

    def sql(self, s: Scope) -> ColumnElement[Any]:
        return s.object(s.row)


@dataclass(frozen=True)
class One(Planned):
    """The visible row of the annotated type that a link names, or none."""

    on: Link
    beneath: Visible | None = field(default=None, kw_only=True)
    """Which of the rows a viewer sees who sees the row that they hang on; absent: judged anew."""

    def sql(self, s: Scope) -> ColumnElement[Any]:
        row = s.fresh()
        visible = (self.beneath or source_of(s.target).visible)(s.viewer, row)
        return scalar(s.object(row), row, self.on(s, row), visible)


@dataclass(frozen=True)
class Rows(Planned):
    """All listed rows of the annotated type that a link names; for lists that stay short."""

    on: Link
    order: Keys = field(kw_only=True)
    beneath: Visible | None = field(default=None, kw_only=True)

    def sql(self, s: Scope) -> ColumnElement[Any]:
        row = s.fresh()
        listed = (self.beneath or source_of(s.target).listed)(s.viewer, row)
        return scalar(json_list(s.object(row), self.order(row)), row, self.on(s, row), listed)


@dataclass(frozen=True)
class Derived(Planned):
    """A bounded list of objects over rows that a query of the field's own works out."""

    source: Callable[[Scope], FromClause]
    order: Keys = field(kw_only=True)

    def sql(self, s: Scope) -> ColumnElement[Any]:
        row = self.source(s)
        return scalar(json_list(s.object(row), self.order(row)), row)


column = declares(Column)
inline = declares(Inline)
one = declares(One)
rows = declares(Rows)
derived = declares(Derived)
