"""GraphQL over WebSocket: `graphql-transport-ws`, to the letter of its protocol.

github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md has the messages and the codes of closing.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, OperationType
from starlette.types import Receive, Scope, Send

from api.auth import BadToken, actor_of, bearer, locale_of
from api.cross_origin import CrossOrigin
from api.graphql_errors import UNAVAILABLE, fault, presented, request_errors
from api.graphql_request import heading
from api.json_text import write_json
from api.server_extensions import DROP, PUT
from api.socket_messages import Close, Complete, Init, Message, Ping, Pong, Subscribe, message_of
from api.standing import Standing, Stream
from api.stream_slots import NoSlot, StreamSlots
from domain.actor import PUBLIC, Actor
from domain.messages import MESSAGES
from domain.outage import is_away
from schema.context import Context, Services
from schema.documents import Refused, told
from schema.following.feed import ToldEvent
from schema.following.followers import Ended, Follower
from schema.following.places import Position, cursor_of
from schema.limits import Excess, LimitExceeded
from schema.operations import Asked, Operations, Ready
from schema.rates import TooMany

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
"""How long a client may take to begin."""
SEND_SECONDS = 8.0
"""How long a message may wait for a client that does not read."""
AWAY = (1013, "The database cannot be reached at the moment: connect again")
"""Clients connect again after this, and resume, where an error would end what they follow."""


class _Gone(Exception):
    """The client has left."""


@dataclass(frozen=True, slots=True)
class SocketRules:
    """What a connection may do."""

    operations_most: int
    message_bytes: int


class GraphQLSocket:
    """The ASGI application of `/graphql` for WebSockets."""

    def __init__(
        self,
        operations: Operations,
        services: Callable[[], Services],
        standing: Standing,
        slots: StreamSlots,
        *,
        origins: CrossOrigin,
        rules: SocketRules,
    ) -> None:
        self.operations = operations
        self.services = services
        self.standing = standing
        self.slots = slots
        self.origins = origins
        self.rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = heading(scope["headers"])
        if not self.origins.may_connect(head.get(b"origin"), head.get(b"host")):
            await send({"type": "websocket.close", "code": 4403})
            return
        await receive()
        if PROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
            return
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        await _Connection(self, scope, head, receive, send).run()


class _Connection(Stream):
    """One client and its operations."""

    def __init__(
        self, of: GraphQLSocket, scope: Scope, head: dict[bytes, str], receive: Receive, send: Send
    ) -> None:
        self.token: str | None = None
        self.actor: Actor = PUBLIC
        self._of, self._head, self._receive, self._send = of, head, receive, send
        self._address = scope["client"][0] if scope.get("client") else ""
        extensions = scope.get("extensions", {})
        self._drop, self._put = extensions.get(DROP), extensions.get(PUT)
        self._locale = locale_of({"accept-language": head.get(b"accept-language", "")})
        self._initialised = False
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        """Those, and what was stopped or refused and still has its end to tell."""
        self._reached: dict[Follower, Position] = {}
        self._closing = False

    # -------------------------------------------------------------- the connection

    async def run(self) -> None:
        """Until either side ends it."""
        try:
            with self._of.slots.of_address(self._address):
                async with asyncio.timeout(INIT_SECONDS) as patience:
                    while not self._initialised:
                        await self._take(await self._message())
                    patience.reschedule(None)
                    with self._of.slots.of_caller(self.actor), self._of.standing.watched(self):
                        while True:
                            await self._take(await self._message())
        except Close as end:
            await self._close(end.code, end.reason)
        except NoSlot:
            await self._close(1013, "Too many connections: try again later")
        except TimeoutError:
            await self._close(4408, "Connection initialisation timeout")
        except _Gone:
            pass
        except Exception as error:
            if not is_away(error):
                raise
            await self._close(*AWAY)
        finally:
            running = tuple(self._tasks)
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    def lost_standing(self, *, revoked: bool) -> None:
        """The one who connected may no longer, or not as before: they connect anew or not at all."""
        code, reason = (4403, "Forbidden") if revoked else (1012, "Your rights have changed: connect again")
        self._closing_soon(code, reason)

    async def _message(self) -> Message:
        frame = await self._receive()
        if frame["type"] != "websocket.receive":
            raise _Gone
        text = frame.get("text")
        if text is not None and len(text) > self._of.rules.message_bytes:
            raise Close(1009, "Message too big")
        return message_of(text)

    async def _tell(self, message: dict[str, Any]) -> None:
        await self._write(write_json(message).decode())

    async def _write(self, text: str) -> None:
        if self._closing:
            return
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._send({"type": "websocket.send", "text": text})
        except TimeoutError:
            self._closing_soon(1013, f"Too slow{self._resume()}")
        except OSError:  # the client has left; whoever receives hears of it
            self._closing = True

    def _resume(self) -> str:
        """From where no subscription misses anything: who still has something to tell has it after that."""
        if not self._reached:
            return ""
        behind = [position for follower, position in self._reached.items() if not follower.is_waiting]
        place = min(behind) if behind else max(self._reached.values())
        return f"; resume after {cursor_of(self._of.services().planner.cursor_secret, place)}"

    async def _close(self, code: int, reason: str) -> None:
        if not self._closing:
            self._closing = True
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await self._send({"type": "websocket.close", "code": code, "reason": reason})
            except (TimeoutError, OSError):
                if self._drop is not None:
                    self._drop(code, reason)

    def _closing_soon(self, code: int, reason: str) -> None:
        """Closes from anywhere, whatever waits to be sent: whoever receives then hears of it."""
        if not self._closing and self._drop is not None:
            self._closing = True
            self._drop(code, reason)

    # -------------------------------------------------------------- messages

    async def _take(self, message: Message) -> None:
        match message:
            case Init(payload):
                await self._initialise(payload)
            case Ping(payload):
                try:
                    await self._tell({"type": "pong", **payload})
                except (TypeError, RecursionError) as error:
                    raise Close(4400, "The payload of ping is nested too deeply") from error
            case Pong():
                pass
            case Subscribe(name, asked):
                await self._room()
                self._subscribe(name, asked)
            case Complete(name):
                if (task := self._operations.pop(name, None)) is not None:
                    task.cancel()

    async def _initialise(self, payload: dict[str, Any]) -> None:
        if self._initialised:
            raise Close(4429, "Too many initialisation requests")
        given = next((v for k, v in payload.items() if k.lower() == "authorization"), None)
        try:
            self.token = bearer(self._head.get(b"authorization") if given is None else str(given))
            self.actor = await actor_of(self._of.services(), self.token)
        except BadToken as error:
            raise Close(4403, "Forbidden") from error
        self._initialised = True
        await self._tell({"type": "connection_ack"})

    def _subscribe(self, name: str, asked: Asked) -> None:
        if not self._initialised:
            raise Close(4401, "Unauthorized")
        if name in self._operations:
            raise Close(4409, f"Subscriber for {name} already exists")
        running = len(self._operations) + 1
        task = asyncio.create_task(self._operate(name, asked, running))
        self._operations[name] = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _room(self) -> None:
        """Takes nothing more while too many ends of operations wait for a client that does not read."""
        while len(self._tasks) >= 2 * self._of.rules.operations_most:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    # -------------------------------------------------------------- operations

    async def _operate(self, name: str, asked: Asked, running: int) -> None:
        """One operation, from its message to its end."""
        services = self._of.services()
        errors: list[GraphQLError] = []
        try:
            self._require_few(running)
            # The connection outlives the session: who has signed out since is nobody.
            actor = await actor_of(services, self.token)
            context = Context(services, actor, self._locale, self.token, self._address or None)
            ready = self._of.operations.prepare(asked, context)
            if ready.kind is OperationType.SUBSCRIPTION:
                await self._follow(name, await self._of.operations.follow(ready))
            else:
                await self._answer(name, ready)
        except BadToken:
            errors = [told(MESSAGES["bad_token"][self._locale], "UNAUTHENTICATED")]
        except (Refused, LimitExceeded, TooMany) as problem:
            errors = request_errors(problem, self._locale)
        except Ended:  # the connection itself is being closed
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer, and we a log entry
            errors = [fault(error, self._locale)]
        finally:
            if self._operations.get(name) is asyncio.current_task():
                del self._operations[name]
        if any((error.extensions or {}).get("code") == UNAVAILABLE for error in errors):
            self._closing_soon(*AWAY)
        elif errors:
            await self._tell({"id": name, "type": "error", "payload": [e.formatted for e in errors]})
        else:
            await self._tell({"id": name, "type": "complete"})

    def _require_few(self, running: int) -> None:
        most = self._of.rules.operations_most
        if running > most:
            raise LimitExceeded(Excess("operationsOfConnection", most, running))

    async def _answer(self, name: str, ready: Ready) -> None:
        result = await self._of.operations.run(ready)
        payload: dict[str, Any] = {"data": result.data, "extensions": ready.extensions}
        if result.errors:
            payload["errors"] = [presented(error, self._locale).formatted for error in result.errors]
        await self._tell({"id": name, "type": "next", "payload": payload})

    async def _follow(self, name: str, follower: Follower) -> None:
        before = write_json({"id": name, "type": "next", "payload": 0}).removesuffix(b"0}")
        self._reached[follower] = follower.position

        def put(event: ToldEvent) -> bool:
            if self._closing or not self._put(b"%b%b}" % (before, event.body)):
                return False
            self._reached[follower] = event.position
            return True

        if self._put is not None:
            follower.outlet = put
        try:
            async for event in follower:
                await self._write((b"%b%b}" % (before, event.body)).decode())
                self._reached[follower] = event.position
        finally:
            del self._reached[follower]
            await follower.aclose()
