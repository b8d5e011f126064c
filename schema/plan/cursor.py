"""Cursors: where a page ends, signed so that only one of ours, of the same list, is taken back."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import sqlalchemy as sa
from graphql import GraphQLError
from sqlalchemy.sql.expression import ColumnElement

from domain.messages import MESSAGES
from domain.words import Locale

SIGNATURE_BYTES = 9


def bad_cursor() -> GraphQLError:
    """The refusal of a cursor that is malformed, tampered with, or another list's."""
    return GraphQLError(MESSAGES["bad_cursor"][Locale.ID], extensions={"code": "BAD_CURSOR"})


def _signature(key: bytes, payload: bytes) -> bytes:
    inner = hashlib.sha256(key + payload).digest()
    return hashlib.sha256(key + inner).digest()[:SIGNATURE_BYTES]


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def signed(key: bytes, payload: str) -> str:
    """A cursor of a payload, as `cursor_sql` makes it in the database."""
    data = payload.encode()
    return _text(_signature(key, data) + data)


def opened(key: bytes, cursor: str) -> str:
    """The payload of a cursor of ours; anything else raises BAD_CURSOR."""
    try:
        data = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        payload = data[SIGNATURE_BYTES:]
        # The last character has bits that carry nothing: only the spelling that we gave is taken.
        if hmac.compare_digest(_signature(key, payload), data[:SIGNATURE_BYTES]) and _text(data) == cursor:
            return payload.decode()
    except ValueError:
        pass
    raise bad_cursor()


def list_key(secret: bytes, *identity: Any) -> bytes:
    """The key of one list: the same only for the same field, order and filter."""
    return hmac.new(secret, repr(identity).encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


def cursor_sql(key: ColumnElement[bytes], payload: ColumnElement[str]) -> ColumnElement[str]:
    """`signed` in SQL."""
    data = sa.func.convert_to(payload, sa.literal_column("'UTF8'"))
    inner = sa.func.sha256(key.op("||")(data))
    outer = sa.func.substring(sa.func.sha256(key.op("||")(inner)), 1, SIGNATURE_BYTES)
    encoded = sa.func.encode(outer.op("||")(data), sa.literal_column("'base64'"))
    return sa.func.translate(encoded, sa.literal_column("E'+/=\\n'"), sa.literal_column("'-_'"))
