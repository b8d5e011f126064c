"""Attachments: what is known of each, and whose contents are still to be removed."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.model.base import Base

UNUSED = "complaint_id IS NULL AND action_id IS NULL"


class Attachment(Base):
    """A picture or document of a report or of an action; its content lies in the object store."""

    __tablename__ = "attachment"
    __table_args__ = (
        sa.UniqueConstraint("folder"),
        sa.CheckConstraint("size > 0", name="size_positive"),
        sa.CheckConstraint("num_nonnulls(complaint_id, action_id) <= 1", name="one_owner"),
        sa.CheckConstraint("(stored_at IS NULL) = (digest IS NULL)", name="stored"),
        sa.CheckConstraint(f"stored_at IS NOT NULL OR ({UNUSED})", name="attached_is_stored"),
        sa.Index(None, "complaint_id"),
        sa.Index(None, "action_id"),
        sa.Index("ix_attachment_unused", "created_at", postgresql_where=sa.text(UNUSED)),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    """Random, and no UUIDv7: until it is attached, whoever knows it may attach it."""
    complaint_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("complaint.id", ondelete="CASCADE"))
    action_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("action.id", ondelete="CASCADE"))
    owner_id: Mapped[UUID | None]
    """The account or API client that reserved it, and alone may attach it; null for the public."""
    file_name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int] = mapped_column(sa.BigInteger)
    """In bytes: as announced, and then as stored."""
    folder: Mapped[UUID] = mapped_column(default=uuid4, server_default=sa.func.gen_random_uuid())
    """Where its objects lie. The address of the upload names it, and so does not give the `id` away."""
    digest: Mapped[bytes | None]
    """Of what was sent, so that a repeat of it is known. It names the object."""
    stored_at: Mapped[datetime | None]
    thumbnail_size: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())


class AttachmentRemoval(Base):
    """Objects of an attachment that is gone; a trigger writes it, whatever deleted the attachment."""

    __tablename__ = "attachment_removal"

    folder: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
