"""How does the service answer in a test? In the test's own process, as it does behind its endpoint."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from graphql import ExecutionResult, GraphQLError, GraphQLSchema

from api.database import Database
from domain.actor import Actor
from domain.attachments.links import Links
from domain.secrecy import Vault
from domain.signing_in import Door
from domain.words import Locale
from schema.context import Context, Services
from schema.documents import Refused
from schema.following.followers import Followers
from schema.limits import LimitExceeded, Limits
from schema.operations import Asked, Operations, Rights
from schema.plan.run import Planner, Reads
from schema.schema import build_schema, core_schema
from schema.sealed import Revealed
from tests.reference.executor import Answer, codes

RIGHTS = Rights(Limits(), introspection=True)
"""Everybody is held to the limits of the public."""


class NothingMore(Exception):
    """A subscription has told all that there is."""


class NoWakes:
    """Nothing is written while it is read."""

    generation = 0

    async def changed(self, since: int) -> int:  # noqa: ARG002 - as those who wait call it
        raise NothingMore


@dataclass
class CountedReads:
    """The reading pool, and how many statements it has run."""

    pool: Reads
    statements: int = 0

    async def fetchval(self, query: str, *values: Any) -> Any:
        self.statements += 1
        return await self.pool.fetchval(query, *values)

    async def fetch(self, query: str, *values: Any) -> list[Any]:
        self.statements += 1
        return await self.pool.fetch(query, *values)


@dataclass
class Product:
    """The service on one database: the real limits, planner, statements and pool."""

    operations: Operations
    services: Services
    reads: CountedReads
    readings: set[UUID]
    schema: GraphQLSchema = field(default_factory=core_schema)
    sdl: str = field(default_factory=lambda: build_schema().as_str())

    def takes(self, text: str, variables: dict[str, Any], viewer: Actor) -> bool:
        """Whether an operation is valid and within the limits."""
        try:
            self.operations.prepare(Asked(text, variables), self._context(viewer))
        except (LimitExceeded, Refused):
            return False
        return True

    async def answer(self, text: str, variables: dict[str, Any], viewer: Actor) -> Answer:
        self.reads.statements = 0
        self.readings.clear()
        ready = self.operations.prepare(Asked(text, variables), self._context(viewer))
        return self._answer(await self.operations.run(ready))

    def _answer(self, result: ExecutionResult) -> Answer:
        return Answer(
            data=orjson.loads(orjson.dumps(result.data)),
            errors=codes(result.errors or ()),
            readings=frozenset(self.readings),
            statements=self.reads.statements,
        )

    async def follow(self, text: str, variables: dict[str, Any], viewer: Actor) -> list[Answer]:
        """What a subscription tells of all that there is, or why it is refused."""
        told: list[Answer] = []
        self.readings.clear()
        try:
            ready = self.operations.prepare(Asked(text, variables), self._context(viewer))
            async for event in await self.operations.follow(ready):
                data = orjson.loads(event.body)["data"]
                told.append(self._answer(ExecutionResult(data)))
        except Refused as refused:
            told.append(Answer(None, codes(refused.errors), frozenset(), 0))
        except GraphQLError as error:
            told.append(Answer(None, codes([error]), frozenset(), 0))
        except NothingMore:
            pass
        return told

    def _context(self, viewer: Actor) -> Context:
        return Context(self.services, viewer, Locale.ID)


@asynccontextmanager
async def open_product(url: str, vault: Vault) -> AsyncIterator[Product]:
    """The service, for as long as the block lasts."""
    database = Database(url, size=2)
    readings: set[UUID] = set()

    async def note(_viewer: Actor, complaints: Iterable[UUID], _operation: str) -> None:
        readings.update(complaints)

    async with database.open() as pool:
        reads = CountedReads(pool)
        services = Services(
            write=database.write,
            reads=reads,
            planner=Planner(vault.derived("cursor"), Links.of(vault)),
            vault=vault,
            door=Door(database.write, vault),
            revealed=Revealed(vault, note),
            followers=Followers(NoWakes()),
            links=Links.of(vault),
            admit_upload=lambda _address, _size: None,
            webhooks_to_loopback=True,
            committed=lambda: None,
        )
        operations = Operations(core_schema(), RIGHTS, RIGHTS, suggestions=False)
        yield Product(operations, services, reads, readings)
