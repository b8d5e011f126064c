"""How do uploaded attachments come to belong to a report or an action?"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.attachments.reserving import owner_of
from domain.attachments.rules import rules_of
from domain.errors import InvalidInput
from domain.model.attachment import Attachment

FIELD = "attachmentIds"


async def attach(
    session: AsyncSession,
    actor: Actor,
    ids: Sequence[UUID | None],
    *,
    complaint_id: UUID | None = None,
    action_id: UUID | None = None,
) -> None:
    """Gives what the actor has uploaded, and nothing has yet, to a report or an action. Raises InvalidInput.

    What is somebody else's, attached already or not there at all is refused alike.
    """
    if not ids:
        return
    most = rules_of(session).per_message
    if len(ids) > most:
        raise InvalidInput("too_many", field=FIELD, most=most)
    # In one order, whoever asks: two who name the same ones then wait for each other, and not both at once.
    found = await session.scalars(
        sa.select(Attachment)
        .where(
            Attachment.id.in_(ids),
            Attachment.complaint_id.is_(None),
            Attachment.action_id.is_(None),
            Attachment.owner_id.is_not_distinct_from(owner_of(actor)),
        )
        .order_by(Attachment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    free = found.all()
    if len(free) != len(set(ids)):
        raise InvalidInput("unknown_attachment", field=FIELD)
    if any(attachment.stored_at is None for attachment in free):
        raise InvalidInput("attachment_not_uploaded", field=FIELD)
    for attachment in free:
        attachment.complaint_id, attachment.action_id = complaint_id, action_id
    await session.flush()
