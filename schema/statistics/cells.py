"""What are figures made of? Of cells, which have keys and numbers, and of the sums of the numbers."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy.sql.expression import ColumnElement, FromClause

if TYPE_CHECKING:
    from schema.plan.scope import Scope

WHOLE = ""
"""Instead of a key: figures of everything."""
COUNT = "n"
"""The measure that says which values of a key there are."""


class Cells(Protocol):
    """Where the cells of one field of the document come from."""

    def cells(self, asked: Mapping[str, AbstractSet[str]]) -> Mapping[str, FromClause]:
        """For each key of a breakdown, or the whole, cells with the key and the measures that are asked."""

    def values(self, name: str) -> FromClause:
        """The values of one kind, as the column `value` of single rows."""


@dataclass(frozen=True)
class Figures:
    """What an object of sums is made of."""

    of: Cells
    cells: Mapping[str, FromClause]


@dataclass(frozen=True)
class Measure:
    """An expression over the sums of cells, and the measures whose numbers it sums."""

    reads: frozenset[str]
    sql: Callable[["Scope"], ColumnElement[Any]]

    def __call__(self, scope: "Scope") -> ColumnElement[Any]:
        return self.sql(scope)
