"""How does a client get a place to upload to? By saying first what it will send."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import authority
from domain.actor import Actor
from domain.attachments.names import clean_name
from domain.attachments.rules import HEIC, UPLOAD_TIME, ContentType, rules_of
from domain.errors import InvalidInput, TooManyUploads
from domain.model.attachment import Attachment
from domain.words import ViewerKind

SIZE = "size"


@dataclass(frozen=True, slots=True)
class Reservation:
    """What an upload is known by: to its sender as `id`, to the address that it goes to as `folder`."""

    id: UUID
    folder: UUID
    until: datetime


def owner_of(actor: Actor) -> UUID | None:
    """Who may attach what an actor uploads: they alone; of the public, whoever knows its identifier."""
    return None if actor.kind is ViewerKind.REPORTER else actor.id


def _declared(given: str) -> ContentType:
    """The kind that is declared. Raises InvalidInput."""
    declared = given.strip().lower()
    if declared in HEIC:
        raise InvalidInput("heic_not_taken", field="contentType")
    try:
        return ContentType(declared)
    except ValueError as error:
        kinds = ", ".join(ContentType)
        raise InvalidInput("content_type_not_taken", field="contentType", kinds=kinds) from error


async def reserve(
    session: AsyncSession, actor: Actor, *, file_name: str, content_type: str, size: int
) -> Reservation:
    """Makes room for one file. Raises InvalidInput, TooManyUploads, Forbidden and Unauthenticated."""
    authority.require(actor, "complaint:submit")
    kind = _declared(content_type)
    name = clean_name(file_name, kind)
    most = rules_of(session).bytes_each
    if not 0 < size <= most:
        raise InvalidInput("size_not_taken", field=SIZE, most=in_megabytes(most))
    if actor.kind is ViewerKind.REPORTER:
        await _require_room(session, size)
    made = Attachment(owner_id=owner_of(actor), file_name=name, content_type=kind.value, size=size)
    session.add(made)
    await session.flush()
    # A whole second, as the address says it.
    until = (datetime.now(UTC) + UPLOAD_TIME).replace(microsecond=0) + timedelta(seconds=1)
    return Reservation(made.id, made.folder, until)


def in_megabytes(size: int) -> str:
    """A number of bytes for people."""
    return f"{size / 1024**2:.3g} MB"


async def _require_room(session: AsyncSession, size: int) -> None:
    """Refuses the public more where too much of what they sent waits for a report.

    A reservation counts while its upload may still come.
    """
    row = Attachment
    waiting = await session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(row.size), 0)).where(
            row.complaint_id.is_(None),
            row.action_id.is_(None),
            row.owner_id.is_(None),
            sa.or_(row.stored_at.is_not(None), row.created_at > sa.func.now() - UPLOAD_TIME),
        )
    )
    assert waiting is not None
    if waiting + size > rules_of(session).bytes_unused:
        raise TooManyUploads("attachments_full")
