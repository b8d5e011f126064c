"""What is remembered of a merge, so that it can be undone?"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.model.base import Base, word
from domain.words import ComplaintStatus


class Merge(Base):
    """What a merged complaint was before: what undoing the merge gives back."""

    __tablename__ = "complaint_merge"

    complaint_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("complaint.id", ondelete="CASCADE"), primary_key=True
    )
    merged_at: Mapped[datetime]
    """Its stay and its clocks ended at this very moment."""
    status: Mapped[ComplaintStatus] = mapped_column(word(ComplaintStatus, "status"))
    held_from: Mapped[ComplaintStatus | None] = mapped_column(word(ComplaintStatus, "held_from"))
