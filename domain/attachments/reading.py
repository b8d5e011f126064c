"""Which content does an address of a reading lead to, and may it still be read?"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain import policy
from domain.actor import PUBLIC
from domain.attachments.links import Audience, Part
from domain.attachments.rules import THUMBNAIL_TYPE
from domain.attachments.store import object_name
from domain.model.attachment import Attachment

KEY = "attachment"


@dataclass(frozen=True, slots=True)
class Content:
    """What is served, and where it lies."""

    name: str
    content_type: str
    file_name: str
    size: int
    tag: str
    """Changes with the content only."""


def content_query(audience: Audience) -> sa.Select[Any]:
    """The attachment of the parameter `attachment`, if the audience may read it now."""
    row = Attachment.__table__
    attached = sa.or_(row.c.complaint_id.is_not(None), row.c.action_id.is_not(None))
    seen = policy.sees_attachment(PUBLIC, row) if audience is Audience.PUBLIC else attached
    return sa.select(
        row.c.folder, row.c.digest, row.c.content_type, row.c.file_name, row.c.size, row.c.thumbnail_size
    ).where(row.c.id == sa.bindparam(KEY, type_=sa.Uuid()), seen)


def content_of(found: Any, part: Part) -> Content | None:
    """The part of an attachment that the query found; None where it has no such part."""
    folder, digest = UUID(str(found["folder"])), found["digest"]
    name, tag = object_name(folder, digest, part), f'"{digest.hex()[:32]}-{part}"'
    if part is Part.FILE:
        return Content(name, found["content_type"], found["file_name"], found["size"], tag)
    if found["thumbnail_size"] is None:
        return None
    return Content(name, THUMBNAIL_TYPE.value, found["file_name"], found["thumbnail_size"], tag)
