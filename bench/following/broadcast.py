"""What is the limit? A bare Starlette endpoint that sends the same text to every socket, one after the other.

It hears of a commit as the product does, by NOTIFY, and reads what is new with one statement by hand. Who may
see it, in which order it was committed and whether somebody has stopped reading is not asked.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bench.following.commits import NEWEST, news

_NEXT = """
SELECT e.id, json_build_object('type', e.type, 'trackingCode', c.tracking_code, 'fromStatus', e.from_status,
       'toStatus', e.to_status, 'occurredAt', e.occurred_at, 'complaint', json_build_object(
       'title', c.title, 'status', c.status, 'opd', json_build_object('code', o.code, 'name', o.name)))
  FROM complaint_event e JOIN complaint c ON c.id = e.complaint_id JOIN opd o ON o.id = c.opd_id
 WHERE e.id > $1 AND e.audience = 'PUBLIC' ORDER BY e.id
"""
# Of the length of a subscriber's own.
_ID = "00000000-0000-0000-0000-000000000000"
_BEFORE = f'{{"id":"{_ID}","type":"next","payload":{{"data":{{"complaintEvents":'
_connected: set[WebSocket] = set()


async def _follow(websocket: WebSocket) -> None:
    await websocket.accept(subprotocol="graphql-transport-ws")
    _connected.add(websocket)
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        _connected.discard(websocket)


async def _broadcast(connection: asyncpg.Connection) -> None:  # type: ignore[type-arg]
    last = await connection.fetchval(NEWEST)
    async for _ in news(connection):
        for number, text in await connection.fetch(_NEXT, last):
            last = number
            frame = f"{_BEFORE}{text}}}}}}}"
            for websocket in tuple(_connected):
                await websocket.send_text(frame)


@asynccontextmanager
async def _lifespan(_app: Starlette) -> AsyncIterator[None]:
    connection = await asyncpg.connect(os.environ["BENCH_DATABASE_URL"], server_settings={"timezone": "UTC"})
    telling = asyncio.create_task(_broadcast(connection))
    yield
    telling.cancel()
    await connection.close()


app = Starlette(routes=[WebSocketRoute("/graphql", _follow)], lifespan=_lifespan)
