"""What is remembered of a merge until it can no longer be undone?"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.model.base import Base, word
from domain.words import ComplaintStatus


class Merge(Base):
    """What a complaint was before it became part of another one: what undoing the merge gives back."""

    __tablename__ = "complaint_merge"
    __table_args__ = (sa.Index(None, "into_id"),)

    complaint_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("complaint.id", ondelete="CASCADE"), primary_key=True
    )
    into_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaint.id", ondelete="CASCADE"))
    merged_at: Mapped[datetime]
    status: Mapped[ComplaintStatus] = mapped_column(word(ComplaintStatus, "status"))
    held_from: Mapped[ComplaintStatus | None] = mapped_column(word(ComplaintStatus, "held_from"))
