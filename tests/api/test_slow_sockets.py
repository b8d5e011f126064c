"""A WebSocket client asks on and on, or reads one thing and not another: what does it cost, what is lost?"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from api import graphql_socket, graphql_stream
from api.server_extensions import DROP
from api.settings import Settings
from tests.following import PROTOCOL, until
from tests.service import Service

LIVE = "subscription ($after: String) { complaintEvents(after: $after) { type cursor } }"


class Wire:
    """The server's side of a connection: what the client says, and which of the answers get through."""

    def __init__(self, passes: Callable[[dict[str, Any]], bool]) -> None:
        self.passes = passes
        self.said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sent: list[dict[str, Any]] = []
        self.taken = 0
        self.dropped: tuple[int, str] | None = None
        self.reads_all = asyncio.Event()

    def say(self, **frame: Any) -> None:
        self.said.put_nowait({"type": "websocket.receive", "text": json.dumps(frame)})

    def subscribe(self, name: str, query: str, **variables: Any) -> None:
        self.say(type="subscribe", id=name, payload={"query": query, "variables": variables})

    async def receive(self) -> dict[str, Any]:
        found = await self.said.get()
        self.taken += 1
        return found

    async def send(self, frame: Any) -> None:
        if frame["type"] == "websocket.send":
            message = json.loads(frame["text"])
            if not self.passes(message):
                await self.reads_all.wait()
            self.sent.append(message)

    def drop(self, code: int, reason: str) -> None:
        self.dropped = (code, reason)
        self.said.put_nowait({"type": "websocket.disconnect", "code": code})


@asynccontextmanager
async def connected(service: Service, passes: Callable[[dict[str, Any]], bool]) -> AsyncIterator[Wire]:
    wire = Wire(passes)
    scope = {
        "type": "websocket", "scheme": "ws", "path": "/graphql", "raw_path": b"/graphql", "root_path": "",
        "query_string": b"", "headers": [], "subprotocols": [PROTOCOL], "client": ("127.0.0.9", 1),
        "extensions": {DROP: wire.drop},
    }  # fmt: skip
    wire.said.put_nowait({"type": "websocket.connect"})
    wire.say(type="connection_init")
    serving = asyncio.create_task(service.app(scope, wire.receive, wire.send))
    try:
        await until(lambda: {"type": "connection_ack"} in wire.sent)
        yield wire
    finally:
        wire.reads_all.set()
        wire.said.put_nowait({"type": "websocket.disconnect", "code": 1000})
        async with asyncio.timeout(60):
            await serving


async def test_who_reads_one_subscription_and_not_the_other_is_told_where_both_can_go_on(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphql_socket, "SEND_SECONDS", 4.0)  # time enough for the other one to hear more
    await service.dispatched(key="before")
    found = await service.data("{ events(first: 2) { nodes { cursor } } }")
    first, second = (node["cursor"] for node in found["events"]["nodes"])
    followers = service.app.state.services.followers
    async with connected(service, lambda message: "unread" not in message.get("id", "")) as wire:
        wire.subscribe("idle", "subscription { complaintEvents(filter: {type: [RATED]}) { cursor } }")
        wire.subscribe("unread", LIVE, after=first)
        wire.subscribe("unread, begun later", LIVE, after=second)
        wire.subscribe("read", LIVE, after=first)
        await until(lambda: len(followers) == 4)
        await service.dispatched(key="after")
        await until(lambda: sum(message.get("id") == "read" for message in wire.sent) == 3)
        await until(lambda: wire.dropped is not None)
        assert wire.dropped == (1013, f"Too slow; resume after {first}")
    # Where all was read before something else is not, nothing before that is told again.
    monkeypatch.setattr(graphql_socket, "SEND_SECONDS", 0.5)
    async with connected(service, lambda message: message["type"] != "pong") as wire:
        wire.subscribe("read", LIVE, after=first)
        await until(lambda: len(wire.sent) == 4)
        last = wire.sent[-1]["payload"]["data"]["complaintEvents"]["cursor"]
        wire.say(type="ping")
        await until(lambda: wire.dropped is not None)
        assert wire.dropped == (1013, f"Too slow; resume after {last}")
    assert last not in (first, second)


async def test_who_does_not_read_an_event_stream_is_cut_off(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert graphql_stream.SEND_SECONDS < 10
    monkeypatch.setattr(graphql_stream, "SEND_SECONDS", 0.5)
    cut = asyncio.Event()
    body = json.dumps({"query": LIVE}).encode()
    said = [{"type": "http.request", "body": body}]

    async def receive() -> dict[str, Any]:
        if said:
            return said.pop()
        await cut.wait()
        return {"type": "http.disconnect"}

    async def send(frame: Any) -> None:
        if frame["type"] == "http.response.body" and b"next" in frame["body"]:
            await asyncio.Event().wait()

    headers = {"accept": "text/event-stream", "content-type": "application/json"}
    scope = {
        "type": "http", "method": "POST", "scheme": "http", "path": "/graphql", "root_path": "",
        "query_string": b"", "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        "client": ("127.0.0.9", 1), "extensions": {DROP: cut.set},
    }  # fmt: skip
    followers = service.app.state.services.followers
    serving = asyncio.create_task(service.app(scope, receive, send))
    await until(lambda: len(followers) == 1)
    await service.dispatched(key="unread")
    async with asyncio.timeout(20):
        await cut.wait()
        await serving
    assert not len(followers)


async def test_who_asks_on_and_on_without_reading_is_not_listened_to(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphql_socket, "SEND_SECONDS", 30.0)
    async with connected(service, lambda message: message["type"] == "connection_ack") as wire:
        before = len(asyncio.all_tasks())
        for number in range(1_000):
            wire.subscribe(str(number), "{ nothing }")
        most = 2 * Settings().socket_operations
        await until(lambda: wire.taken >= most)
        for _ in range(100):
            await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) - before <= most + 1
        assert wire.taken < most + 5
