"""A subscription over HTTP: Server-Sent Events (`graphql-sse`, distinct connections) or multipart (Apollo's).

github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md; for multipart
apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol. Each event of SSE has its
cursor as `id:`, which a browser sends back as `Last-Event-ID` when it connects again.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import GraphQLError
from starlette.types import Receive, Scope, Send

from api.cross_origin import Headers
from api.graphql_errors import fault
from api.json_text import write_json
from api.server_extensions import DROP
from api.standing import Standing, Stream
from domain.actor import Actor
from domain.messages import MESSAGES
from domain.words import Locale
from schema.documents import told
from schema.following.feed import ToldEvent
from schema.following.followers import End, Ended, Follower
from schema.following.places import Position

HEARTBEAT_SECONDS = 12.0
SEND_SECONDS = 8.0
"""How long a part may wait for a client that does not read."""

EVENT_STREAM = "text/event-stream"
MULTIPART = "multipart/mixed"


class Framing(Protocol):
    """How a transport puts events into a response."""

    content_type: str
    opening: bytes
    heartbeat: bytes
    complete: bytes

    def event(self, event: ToldEvent, cursor: str) -> bytes:
        """An event."""

    def answer(self, body: bytes) -> bytes:
        """A whole answer of GraphQL's that is no event: errors, or the result of a query."""


class ServerSentEvents:
    """`text/event-stream`: what `EventSource` reads."""

    content_type = f"{EVENT_STREAM}; charset=utf-8"
    opening = b"retry: 2000\n:\n\n"
    heartbeat = b":\n\n"
    complete = b"event: complete\ndata:\n\n"

    def event(self, event: ToldEvent, cursor: str) -> bytes:
        return b"id: %s\n%s" % (cursor.encode(), self.answer(event.body))

    def answer(self, body: bytes) -> bytes:
        return b"event: next\ndata: %s\n\n" % body


class Multipart:
    """`multipart/mixed`: the delimiter follows each part at once, lest a client wait for the next one."""

    content_type = f'{MULTIPART};boundary="graphql";subscriptionSpec="1.0"'
    opening = b"\r\n--graphql"
    heartbeat = b"\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql"
    complete = b"--\r\n"

    def event(self, event: ToldEvent, cursor: str) -> bytes:  # noqa: ARG002 - the cursor is a field of the event
        return self.answer(event.body)

    def answer(self, body: bytes) -> bytes:
        return b'\r\ncontent-type: application/json\r\n\r\n{"payload":%s}\r\n--graphql' % body


FRAMINGS: dict[str, Framing] = {EVENT_STREAM: ServerSentEvents(), MULTIPART: Multipart()}


def whole_stream(body: bytes) -> bytes:
    """One answer as an event stream: `graphql-sse` has even what is refused come as an event."""
    events = ServerSentEvents()
    return events.opening + events.answer(body) + events.complete


class _TooSlow(Exception):
    """The client has not read for too long."""


@dataclass(slots=True, eq=False)
class HttpStream(Stream):
    """One subscription's response."""

    framing: Framing
    follower: Follower
    cursor: Callable[[Position], str]
    token: str | None
    actor: Actor
    locale: Locale

    def lost_standing(self, *, revoked: bool) -> None:  # noqa: ARG002 - either way the client connects anew
        self.follower.end(End.NO_LONGER_ALLOWED)

    async def run(
        self, scope: Scope, receive: Receive, send: Send, headers: Headers, standing: Standing
    ) -> None:
        """Sends events until the client leaves or the stream ends."""
        start = [(b"content-type", self.framing.content_type.encode()), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": start + headers})
        sending = asyncio.create_task(self._send_all(send))
        leaving = asyncio.create_task(_gone(receive))
        try:
            with standing.watched(self):
                await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, leaving):
                task.cancel()
            results = await asyncio.gather(sending, leaving, return_exceptions=True)
            await self.follower.aclose()
        if isinstance(results[0], _TooSlow) and (drop := scope.get("extensions", {}).get(DROP)):
            drop()
            await _gone(receive)

    async def _send_all(self, send: Send) -> None:
        framing = self.framing
        await _write(send, framing.opening)
        try:
            while True:
                event = None
                with suppress(TimeoutError):
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        event = await anext(self.follower)
                part = (
                    framing.heartbeat if event is None else framing.event(event, self.cursor(event.position))
                )
                await _write(send, part)
        except Ended as ended:
            if ended.why is End.NO_LONGER_ALLOWED:
                error = told(MESSAGES["bad_token"][self.locale], "UNAUTHENTICATED")
                await _write(send, framing.answer(errors_body(error)) + framing.complete)
        except (_TooSlow, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer, and we a log entry
            body = errors_body(fault(error, self.locale))
            await _write(send, framing.answer(body) + framing.complete)
        await send({"type": "http.response.body", "body": b""})


def errors_body(*errors: GraphQLError) -> bytes:
    """An answer of errors alone."""
    return write_json({"errors": [error.formatted for error in errors]})


async def _write(send: Send, part: bytes) -> None:
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await send({"type": "http.response.body", "body": part, "more_body": True})
    except TimeoutError as error:
        raise _TooSlow from error


async def _gone(receive: Receive) -> None:
    message: Any = {}
    while message.get("type") != "http.disconnect":
        message = await receive()
