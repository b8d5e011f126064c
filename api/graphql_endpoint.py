"""How does a request over HTTP become an operation, and what comes of it a response?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graphql import GraphQLError, OperationType
from starlette.types import Receive, Scope, Send

from api.auth import BadToken, actor_of, bearer, locale_of
from api.cross_origin import CrossOrigin, Headers
from api.graphiql import graphiql_page
from api.graphql_errors import UNAVAILABLE, fault, presented, request_errors
from api.graphql_request import (
    JSON,
    RESPONSE_JSON,
    Accepted,
    BadRequest,
    ClientGone,
    accepted,
    asked_by_body,
    asked_by_query_string,
    heading,
    read_body,
    require_json,
)
from api.graphql_stream import EVENT_STREAM, FRAMINGS, HttpStream, whole_stream
from api.json_text import write_json
from api.standing import Standing
from api.stream_slots import NoSlot, StreamSlots
from domain.actor import PUBLIC
from domain.messages import MESSAGES
from domain.words import Locale
from schema.context import Context, Services
from schema.documents import Refused, told
from schema.following.places import cursor_of
from schema.limits import LimitExceeded
from schema.operations import Asked, Operations, Ready
from schema.rates import TooMany

HTML = "text/html"
METHODS = "GET, POST, OPTIONS"
_COMMON: Headers = [
    (b"cache-control", b"no-store"),
    (b"vary", b"Accept, Accept-Language, Authorization, Origin"),
]
_HEADERS: dict[str, Headers] = {
    name: [(b"content-type", f"{name}; charset=utf-8".encode()), *_COMMON]
    for name in (JSON, RESPONSE_JSON, EVENT_STREAM, HTML)
}


@dataclass(slots=True)
class Answer:
    """What is sent."""

    body: bytes
    status: int = 200
    headers: Headers = field(default_factory=list)
    media_type: str = JSON


class GraphQLEndpoint:
    """The ASGI application of `/graphql` for HTTP. It reads no cookies, and GET changes nothing."""

    def __init__(
        self,
        operations: Operations,
        services: Callable[[], Services],
        *,
        graphiql: bool,
        origins: CrossOrigin,
        body_most: int,
        standing: Standing,
        slots: StreamSlots,
    ) -> None:
        self._operations = operations
        self._services = services
        self._standing = standing
        self._slots = slots
        self._page = graphiql_page().encode() if graphiql else None
        self._origins = origins
        self._body_most = body_most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = heading(scope["headers"])
        origin = head.get(b"origin")
        if scope["method"] == "OPTIONS":
            allowed = [(b"allow", METHODS.encode()), *_COMMON, *self._origins.preflight(origin)]
            await send({"type": "http.response.start", "status": 204, "headers": allowed})
            await send({"type": "http.response.body", "body": b""})
            return
        try:
            answer = await self._answer(scope, receive, head)
        except ClientGone:
            return
        if isinstance(answer, HttpStream):
            await self._stream(answer, scope, receive, send, origin)
            return
        headers = [*_HEADERS[answer.media_type], (b"content-length", b"%d" % len(answer.body))]
        headers += answer.headers
        if origin is not None:
            headers += self._origins.headers(origin)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _stream(
        self, stream: HttpStream, scope: Scope, receive: Receive, send: Send, origin: str | None
    ) -> None:
        """A subscription's response, if there is a place for it."""
        headers = [*_COMMON, *self._origins.headers(origin)]
        address = scope["client"][0] if scope.get("client") else ""
        try:
            with self._slots.of_address(address), self._slots.of_caller(stream.actor):
                await stream.run(scope, receive, send, headers, self._standing)
        except NoSlot:
            await stream.follower.aclose()
            error = told(MESSAGES["too_many_streams"][stream.locale], "TOO_MANY_STREAMS")
            body = write_json({"errors": [error.formatted]})
            headers += [(b"content-type", JSON.encode()), (b"retry-after", b"30")]
            await send({"type": "http.response.start", "status": 429, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive, head: dict[bytes, str]) -> Answer | HttpStream:
        """The answer to any request, our own faults included."""
        language = head.get(b"accept-language")
        locale = locale_of({"accept-language": language}) if language else Locale.ID
        media_type = JSON
        answer: Answer | HttpStream
        try:
            if self._page is not None and _is_browser(scope, head):
                return Answer(self._page, media_type=HTML)
            wanted = accepted(head.get(b"accept"))
            media_type = wanted.answer or JSON
            asked = await self._asked(scope, receive, head)
            token = bearer(head.get(b"authorization"))
            services = self._services()
            actor = await actor_of(services, token) if token else PUBLIC
            client = scope.get("client")
            address = client[0] if client else None
            context = Context(services, actor, locale, token, address, head.get(b"last-event-id") or None)
            answer = await self._run(asked, context, wanted, reading=scope["method"] == "GET")
        except BadRequest as bad:
            answer = _refused(bad.status, bad.told(locale))
            answer.headers = [(name.encode(), value.encode()) for name, value in bad.headers.items()]
        except BadToken:
            answer = _refused(401, told(MESSAGES["bad_token"][locale], "UNAUTHENTICATED"))
            answer.headers = [(b"www-authenticate", b"Bearer")]
        except TooMany as problem:
            answer = _refused(429, *request_errors(problem, locale))
        except (Refused, LimitExceeded) as problem:
            # The two media types disagree on what the status says of a request that GraphQL itself refuses.
            status = 400 if media_type == RESPONSE_JSON else 200
            answer = _refused(status, *request_errors(problem, locale))
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer, and we a log entry
            answer = _refused(500, fault(error, locale))
        if isinstance(answer, HttpStream):
            return answer
        if media_type != EVENT_STREAM:
            answer.media_type = media_type
        elif answer.status == 200:
            answer.media_type, answer.body = EVENT_STREAM, whole_stream(answer.body)
        return answer

    async def _asked(self, scope: Scope, receive: Receive, head: dict[bytes, str]) -> Asked:
        if scope["method"] == "POST":
            require_json(head)
            return asked_by_body(await read_body(receive, head.get(b"content-length"), self._body_most))
        if scope["method"] == "GET":
            return asked_by_query_string(scope["query_string"], self._body_most)
        raise BadRequest(405, "METHOD_NOT_ALLOWED", "request_method", {"allow": METHODS})

    async def _run(
        self, asked: Asked, context: Context, wanted: Accepted, *, reading: bool
    ) -> Answer | HttpStream:
        ready = self._operations.prepare(asked, context)
        if ready.kind is OperationType.SUBSCRIPTION:
            return await self._followed(ready, context, wanted)
        if wanted.answer is None:
            raise BadRequest(406, "NOT_ACCEPTABLE", "request_accept")
        if reading and ready.kind is not OperationType.QUERY:
            raise BadRequest(405, "METHOD_NOT_ALLOWED", "request_method", {"allow": "POST"})
        result = await self._operations.run(ready)
        answer: dict[str, Any] = {"data": result.data, "extensions": ready.extensions}
        if not result.errors:
            return Answer(write_json(answer))
        errors = [presented(error, context.locale) for error in result.errors]
        if _is_outage(errors):  # a change may have been made, and its answer lost: half of it would mislead
            return _refused(503, *errors)
        told_of = [error.formatted for error in errors]
        return Answer(write_json({"errors": told_of, **answer}), headers=_told_by_header(told_of))

    async def _followed(self, ready: Ready, context: Context, wanted: Accepted) -> HttpStream:
        if wanted.stream is None:
            raise Refused(told("Subscriptions need a stream.", "SUBSCRIPTION_TRANSPORT"))
        secret = context.services.planner.cursor_secret
        return HttpStream(
            FRAMINGS[wanted.stream],
            await self._operations.follow(ready),
            partial(cursor_of, secret),
            context.token,
            context.actor,
            context.locale,
        )


def _is_browser(scope: Scope, head: dict[bytes, str]) -> bool:
    """A person who opens the address, not a program that asks by GET."""
    return (
        scope["method"] == "GET"
        and b"query=" not in scope["query_string"]
        and HTML in head.get(b"accept", "")
    )


def _refused(status: int, *errors: GraphQLError) -> Answer:
    told_of = [error.formatted for error in errors]
    status = 503 if _is_outage(errors) else status
    return Answer(write_json({"errors": told_of}), status, _told_by_header(told_of))


def _is_outage(errors: Iterable[GraphQLError]) -> bool:
    return any((error.extensions or {}).get("code") == UNAVAILABLE for error in errors)


def _told_by_header(errors: list[Any]) -> Headers:
    """What programs that do not read GraphQL act on, and the number by which our log is searched."""
    found: Headers = []
    for name, key in ((b"retry-after", "retryAfter"), (b"x-request-id", "requestId")):
        values = [error["extensions"][key] for error in errors if key in error["extensions"]]
        found += [(name, str(value).encode()) for value in values[:1]]
    return found
