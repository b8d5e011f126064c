"""How are the addresses made under which contents are written and read: signed, and for a while?

An address that is given to the public is checked against the policy again whenever it is used: what was
hidden meanwhile is hidden. One that is given to whoever may see more holds for its short time by itself,
since a browser shows a picture without saying for whom.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement

from domain.actor import Actor
from domain.secrecy import Vault, base64url, mac
from domain.secrecy_sql import base64url_sql, mac_sql
from domain.words import ViewerKind

ROOT = "/attachments"
SIGNATURE_BYTES = 16


class Part(StrEnum):
    FILE = "file"
    THUMBNAIL = "thumbnail"


class Audience(StrEnum):
    """For whom an address was made."""

    PUBLIC = "public"
    FEW = "few"


STEPS = {Audience.PUBLIC: (3_600, 25), Audience.FEW: (900, 2)}
"""Seconds of a step, and how many steps until the one in which it ends: an address is the same for a while,
and browsers find what they have kept. That is 24 to 25 hours, and 15 to 30 minutes."""


class BadLink(Exception):
    """No address of ours: of another key, or changed."""


class ExpiredLink(Exception):
    """Once an address of ours."""


def audience_of(viewer: Actor) -> Audience:
    """Who sees no more than everybody gets the address for everybody."""
    sees_more = viewer.access_token_hash is not None or viewer.is_staff
    if sees_more or viewer.kind not in (ViewerKind.REPORTER, ViewerKind.CLIENT):
        return Audience.FEW
    return Audience.PUBLIC


def _signature(key: bytes, payload: str) -> str:
    return base64url(mac(key, payload.encode("utf-8", "replace"))[:SIGNATURE_BYTES])


@dataclass(frozen=True, slots=True)
class Links:
    """Makes addresses, and tells whether one is of its making."""

    key: bytes
    base: str = ""
    """What stands before them; without it they are paths, to be read from where the service is."""

    @classmethod
    def of(cls, vault: Vault, base: str = "") -> "Links":
        return cls(vault.derived("attachments"), base.rstrip("/"))

    def upload(self, folder: UUID, until: datetime) -> str:
        """Where the content of a reservation is sent."""
        seconds = int(until.timestamp())
        signature = _signature(self.key, f"upload:{folder}:{seconds}")
        return f"{self.base}{ROOT}/uploads/{folder}?until={seconds}&signature={signature}"

    def read(self, attachment: UUID, part: Part, audience: Audience, now: datetime) -> str:
        """Where a part of an attachment is read, as `read_sql` makes it in the database."""
        step, steps = STEPS[audience]
        seconds = (int(now.timestamp()) // step + steps) * step
        signature = _signature(self.key, f"{part}:{attachment}:{audience}:{seconds}")
        return f"{self.base}{ROOT}/{attachment}/{part}?for={audience}&until={seconds}&signature={signature}"

    def read_sql(self, attachment: ColumnElement[Any], part: Part, audience: Audience) -> ColumnElement[str]:
        """`read` in SQL, of the moment at which the statement runs."""
        step, steps = STEPS[audience]
        now = sa.func.floor(sa.extract("epoch", sa.func.now()) / _number(step))
        seconds = _text_of(sa.cast((now + _number(steps)) * _number(step), sa.BigInteger))
        named = _text_of(attachment)
        payload = sa.func.concat(_word(f"{part}:"), named, _word(f":{audience}:"), seconds)
        signature = sa.func.substring(
            mac_sql(sa.literal(self.key, sa.LargeBinary()), payload), 1, SIGNATURE_BYTES
        )
        return sa.func.concat(
            sa.literal(self.base + ROOT + "/", sa.Text()),
            named,
            _word(f"/{part}?for={audience}&until="),
            seconds,
            _word("&signature="),
            base64url_sql(signature),
        )

    def checked_upload(self, folder: str, query: Mapping[str, str], now: datetime) -> UUID:
        """The folder that an address of an upload names. Raises BadLink and ExpiredLink."""
        self._check(f"upload:{folder}:{query.get('until')}", query, now)
        return UUID(folder)

    def checked_read(
        self, attachment: str, part: str, query: Mapping[str, str], now: datetime
    ) -> tuple[UUID, Part, Audience]:
        """What an address of a reading names. Raises BadLink and ExpiredLink."""
        self._check(f"{part}:{attachment}:{query.get('for')}:{query.get('until')}", query, now)
        return UUID(attachment), Part(part), Audience(query["for"])

    def _check(self, payload: str, query: Mapping[str, str], now: datetime) -> None:
        shown = query.get("signature", "").encode("utf-8", "replace")
        if not hmac.compare_digest(_signature(self.key, payload).encode(), shown):
            raise BadLink
        if now.timestamp() > int(query["until"]):
            raise ExpiredLink


def _number(value: int) -> ColumnElement[Any]:
    return sa.literal_column(str(value))


def _word(text: str) -> ColumnElement[str]:
    return sa.literal_column(f"'{text}'", sa.Text())


def _text_of(value: ColumnElement[Any]) -> ColumnElement[str]:
    return sa.cast(value, sa.Text())
