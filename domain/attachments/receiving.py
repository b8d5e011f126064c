"""What happens to the content of an upload until it counts as received?

It counts once its objects are safe in the store and its row is committed, in this order: a client that got
the answer loses nothing, whatever happens to the service. A client that did not may send it again.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.attachments.links import Part
from domain.attachments.rules import ContentType, NoReservation, OtherContent
from domain.attachments.store import Store, StoreFailure, object_name
from domain.attachments.workshop import Workshop
from domain.model.attachment import Attachment

Write = Callable[[], AbstractAsyncContextManager[AsyncSession]]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a reservation says of the content that is to come, or has come."""

    content_type: ContentType
    size: int
    digest: bytes | None
    """Of what has come already."""


async def expected(write: Write, folder: UUID) -> Expected:
    """What is to be uploaded to a folder. Raises NoReservation."""
    row = Attachment
    async with write() as session:
        found = (
            await session.execute(
                sa.select(row.content_type, row.size, row.digest).where(row.folder == folder)
            )
        ).one_or_none()
    if found is None:
        raise NoReservation("upload_expired")
    return Expected(ContentType(found.content_type), found.size, found.digest)


async def receive(
    write: Write, store: Store, workshop: Workshop, folder: UUID, *, sent: BinaryIO, digest: bytes
) -> None:
    """Checks, cleans and keeps what was sent; repeating it changes nothing.

    Raises WrongType, BrokenContent, OtherContent, NoReservation and StoreFailure.
    """
    known = await expected(write, folder)
    if known.digest is None:
        names = {part: object_name(folder, digest, part) for part in Part}
        async with workshop.room:
            clean = await workshop.clean(sent, known.content_type)
            await store.put(names[Part.FILE], clean.content)
            if clean.thumbnail is not None:
                await store.put(names[Part.THUMBNAIL], clean.thumbnail)
        async with write() as session:
            first = await session.scalar(
                sa.update(Attachment)
                .where(Attachment.folder == folder, Attachment.stored_at.is_(None))
                .values(
                    digest=digest,
                    size=len(clean.content),
                    stored_at=sa.func.now(),
                    thumbnail_size=clean.thumbnail and len(clean.thumbnail),
                )
                .returning(Attachment.id)
            )
        if first is not None:
            return
        known = await _lost(write, store, folder, digest)
    if known.digest != digest:
        raise OtherContent("upload_of_other_content")


async def _lost(write: Write, store: Store, folder: UUID, digest: bytes) -> Expected:
    """Another upload to the same folder was faster: what it was. Its own objects go, if they are others."""
    known = None
    try:
        known = await expected(write, folder)
        return known
    finally:
        if known is None or known.digest != digest:
            # What stays behind here goes with the folder.
            with suppress(StoreFailure):
                for part in Part:
                    await store.remove(object_name(folder, digest, part))
