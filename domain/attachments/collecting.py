"""What happens to uploads that nobody attaches, and to the contents of attachments that are gone?

A row goes first, in one transaction with the note that its objects are to be removed (a trigger writes it, so
that this holds for whatever deletes the row); the objects follow. Who is attaching a row holds it locked and
makes it no longer unused: it is then not deleted, or, had it been deleted before, not there to be attached.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.attachments.rules import UNUSED_TIME
from domain.attachments.store import Store
from domain.model.attachment import UNUSED, Attachment, AttachmentRemoval

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Collected:
    """What was done."""

    unused: int
    """Uploads and reservations that nobody had attached in time."""
    removed: int
    """Attachments whose objects were removed."""


async def collect(write: Callable[[], AbstractAsyncContextManager[AsyncSession]], store: Store) -> Collected:
    """Deletes what nobody attached in time, and removes what is left of all that was deleted.

    Several may run at once. What fails is left for the next run. Raises StoreFailure.
    """
    unused = removed = 0
    while count := await _delete_unused(write):
        unused += count
    while count := await _remove_objects(write, store):
        removed += count
    return Collected(unused, removed)


async def _delete_unused(write: Callable[[], AbstractAsyncContextManager[AsyncSession]]) -> int:
    old = (
        sa.select(Attachment.id)
        .where(sa.text(UNUSED), Attachment.created_at < sa.func.now() - UNUSED_TIME)
        .order_by(Attachment.created_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    async with write() as session:
        found = (await session.scalars(old)).all()
        await session.execute(sa.delete(Attachment).where(Attachment.id.in_(found)))
    return len(found)


async def _remove_objects(
    write: Callable[[], AbstractAsyncContextManager[AsyncSession]], store: Store
) -> int:
    row = AttachmentRemoval
    async with write() as session:
        folders = (
            await session.scalars(
                sa.select(row.folder)
                .order_by(row.created_at)
                .limit(AT_ONCE)
                .with_for_update(skip_locked=True)
            )
        ).all()
        for folder in folders:
            await store.remove_folder(folder)
        await session.execute(sa.delete(row).where(row.folder.in_(folders)))
    return len(folders)
