"""A third party for a test: a real server that verifies each message with the published library."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Behaviour = Callable[[], Awaitable[Response]]


@dataclass
class Receiver:
    """What came in, by the path that it came to."""

    url: str = ""
    secrets: dict[str, str] = field(default_factory=dict)
    """What the messages of a path are verified with."""
    former: dict[str, str] = field(default_factory=dict)
    """What they must be verified with as well, while a secret is changed over."""
    behave: dict[str, Behaviour] = field(default_factory=dict)
    got: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    """Path, webhook-id, message."""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def of(self, path: str) -> list[tuple[str, dict[str, Any]]]:
        return [(identifier, message) for at, identifier, message in self.got if at == path]

    async def until(self, path: str, number: int) -> list[tuple[str, dict[str, Any]]]:
        """Waits until so many messages have come to a path."""
        async with asyncio.timeout(120):
            while len(self.of(path)) < number:
                self._news.clear()
                await self._news.wait()
        return self.of(path)

    async def take(self, request: Request) -> Response:
        path, body = request.url.path.removeprefix("/"), await request.body()
        message = Webhook(self.secrets[path]).verify(body, dict(request.headers))
        if path in self.former:
            Webhook(self.former[path]).verify(body, dict(request.headers))
        self.got.append((path, request.headers["webhook-id"], message))
        self._news.set()
        return await self.behave[path]() if path in self.behave else Response(status_code=204)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Listens on a free port of this machine for as long as the block lasts."""
    receiver = Receiver()
    app = Starlette(routes=[Route("/{path}", receiver.take, methods=["GET", "POST"])])
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), "the receiver did not start"
        await asyncio.sleep(0.01)
    receiver.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield receiver
    finally:
        server.should_exit = True
        await serving
