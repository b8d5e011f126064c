"""What was done with what the service holds of a reporter: handed out, erased, made unreadable."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.model.base import Keyed, word
from domain.words import PrivacyActKind


class PrivacyAct(Keyed):
    """One such act. Who did it stands in the audit trail, which watches this table."""

    __tablename__ = "privacy_act"
    __table_args__ = (sa.Index(None, "complaint_id"),)

    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaint.id", ondelete="CASCADE"))
    kind: Mapped[PrivacyActKind] = mapped_column(word(PrivacyActKind, "kind"))
    at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
