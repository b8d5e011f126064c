"""How uploaded attachments come to belong to a report or an action."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import InvalidInput
from domain.model.complaint import Attachment

MOST = 5
FIELD = "attachmentIds"


async def attach(
    session: AsyncSession,
    ids: Sequence[UUID | None],
    *,
    complaint_id: UUID | None = None,
    action_id: UUID | None = None,
) -> None:
    """Gives attachments that belong to nothing yet to a report or an action. Raises InvalidInput."""
    if not ids:
        return
    if len(ids) > MOST:
        raise InvalidInput("too_many", field=FIELD, most=MOST)
    taken = await session.scalars(
        sa.update(Attachment)
        .where(Attachment.id.in_(ids), Attachment.complaint_id.is_(None), Attachment.action_id.is_(None))
        .values(complaint_id=complaint_id, action_id=action_id)
        .returning(Attachment.id)
    )
    if len(set(taken)) != len(ids):
        raise InvalidInput("unknown_attachment", field=FIELD)
