"""A follower over a real WebSocket, in the words of graphql-transport-ws."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.service import Service

PROTOCOL = Subprotocol("graphql-transport-ws")
EVENTS = """subscription ($after: String, $filter: EventFilter) {
  complaintEvents(after: $after, filter: $filter) {
    cursor type trackingCode fromStatus toStatus complaint { trackingCode status }
  }
}"""


@asynccontextmanager
async def socket(url: str, token: str | None = None) -> AsyncIterator[ClientConnection]:
    """An acknowledged connection."""
    # Without a bound of its own, a client that has stopped reading can still close at once.
    async with connect(url, subprotocols=[PROTOCOL], max_queue=None) as connection:
        payload = {"authorization": f"Bearer {token}"} if token else {}
        await connection.send(json.dumps({"type": "connection_init", "payload": payload}))
        assert json.loads(await connection.recv()) == {"type": "connection_ack"}
        yield connection


async def subscribe(
    connection: ClientConnection, query: str = EVENTS, name: str = "1", **variables: Any
) -> None:
    """Starts an operation."""
    payload = {"query": query, "variables": variables}
    await connection.send(json.dumps({"id": name, "type": "subscribe", "payload": payload}))


async def message(connection: ClientConnection, seconds: float = 60) -> dict[str, Any]:
    """The next message."""
    found: dict[str, Any] = json.loads(await asyncio.wait_for(connection.recv(), seconds))
    return found


async def event(connection: ClientConnection, seconds: float = 60) -> dict[str, Any]:
    """The event that the next message delivers."""
    told = await message(connection, seconds)
    assert told["type"] == "next", told
    assert "errors" not in told["payload"], told
    found: dict[str, Any] = next(iter(told["payload"]["data"].values()))
    return found


async def listening(service: Service, number: int = 1) -> None:
    """Until so many follow: what is committed from now on is told to each of them."""
    await until(lambda: len(service.app.state.services.followers) == number)


async def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Waits for what comes about elsewhere."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)
