"""Which fields are paged lists, and what is told of a page: its rows, where it ends, how many there are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement

from schema.finding.ranking import RankedPage
from schema.plan.fields import declares
from schema.plan.json_sql import scalar
from schema.plan.paging import Listing, Page, Ranked
from schema.plan.scope import Planned, Scope, objects_of

_FORWARD: dict[str, Any] = {
    "first": (int | None, "How many at most, from the start: 1 to 100; 20 if absent."),
    "after": (str | None, "Only what comes after this cursor."),
}
_BACKWARD: dict[str, Any] = {
    "last": (int | None, "How many at most, from the end: 1 to 100."),
    "before": (str | None, "Only what comes before this cursor."),
}


@dataclass(frozen=True)
class Connection(Listing, Planned):
    """A list of listed rows that is paged by keyset cursors; only what is selected of it is worked out."""

    backward: bool = field(default=True, kw_only=True)

    def taken(self) -> Mapping[str, tuple[Any, str]]:
        return {**_FORWARD, **(_BACKWARD if self.backward else {}), **self.arguments}

    def sql(self, s: Scope) -> ColumnElement[Any]:
        """An object over the page's rows; where none of them is told, it is the total alone."""
        order = self.order(s)
        page = (RankedPage if isinstance(order, Ranked) else Page)(s, self, order)
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


def page_of(s: Scope) -> Page:
    """The page that the row of a place is one of."""
    page: Page = s.draft.shared[s.row]
    return page


def of_page(value: Callable[[Page], ColumnElement[Any]]) -> Callable[[Scope], ColumnElement[Any]]:
    """The expression of what a page tells."""
    return lambda s: value(page_of(s))


connection = declares(Connection)
each = declares(Each)
