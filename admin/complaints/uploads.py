"""How do files that were chosen in a form become attachments that wait for what the form adds?"""

import hashlib
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import UploadFile
from starlette.requests import Request

from admin.desk import Desk
from admin.forms import Problem
from admin.frame import Panel
from domain.attachments.receiving import receive
from domain.attachments.reserving import in_megabytes, owner_of, reserve
from domain.attachments.rules import ContentRefused, Rules
from domain.attachments.store import StoreFailure
from domain.errors import Refusal
from domain.messages import MESSAGES
from domain.model.attachment import Attachment
from domain.words import Locale

FILES_FIELD = "files"
KEPT_FIELD = "kept"
"""The attachments that were uploaded with a form that was refused: they need not be chosen again."""
_PIECE = 256 * 1024
_STORE_FAILED = "Berkas belum dapat disimpan. Coba lagi, atau kirim tanpa lampiran."


class Kept(NamedTuple):
    """An attachment that waits."""

    id: UUID
    name: str


@dataclass(slots=True)
class Chosen:
    """What a form holds: files that come with it, and those that came before."""

    files: Sequence[UploadFile]
    ids: list[UUID]


def hint(rules: Rules) -> str:
    """What may be chosen, in words."""
    return (
        f"Tidak wajib. JPEG, PNG, WebP atau PDF; paling banyak {rules.per_message} berkas,"
        f" masing-masing {in_megabytes(rules.bytes_each)}."
    )


async def take_in(panel: Panel, request: Request, chosen: Chosen) -> None:
    """Uploads the files as the API does, one by one; each that is safe is among the `ids`. Raises Problem."""
    intake = panel.intake
    if intake is None or not chosen.files:
        return

    @asynccontextmanager
    async def write() -> AsyncIterator[AsyncSession]:
        async with panel.writing_desk(request) as desk:
            yield desk.session

    for file in chosen.files:
        try:
            async with panel.writing_desk(request) as desk:
                room = await reserve(
                    desk.session,
                    desk.actor,
                    file_name=file.filename or "",
                    content_type=file.content_type or "",
                    size=file.size or 0,
                )
            digest = _digest(file.file)
            await receive(write, intake.store, intake.workshop, room.folder, sent=file.file, digest=digest)
        except Refusal as refusal:
            raise _wrong(file, refusal.message(Locale.ID)) from refusal
        except ContentRefused as refusal:
            said = MESSAGES[refusal.key][Locale.ID].format(**refusal.values)
            raise _wrong(file, said) from refusal
        except StoreFailure as failure:
            raise Problem(_STORE_FAILED, FILES_FIELD) from failure
        chosen.ids.append(room.id)


def _wrong(file: UploadFile, said: str) -> Problem:
    return Problem(": ".join((file.filename or "", said)), FILES_FIELD)


def _digest(file: BinaryIO) -> bytes:
    found = hashlib.sha256()
    while piece := file.read(_PIECE):
        found.update(piece)
    file.seek(0)
    return found.digest()


def ids_of(values: Iterable[str]) -> list[UUID]:
    """The identifiers that a form names; what is none is nobody's attachment."""
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


async def kept(desk: Desk, ids: Sequence[UUID]) -> list[Kept]:
    """Those of the attachments that are the visitor's own and still wait."""
    rows = await desk.session.execute(
        sa.select(Attachment.id, Attachment.file_name).where(
            Attachment.id.in_(ids),
            Attachment.owner_id == owner_of(desk.actor),
            Attachment.complaint_id.is_(None),
            Attachment.action_id.is_(None),
        )
    )
    return [Kept(key, name) for key, name in rows]
