"""Which attachments are taken: of what kinds, how large, and how many?"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

UPLOAD_TIME = timedelta(hours=1)
"""How long after its reservation an upload may begin."""
UNUSED_TIME = timedelta(hours=24)
"""How long what nobody attaches is kept: much longer than an upload takes, which must not lose its row."""
_RULES = "attachment_rules"


class ContentType(StrEnum):
    """The kinds that are taken; a picture's are those that Pillow reads and writes without plugins."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"


PICTURES = {ContentType.JPEG: "JPEG", ContentType.PNG: "PNG", ContentType.WEBP: "WEBP"}
"""Pillow's names of the kinds that are pictures."""
ENDINGS = {
    ContentType.JPEG: (".jpg", ".jpeg"),
    ContentType.PNG: (".png",),
    ContentType.WEBP: (".webp",),
    ContentType.PDF: (".pdf",),
}
HEIC = frozenset({"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"})
THUMBNAIL_TYPE = ContentType.JPEG


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator may set."""

    bytes_each: int = 10 * 1024**2
    per_message: int = 5
    bytes_unused: int = 5 * 1024**3
    """How much of what the public reserves or uploads may wait to be attached."""


def session_info(rules: Rules) -> dict[str, Rules]:
    """What a maker of sessions is given (`info=`), so that each session knows the rules."""
    return {_RULES: rules}


def rules_of(session: AsyncSession) -> Rules:
    """The rules that the session's maker was given; else the defaults."""
    found: Rules = session.info.get(_RULES) or Rules()
    return found


class ContentRefused(Exception):
    """What was sent is not taken; `key` names the message, `values` fill it in."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key, self.values = key, values


class WrongType(ContentRefused):
    """Its bytes are of another kind than was declared."""


class BrokenContent(ContentRefused):
    """It is of the declared kind, and cannot be read, or not within bounds."""


class OtherContent(ContentRefused):
    """Something else was uploaded to the same reservation."""


class NoReservation(ContentRefused):
    """Nothing was reserved, or too long ago."""
