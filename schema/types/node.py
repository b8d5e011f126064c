"""What has an identity, and how pages of it are told."""

from typing import Generic, TypeVar

import strawberry

from schema.plan.fields import column
from schema.plan.identity import global_id_sql

T = TypeVar("T")


@strawberry.interface(description="An object that can be fetched again by its identifier.")
class Node:
    id: strawberry.ID = column("Opaque, and the same for ever.", lambda s: global_id_sql(s.type_name, s.row))


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more comes after the page.")
    has_previous_page: bool = strawberry.field(description="Whether something comes before the page.")
    start_cursor: str | None = strawberry.field(description="The cursor of the page's first row.")
    end_cursor: str | None = strawberry.field(description="The cursor of the page's last row.")


@strawberry.type(description="A row of a list, with its place.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(
        description="Opaque place in the list: pass it as `after` or `before` with the same order and filter."
    )
    node: T = strawberry.field(description="The row.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The page's rows with their cursors.")
    nodes: list[T] = strawberry.field(description="The page's rows.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")
    total_count: int = strawberry.field(description="Rows in the whole list; counted only where asked.")
