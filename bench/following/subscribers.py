"""Who listens? One process with any number of WebSockets, so cheap that the server is what is measured.

`python -m bench.following.subscribers PORT NUMBER [QUERY]` says `{"connected": ...}` when all have asked to
be told, and then a line for each event that has reached all of them: when the first and the last one had it.
It goes when its input ends. With a query it speaks graphql-transport-ws, each subscriber with an id of its
own, as the usual clients do; without one it only listens.
"""

import asyncio
import base64
import gc
import json
import os
import resource
import sys
import time
import uuid
from typing import Any

import uvloop

AT_ONCE = 50
"""Connections that are being made at the same time."""
_KEY = base64.b64encode(b"bench-following!").decode()
_HANDSHAKE = (
    "GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Key: {_KEY}\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


def _frame(opcode: int, payload: bytes) -> bytes:
    """A client's frame; its mask is of zeros, which changes nothing."""
    length = len(payload)
    size = bytes([0x80 | length]) if length < 126 else bytes([0x80 | 126]) + length.to_bytes(2, "big")
    return bytes([0x80 | opcode]) + size + bytes(4) + payload


class Crowd:
    """All the subscribers, and what has reached how many of them."""

    def __init__(self, port: int, number: int, query: str) -> None:
        self.port, self.number, self.query = port, number, query
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._told: dict[bytes, list[Any]] = {}

    def tell(self, payload: bytes, now: float) -> None:
        """Counts one who was told."""
        found = self._told.get(payload)
        if found is None:
            found = self._told[payload] = [0, now]
        found[0] += 1
        if found[0] == self.number:
            del self._told[payload]
            said = {"first": found[1], "last": now, "text": payload.decode()}
            print(json.dumps(said), flush=True)

    def fail(self, why: str) -> None:
        """One of them cannot go on: then nothing that is measured would be true."""
        if not self.failed.done():
            self.failed.set_exception(ConnectionError(why))


class Subscriber(asyncio.Protocol):
    """One WebSocket."""

    __slots__ = ("_crowd", "_name", "_rest", "_stage", "_transport", "ready")

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._name = str(uuid.uuid4())
        self._rest = b""
        self._stage = self._opened
        self._transport: Any = None
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(_HANDSHAKE.format(port=self._crowd.port).encode())

    def connection_lost(self, exc: Exception | None) -> None:
        self._crowd.fail(f"a connection was lost: {exc}")

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        data = self._rest + data if self._rest else data
        if self._stage == self._opened:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            self._opened(head, now)
        while len(data) >= 2:
            length, begin = data[1], 2
            if length == 126:
                length, begin = int.from_bytes(data[2:4], "big"), 4
            if length == 127 or len(data) < begin + length:
                break
            self._take(data[0] & 15, data[begin : begin + length], now)
            data = data[begin + length :]
        self._rest = data

    def _take(self, opcode: int, payload: bytes, now: float) -> None:
        if opcode == _TEXT:
            self._stage(payload, now)
        elif opcode == _PING:
            self._transport.write(_frame(_PONG, payload))
        elif opcode == _CLOSE:
            self._crowd.fail(f"closed: {payload!r}")

    def _opened(self, head: bytes, _now: float) -> None:
        if not head.startswith(b"HTTP/1.1 101"):
            self._crowd.fail(head.decode(errors="replace"))
        if self._crowd.query:
            self._stage = self._acknowledged
            self._transport.write(_frame(_TEXT, b'{"type":"connection_init"}'))
        else:
            self._stage = self._told
            self.ready.set_result(None)

    def _acknowledged(self, payload: bytes, _now: float) -> None:
        if b"connection_ack" not in payload:
            self._crowd.fail(payload.decode())
        asked = {"id": self._name, "type": "subscribe", "payload": {"query": self._crowd.query}}
        self._transport.write(_frame(_TEXT, json.dumps(asked).encode()))
        self._stage = self._told
        self.ready.set_result(None)

    def _told(self, payload: bytes, now: float) -> None:
        at = payload.find(b'"payload"')
        if b'"next"' not in payload[:at] or (self._crowd.query and self._name.encode() not in payload[:at]):
            self._crowd.fail(payload.decode())
        self._crowd.tell(payload[at:], now)


async def _run(crowd_of: tuple[int, int, str]) -> None:
    loop = asyncio.get_running_loop()
    crowd = Crowd(*crowd_of)
    places = asyncio.Semaphore(AT_ONCE)

    async def connect() -> None:
        async with places:
            _, subscriber = await loop.create_connection(lambda: Subscriber(crowd), "127.0.0.1", crowd.port)
            await subscriber.ready

    ended = loop.run_in_executor(None, sys.stdin.read)
    connecting = asyncio.gather(*(connect() for _ in range(crowd.number)))
    await asyncio.wait((connecting, crowd.failed), return_when=asyncio.FIRST_COMPLETED)
    if not crowd.failed.done():
        await connecting
        gc.freeze()
        gc.disable()
        print(json.dumps({"connected": crowd.number}), flush=True)
        await asyncio.wait((ended, crowd.failed), return_when=asyncio.FIRST_COMPLETED)
    if crowd.failed.done():
        print(json.dumps({"failed": str(crowd.failed.exception())}), flush=True)
    # Whatever is still open goes with the process.
    os._exit(0)


def more_files() -> None:
    """As many connections as this user may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    more_files()
    uvloop.run(_run((int(sys.argv[1]), int(sys.argv[2]), " ".join(sys.argv[3:]))))
