"""What do the service and the reference say to one operation? The same, or here is where not."""

import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from graphql import parse

from domain.actor import PUBLIC, Actor
from domain.words import ClientScope, ViewerKind
from tests.reference.comparison import Difference, alone, compare
from tests.reference.executor import refer
from tests.reference.made_data import id_of
from tests.reference.objects import Found, Scene
from tests.reference.operations import Operation, Run, write_operation
from tests.reference.pages import Cursors
from tests.reference.product import Product, open_product
from tests.reference.rules import Eyes
from tests.reference.values import KnownList, Values
from tests.reference.world import World
from tests.service import VAULT


def viewers_of(world: World) -> dict[str, Actor]:
    """Everybody who may ask, by a name for reports."""

    def staff(kind: ViewerKind, name: str, opd: str | None = None) -> Actor:
        held = next((o.id for o in world.all("Opd") if o.code == opd), None)
        return Actor(kind, id_of(name), f"Petugas {name}", f"{name}@cilegon.go.id", held)

    def client(name: str, *scopes: ClientScope) -> Actor:
        return Actor(ViewerKind.CLIENT, id_of(name), name, scopes=frozenset(scopes))

    return {
        "public": PUBLIC,
        "officer of DPUPR": staff(ViewerKind.OFFICER, "dpupr", "DPUPR"),
        "officer of DLH": staff(ViewerKind.OFFICER, "dlh", "DLH"),
        "office": staff(ViewerKind.OFFICE, "diskominfo"),
        "auditor": staff(ViewerKind.AUDITOR, "auditor"),
        "admin": staff(ViewerKind.ADMIN, "admin"),
        "client": client("Kabar Cilegon", ClientScope.READ, ClientScope.EVENTS),
        "client without events": client("Ombudsman", ClientScope.READ),
    }


@dataclass
class Sides:
    """Both sides on the same rows, for one process of the test run."""

    url: str
    world: World
    tokens: dict[str, str]
    cursors: Cursors = field(default_factory=Cursors)
    found: Found = field(default_factory=Found)
    lists: dict[str, list[KnownList]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.viewers = viewers_of(self.world)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Both"]:
        """Both sides, ready to be asked in the running loop."""
        async with open_product(self.url, VAULT) as product:
            yield Both(self, product)


@dataclass
class Both:
    """Both sides in one loop."""

    sides: Sides
    product: Product

    def operation(self, number: int) -> Operation:
        sides = self.sides
        values = Values(random.Random(), sides.world, sides.tokens, sides.lists)
        kinds = {name: viewer.kind.value for name, viewer in sides.viewers.items()}

        def takes(text: str, run: Run) -> bool:
            return self.product.takes(text, run.variables, sides.viewers[run.viewer])

        return write_operation(self.product.schema, values, kinds, number, takes)

    async def difference(self, text: str, run: Run) -> Difference | None:
        """Asks both."""
        sides, viewer = self.sides, self.sides.viewers[run.viewer]

        def expected(now: datetime) -> Any:
            scene = Scene(Eyes(viewer, sides.world), now, sides.cursors, sides.found, VAULT)
            return refer(self.product.sdl, parse(text), run.variables, scene)

        before = datetime.now(UTC)
        answered = await self.product.answer(text, run.variables, viewer)
        found = compare(expected(before), answered, sides.cursors)
        if found is not None:  # unless a day or a deadline ended just then
            found = compare(expected(datetime.now(UTC)), answered, sides.cursors)
        return found

    async def report(self, operation: Operation) -> str | None:
        """Runs an operation; of a difference, what it takes to see it again."""
        for run in operation.runs:
            found = await self.difference(operation.text, run)
            if found is not None:
                return await self._told(operation, run, found)
        return None

    async def _told(self, operation: Operation, run: Run, found: Difference) -> str:
        """The difference, shown by the smallest operation that has it."""
        text, smaller = operation.text, alone(operation.text, found.path)
        if self.product.takes(smaller, run.variables, self.sides.viewers[run.viewer]):
            again = await self.difference(smaller, run)
            if again is not None:
                text, found = smaller, again
        return (
            f"operation {operation.number}, as {run.viewer}: {found}\n{text}\n"
            f"variables: {json.dumps(run.variables, ensure_ascii=False)}"
        )
