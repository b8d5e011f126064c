"""Cursors: where a page ends, signed so that only one of ours, of the same list, is taken back."""

import hashlib
import hmac
from base64 import urlsafe_b64decode
from typing import Any

import sqlalchemy as sa
from graphql import GraphQLError
from sqlalchemy.sql.expression import ColumnElement

from domain.messages import MESSAGES
from domain.secrecy import base64url, mac
from domain.secrecy_sql import base64url_sql, mac_sql, utf8_sql
from domain.words import Locale

SIGNATURE_BYTES = 9


def bad_cursor() -> GraphQLError:
    """The refusal of a cursor that is malformed, tampered with, or another list's."""
    return GraphQLError(MESSAGES["bad_cursor"][Locale.ID], extensions={"code": "BAD_CURSOR"})


def signed(key: bytes, payload: str) -> str:
    """A cursor of a payload, as `cursor_sql` makes it in the database."""
    data = payload.encode()
    return base64url(mac(key, data)[:SIGNATURE_BYTES] + data)


def opened(key: bytes, cursor: str) -> str:
    """The payload of a cursor of ours; anything else raises BAD_CURSOR."""
    try:
        data = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        payload = data[SIGNATURE_BYTES:]
        # The last character has bits that carry nothing: only the spelling that we gave is taken.
        signature = mac(key, payload)[:SIGNATURE_BYTES]
        if hmac.compare_digest(signature, data[:SIGNATURE_BYTES]) and base64url(data) == cursor:
            return payload.decode()
    except ValueError:
        pass
    raise bad_cursor()


def list_key(secret: bytes, *identity: Any) -> bytes:
    """The key of one list: the same only for the same field, order and filter."""
    return hmac.new(secret, repr(identity).encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


def cursor_sql(key: ColumnElement[bytes], payload: ColumnElement[str]) -> ColumnElement[str]:
    """`signed` in SQL."""
    signature = sa.func.substring(mac_sql(key, payload), 1, SIGNATURE_BYTES)
    return base64url_sql(signature.op("||")(utf8_sql(payload)))
