"""What was attached to a complaint and its actions, with where the visitor reads each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa

from admin import links
from admin.desk import Desk
from domain import policy
from domain.attachments.links import Audience, Links, Part
from domain.model.attachment import Attachment
from domain.model.complaint import Action, Complaint

MOST = 500


@dataclass(frozen=True, slots=True)
class File:
    """One attachment; the addresses last a quarter of an hour or two, a page's time."""

    name: str
    size: int
    address: str
    thumbnail: str | None
    action_id: UUID | None

    @property
    def kilobytes(self) -> int:
        return -(-self.size // 1024)


@dataclass(frozen=True, slots=True)
class Files:
    """Those of the report, and those of each action."""

    found: Sequence[File]

    def of(self, action_id: UUID | None) -> list[File]:
        return [file for file in self.found if file.action_id == action_id]


async def files(desk: Desk, complaint: Complaint) -> Files:
    """The attachments that the visitor may see."""
    table = Attachment.__table__
    of_actions = sa.select(Action.id).where(Action.complaint_id == complaint.id)
    rows = await desk.session.scalars(
        sa.select(Attachment)
        .where(
            sa.or_(Attachment.complaint_id == complaint.id, Attachment.action_id.in_(of_actions)),
            policy.sees_attachment(desk.actor, table),
        )
        .order_by(Attachment.created_at, Attachment.id)
        .limit(MOST),
        policy.viewer_values(desk.actor),
    )
    # Paths, whatever the public address is: the panel's pages show pictures of their own origin only.
    signed = Links.of(desk.vault, links.service(desk.request))
    now = datetime.now(UTC)

    def address(row: Attachment, part: Part) -> str:
        return signed.read(row.id, part, Audience.FEW, now)

    return Files(
        [
            File(
                row.file_name,
                row.size,
                address(row, Part.FILE),
                address(row, Part.THUMBNAIL) if row.thumbnail_size else None,
                row.action_id,
            )
            for row in rows
        ]
    )
