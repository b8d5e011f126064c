"""What has an identity, and how pages of it are told."""

from typing import Generic, TypeVar

import strawberry

from schema.identifiers import global_id_sql
from schema.plan.fields import column, inline
from schema.plan.paging import each, page_of

T = TypeVar("T")


@strawberry.interface(description="An object that can be fetched again by its identifier.")
class Node:
    id: strawberry.ID = column(
        "Opaque, and the same for ever.", lambda s: global_id_sql(s.parent.name, s.row)
    )


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = column(
        "Whether more comes after the page.", lambda s: page_of(s).more(forward=True)
    )
    has_previous_page: bool = column(
        "Whether something comes before the page.", lambda s: page_of(s).more(forward=False)
    )
    start_cursor: str | None = column(
        "The cursor of the page's first row.", lambda s: page_of(s).end(first=True)
    )
    end_cursor: str | None = column(
        "The cursor of the page's last row.", lambda s: page_of(s).end(first=False)
    )


@strawberry.type(description="A row of a list, with its place.")
class Edge(Generic[T]):
    cursor: str = column(
        "Opaque place in the list: pass it as `after` or `before` with the same order and filter.",
        lambda s: page_of(s).cursor(s.row),
    )
    node: T = inline("The row.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = each("The page's rows with their cursors.")
    nodes: list[T] = each("The page's rows.")
    page_info: PageInfo = inline("Where the page lies.")
    total_count: int = column(
        "Rows in the whole list; counted only where asked.", lambda s: page_of(s).total()
    )
