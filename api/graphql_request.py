"""What does a client want? GraphQL over HTTP: headers, query string and body, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast
from urllib.parse import parse_qsl

from graphql import GraphQLError
from starlette.types import Receive

from api.graphql_errors import limit_error
from api.graphql_stream import EVENT_STREAM, MULTIPART
from api.json_text import read_json
from domain.messages import MESSAGES
from domain.words import Locale
from schema.documents import told
from schema.limits import Excess
from schema.operations import Asked

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
_HEADER_MOST = 1_000
"""Bytes of a header that is worth remembering."""


class BadRequest(Exception):
    """The request is not one that GraphQL over HTTP knows; `key` names the message."""

    def __init__(
        self, status: int, code: str, key: str, headers: Mapping[str, str] | None = None, **values: str
    ) -> None:
        super().__init__(key)
        self.status, self.code, self.key, self.values = status, code, key, values
        self.headers = headers or {}

    def told(self, locale: Locale) -> GraphQLError:
        """The error for the client."""
        return told(MESSAGES[self.key][locale].format(**self.values), self.code)


class TooLarge(BadRequest):
    """There is more of it than will be read."""

    def __init__(self, status: int, most: int, actual: int) -> None:
        super().__init__(status, "LIMIT_EXCEEDED", "limit_exceeded")
        self.excess = Excess("bodyBytes", most, actual)

    def told(self, locale: Locale) -> GraphQLError:
        return limit_error(self.excess, locale)


class ClientGone(Exception):
    """The client has left before it had sent all."""


_WANTED = frozenset(
    {
        b"accept",
        b"accept-language",
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"host",
        b"last-event-id",
        b"origin",
        b"sec-fetch-site",
    }
)


def heading(headers: list[tuple[bytes, bytes]]) -> dict[bytes, str]:
    """The headers that matter here; of one that comes twice, both."""
    found: dict[bytes, str] = {}
    for name, value in headers:
        if name in _WANTED:
            text = value.decode("latin-1")
            found[name] = f"{found[name]}, {text}" if name in found else text
    return found


@dataclass(frozen=True, slots=True)
class Accepted:
    """The media types that a client takes, of those that there are: for an answer, and for a stream."""

    answer: str | None
    stream: str | None


def accepted(accept: str | None) -> Accepted:
    """What a client wants. Raises BadRequest where there is nothing of it."""
    if accept is None:
        return Accepted(JSON, EVENT_STREAM)
    found = _negotiated(accept) if len(accept) <= _HEADER_MOST else _negotiated.__wrapped__(accept)
    if found.answer is None and found.stream is None:
        raise BadRequest(406, "NOT_ACCEPTABLE", "request_accept")
    if found.answer is None and found.stream == EVENT_STREAM:
        return Accepted(EVENT_STREAM, EVENT_STREAM)
    return found


@lru_cache(256)
def _negotiated(accept: str) -> Accepted:
    """The acceptable one that is wanted most, of equals the first; by a wildcard JSON first."""
    best: dict[str, str | None] = {"answer": None, "stream": None}
    weights = {"answer": 0.0, "stream": 0.0}
    ranges = [_weighted(part) for part in accept.split(",")]
    unwanted = {name for name, weight in ranges if weight == 0}
    for name, weight in ranges:
        for purpose, offered in _OFFERED.get(name, ()):
            if weight is not None and weight > weights[purpose] and offered not in unwanted:
                best[purpose], weights[purpose] = offered, weight
    return Accepted(**best)


_ANSWERS = (("answer", JSON), ("answer", RESPONSE_JSON))
_STREAMS = (("stream", EVENT_STREAM), ("stream", MULTIPART))
_OFFERED = {
    RESPONSE_JSON: (("answer", RESPONSE_JSON),),
    JSON: (("answer", JSON),),
    EVENT_STREAM: (("stream", EVENT_STREAM),),
    MULTIPART: (("stream", MULTIPART),),
    "*/*": (*_ANSWERS, *_STREAMS),
    "application/*": _ANSWERS,
    "text/*": (("stream", EVENT_STREAM),),
    "multipart/*": (("stream", MULTIPART),),
}
_UTF_8 = ("utf-8", "utf8")


def _weighted(media_range: str) -> tuple[str, float | None]:
    """How much a client wants something; None for what is no number, and for other characters."""
    name, parameters = _media_type(media_range)
    try:
        weight = float(parameters.get("q", "1"))
    except ValueError:
        return name, None
    return name, weight if parameters.get("charset", "utf-8") in _UTF_8 else None


def _media_type(text: str) -> tuple[str, dict[str, str]]:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    pairs = (parameter.partition("=") for parameter in parameters)
    return name, {key.strip(): value.strip().strip('"') for key, _, value in pairs}


def require_json(head: Mapping[bytes, str]) -> None:
    """Refuses a body of any other type, and one that is compressed. Raises BadRequest."""
    if head.get(b"content-encoding", "identity").lower() != "identity":
        raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE", "request_encoding", {"accept-encoding": "identity"})
    content_type = head.get(b"content-type", "")
    if content_type == JSON:
        return
    name, parameters = _media_type(content_type)
    if name != JSON or parameters.get("charset", "utf-8") not in _UTF_8:
        raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE", "request_media_type", {"accept-post": JSON})


async def read_body(receive: Receive, announced: str | None, most: int) -> bytes:
    """The body, of which no more is read than may be. Raises BadRequest and ClientGone."""
    if announced is not None and announced.isdigit() and int(announced[:18]) > most:
        raise TooLarge(413, most, int(announced[:18]))
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGone
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise TooLarge(413, most, size)
        if not message.get("more_body", False):
            return b"".join((*parts, part)) if parts else cast("bytes", part)
        parts.append(part)


def asked_by_body(body: bytes) -> Asked:
    """What a POST asks. Raises BadRequest."""
    try:
        found = read_json(body)
    except ValueError as error:
        raise BadRequest(400, "BAD_REQUEST", "request_json") from error
    if not isinstance(found, dict):
        raise BadRequest(400, "BAD_REQUEST", "request_object")
    return asked_by(found)


def asked_by_query_string(query_string: bytes, most: int) -> Asked:
    """What a GET asks. Raises BadRequest."""
    if len(query_string) > most:
        raise TooLarge(414, most, len(query_string))
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict")
        found: dict[str, Any] = dict(pairs)
        for name in ("variables", "extensions"):
            if found.get(name):
                found[name] = read_json(found[name])
            else:
                found.pop(name, None)
    except ValueError as error:
        raise BadRequest(400, "BAD_REQUEST", "request_json") from error
    return asked_by(found)


def asked_by(found: Mapping[str, Any]) -> Asked:
    """The parameters, each of its own type. Raises BadRequest."""
    query = found.get("query")
    extensions = found.get("extensions")
    if not isinstance(query, str):
        if query is None and isinstance(extensions, dict) and "persistedQuery" in extensions:
            # Clients that send the hash of a query at first go on with the query itself.
            raise BadRequest(400, "PERSISTED_QUERY_NOT_SUPPORTED", "request_persisted")
        raise _wrong("query", "string")
    variables = found.get("variables")
    if variables is not None and not isinstance(variables, dict):
        raise _wrong("variables", "object")
    name = found.get("operationName")
    if name is not None and not isinstance(name, str):
        raise _wrong("operationName", "string")
    if extensions is not None and not isinstance(extensions, dict):
        raise _wrong("extensions", "object")
    return Asked(query, variables or {}, name or None)


def _wrong(name: str, kind: str) -> BadRequest:
    return BadRequest(400, "BAD_REQUEST", "request_parameter", name=name, kind=kind)
