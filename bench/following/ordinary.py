"""How fast is the usual way? Strawberry's own subscription: a generator and a queue for each subscriber.

What is new is read once and put into every queue. Each subscriber's fields are resolved by themselves, as
Strawberry does; what they load is loaded once for all, by DataLoaders that belong to the event.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import sqlalchemy as sa
import strawberry
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from bench.following.commits import NEWEST, news
from bench.orm_loading import KEYS, Sessions, open_sessions
from domain.model import complaint as model
from domain.model import event as event_model
from domain.model.master import Opd as OpdRow
from domain.words import EventAudience

_AFTER: Any = sa.bindparam("after", type_=sa.BigInteger())
_NEXT = (
    sa.select(event_model.ComplaintEvent)
    .where(
        event_model.ComplaintEvent.id > _AFTER,
        event_model.ComplaintEvent.audience == EventAudience.PUBLIC,
    )
    .order_by(event_model.ComplaintEvent.id)
)


def _loader(sessions: Sessions, row: Any) -> DataLoader[Any, Any]:
    statement = sa.select(row).where(row.id == sa.any_(KEYS))

    async def load(keys: list[Any]) -> list[Any]:
        async with sessions() as session:
            found = {each.id: each for each in await session.scalars(statement, {"keys": keys})}
        return [found.get(key) for key in keys]

    return DataLoader(load)


class _Told:
    """An event with the loaders of what it tells of."""

    def __init__(self, event: Any, sessions: Sessions) -> None:
        self.type, self.from_status, self.to_status = event.type, event.from_status, event.to_status
        self.occurred_at, self.complaint_id = event.occurred_at, event.complaint_id
        self.complaints = _loader(sessions, model.Complaint)
        self.opds = _loader(sessions, OpdRow)


@strawberry.type
class Opd:
    code: str
    name: str


@dataclass(slots=True)
class _Complaint:
    """A complaint's row, and the event that it is read for."""

    row: Any
    told: _Told


@strawberry.type
class Complaint:
    @strawberry.field
    def title(self: Any) -> str:
        return self.row.title

    @strawberry.field
    def status(self: Any) -> str:
        return self.row.status

    @strawberry.field
    async def opd(self: Any) -> Opd | None:
        return self.row.opd_id and await self.told.opds.load(self.row.opd_id)


@strawberry.type
class ComplaintEvent:
    type: str
    from_status: str | None
    to_status: str | None
    occurred_at: datetime

    @strawberry.field
    async def tracking_code(self: Any) -> str:
        return (await self.complaints.load(self.complaint_id)).tracking_code

    @strawberry.field
    async def complaint(self: Any) -> Complaint:
        return _Complaint(await self.complaints.load(self.complaint_id), self)


_queues: set[asyncio.Queue[_Told]] = set()


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def complaint_events(self) -> AsyncGenerator[ComplaintEvent, None]:
        queue: asyncio.Queue[_Told] = asyncio.Queue()
        _queues.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            _queues.discard(queue)


@strawberry.type
class Query:
    @strawberry.field
    def viewer(self) -> str:
        return "REPORTER"


async def _tell(connection: asyncpg.Connection, sessions: Sessions) -> None:  # type: ignore[type-arg]
    last = await connection.fetchval(NEWEST)
    async for _ in news(connection):
        async with sessions() as session:
            events = list(await session.scalars(_NEXT, {"after": last}))
        for event in events:
            last = event.id
            told = _Told(event, sessions)
            for queue in _queues:
                queue.put_nowait(told)


@asynccontextmanager
async def _lifespan(_app: Starlette) -> AsyncIterator[None]:
    dsn = os.environ["BENCH_DATABASE_URL"]
    connection = await asyncpg.connect(dsn)
    telling = asyncio.create_task(_tell(connection, open_sessions(dsn)))
    yield
    telling.cancel()
    await connection.close()


schema = strawberry.Schema(Query, subscription=Subscription, extensions=[ParserCache, ValidationCache])
endpoint: GraphQL[Any, Any] = GraphQL(
    schema, graphql_ide=None, subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL]
)
app = Starlette(routes=[WebSocketRoute("/graphql", endpoint)], lifespan=_lifespan)
