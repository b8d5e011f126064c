"""How does the reference show a row? As one viewer sees it at one moment, field by field."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.actor import Actor
from domain.secrecy import Vault
from tests.reference import rules
from tests.reference.pages import Cursors, Page, cut, list_name, place
from tests.reference.rules import Eyes

Arguments = dict[str, Any]
Resolver = Callable[["Seen", Arguments], Any]


@dataclass
class Found:
    """What the service finds for texts, as who sees all is told: ranking is not done a second time."""

    words: dict[str, list[UUID]] = dataclass_field(default_factory=dict)
    """For searched words the complaints, the most relevant first."""
    similar: dict[str, list[tuple[UUID, float, float | None]]] = dataclass_field(default_factory=dict)
    """For a text (its arguments as JSON) the complaints like it, with score and distance."""


@dataclass(frozen=True)
class Scene:
    """Who looks at what, and when; `roots` and `readings` gather what was asked and which names were read."""

    eyes: Eyes
    now: datetime
    cursors: Cursors
    found: Found
    vault: Vault
    roots: list[str] = dataclass_field(default_factory=list)
    required: set[str] = dataclass_field(default_factory=set)
    """Under which keys fields are asked for that may not be null."""
    """The root fields, each of which may cost one statement."""
    readings: set[UUID] = dataclass_field(default_factory=set)
    """The complaints whose anonymous reporter staff read of."""

    def as_viewer(self, viewer: Actor) -> "Scene":
        return replace(self, eyes=replace(self.eyes, viewer=viewer))

    def one(self, kind: str, key: Any) -> "Seen | None":
        """The object of a key, if there is one and the viewer may open it."""
        row = self.eyes.world.get(kind, key)
        return Seen(kind, row, self) if row is not None and rules.sees(self.eyes, kind, row) else None

    def visible(self, kind: str, rows: Iterable[Any]) -> list["Seen"]:
        return [Seen(kind, row, self) for row in rows if rules.sees(self.eyes, kind, row)]


@dataclass(frozen=True)
class Seen:
    """An object of a type of the schema, made of a row."""

    kind: str
    row: Any
    scene: Scene


@dataclass(frozen=True)
class Listed:
    """What a connection shows: a page of a list of rows of one type."""

    page: Page
    kind: str
    name: str


@dataclass(frozen=True)
class Edge:
    key: Any
    kind: str
    name: str


def snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", name)


def columns(type_name: str, names: str) -> dict[str, Resolver]:
    """Fields that show the row's attribute of the same name."""

    def shown(name: str) -> Resolver:
        return lambda seen, _arguments: getattr(seen.row, snake(name))

    return {f"{type_name}.{name}": shown(name) for name in names.split()}


def links(type_name: str, **targets: str) -> dict[str, Resolver]:
    """Fields that show the row whose key lies in the attribute `<field>_id`."""

    def shown(name: str, kind: str) -> Resolver:
        return lambda seen, _arguments: seen.scene.one(kind, getattr(seen.row, f"{snake(name)}_id"))

    return {f"{type_name}.{name}": shown(name, kind) for name, kind in targets.items()}


def identity(type_name: str) -> dict[str, Resolver]:
    return {f"{type_name}.id": lambda seen, _arguments: f"{type_name}:{seen.row.id}"}


def paged(
    scene: Scene,
    field: str,
    kind: str,
    rows: Iterable[Any],
    arguments: Arguments,
    *,
    key: Callable[[Any], Any],
    descending: bool = False,
    name: str | None = None,
) -> Seen:
    """The connection of a field (`Type.field`) over rows that belong in the viewer's list."""
    named = name or list_name(field, arguments)

    def bound(cursor: str) -> Any:
        found = scene.cursors.row(named, cursor)
        return next(row for row in scene.eyes.world.all(kind) if str(row.id) == found)

    page = cut(rows, lambda row: (key(row), row.id), arguments, bound, descending=descending)
    return Seen(f"{kind}Connection", Listed(page, kind, named), scene)


def connection(kind: str) -> dict[str, Resolver]:
    """The fields of the connection of a type, and of its edges."""

    def edges(seen: Seen, _arguments: Arguments) -> list[Seen]:
        listed: Listed = seen.row
        return [Seen(f"{kind}Edge", Edge(row.id, kind, listed.name), seen.scene) for row in listed.page.rows]

    def nodes(seen: Seen, _arguments: Arguments) -> list[Seen]:
        return [Seen(kind, row, seen.scene) for row in seen.row.page.rows]

    return {
        f"{kind}Connection.edges": edges,
        f"{kind}Connection.nodes": nodes,
        f"{kind}Connection.pageInfo": lambda seen, _arguments: Seen("PageInfo", seen.row, seen.scene),
        f"{kind}Connection.totalCount": lambda seen, _arguments: seen.row.page.total,
        f"{kind}Edge.cursor": lambda seen, _arguments: place(seen.row.name, seen.row.key),
        f"{kind}Edge.node": lambda seen, _arguments: Seen(
            kind, seen.scene.eyes.world.get(kind, seen.row.key), seen.scene
        ),
    }


def _end(index: int) -> Resolver:
    def shown(seen: Seen, _arguments: Arguments) -> str | None:
        listed: Listed = seen.row
        return place(listed.name, listed.page.rows[index].id) if listed.page.rows else None

    return shown


PAGE_INFO: dict[str, Resolver] = {
    "PageInfo.hasNextPage": lambda seen, _arguments: seen.row.page.has_next,
    "PageInfo.hasPreviousPage": lambda seen, _arguments: seen.row.page.has_previous,
    "PageInfo.startCursor": _end(0),
    "PageInfo.endCursor": _end(-1),
}
