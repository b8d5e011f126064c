"""What may a client say over `graphql-transport-ws`? Anything else ends the connection, by its protocol."""

from dataclasses import dataclass
from typing import Any

from api.graphql_request import BadRequest, asked_by
from api.json_text import read_json
from domain.words import Locale
from schema.operations import Asked

REASON_MOST = 123
"""Bytes that a frame of closing has for its reason (RFC 6455, 5.5)."""


class Close(Exception):
    """The connection is closed, with a code and a reason that the client is told."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        # It may repeat what the client sent: any characters, and halves of them.
        told = reason.encode("utf-8", "replace")[:REASON_MOST]
        self.code, self.reason = code, told.decode("utf-8", "ignore")


@dataclass(frozen=True, slots=True)
class Init:
    """Begin."""

    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ping:
    """Are you there? The answer has the same payload, or none."""

    payload: dict[str, Any]
    """What stands beside the type."""


@dataclass(frozen=True, slots=True)
class Pong:
    """I am here."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Run an operation."""

    name: str
    asked: Asked


@dataclass(frozen=True, slots=True)
class Complete:
    """Stop an operation."""

    name: str


Message = Init | Ping | Pong | Subscribe | Complete


def message_of(text: str | None) -> Message:
    """What a frame says. Raises Close."""
    if text is None:
        raise Close(4400, "Messages must be text")
    try:
        found = read_json(text)
    except ValueError as error:
        raise Close(4400, "Messages must be valid JSON") from error
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        raise Close(4400, "Messages must be objects with a type")
    match found["type"]:
        case "connection_init":
            return Init(_payload(found) or {})
        case "ping":
            payload = _payload(found)
            return Ping({"payload": payload} if "payload" in found else {})
        case "pong":
            _payload(found)
            return Pong()
        case "subscribe":
            return Subscribe(_name(found), _asked(found))
        case "complete":
            return Complete(_name(found))
        case other:
            raise Close(4400, f"Unknown message type {other}")


def _payload(found: dict[str, Any]) -> dict[str, Any] | None:
    payload = found.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise Close(4400, f"The payload of {found['type']} must be an object")
    return payload


def _name(found: dict[str, Any]) -> str:
    name = found.get("id")
    if not isinstance(name, str) or not name:
        raise Close(4400, f"{found['type']} needs an id, which is a text that is not empty")
    return name


def _asked(found: dict[str, Any]) -> Asked:
    payload = _payload(found)
    if payload is None:
        raise Close(4400, "subscribe needs a payload")
    try:
        return asked_by(payload)
    except BadRequest as bad:
        raise Close(4400, bad.told(Locale.EN).message) from bad
