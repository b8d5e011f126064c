"""Where in the one sequence of events is a cursor? The same for whoever reads the sequence, and however."""

from typing import NamedTuple

import asyncpg
from graphql import GraphQLError

from domain.event_age import EXPIRED
from domain.messages import MESSAGES
from domain.words import Locale
from schema.cursor import bad_cursor, list_key, opened, signed


class Position(NamedTuple):
    """A place in the sequence of events: everything after it is still to come."""

    xid: int
    number: int


def sequence_key(secret: bytes) -> bytes:
    """The key of the cursors of events."""
    return list_key(secret, "ComplaintEvent")


def cursor_of(secret: bytes, position: Position) -> str:
    """The cursor of an event at a place, as its own field `cursor` has it."""
    return signed(sequence_key(secret), f"{position.xid}|{position.number}")


def position_of(secret: bytes, cursor: str) -> Position:
    """The place that an event's cursor names; anything else raises BAD_CURSOR."""
    xid, _, number = opened(sequence_key(secret), cursor).partition("|")
    if not (xid.isdigit() and number.isdigit()):
        raise bad_cursor()
    return Position(int(xid), int(number))


def refuse_expired(error: asyncpg.PostgresError, secret: bytes) -> None:
    """Raises CURSOR_EXPIRED if what the database says is that a cursor lies too far back."""
    if error.sqlstate != EXPIRED:
        return
    place, _, before = str(error.detail).rpartition(" ")
    message = MESSAGES["cursor_expired"][Locale.ID].format(before=before)
    resume_from = signed(sequence_key(secret), place)
    raise GraphQLError(
        message, extensions={"code": "CURSOR_EXPIRED", "before": before, "resumeFrom": resume_from}
    ) from None
