"""Who was reminded of what, and when: reminders of deadlines, digests, and whom the panel tells of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.model.base import Base, Keyed, word
from domain.model.complaint import Deadline
from domain.model.master import Opd
from domain.words import DigestKind, Rung


class Reminder(Keyed):
    """That a rung of the ladder was reached: once for each due time and holder of a deadline."""

    __tablename__ = "reminder"
    __table_args__ = (
        sa.UniqueConstraint("deadline_id", "rung", "due_at", "opd_id", postgresql_nulls_not_distinct=True),
        sa.Index(None, "batch"),
    )

    deadline_id: Mapped[UUID] = mapped_column(sa.ForeignKey("deadline.id", ondelete="CASCADE"))
    rung: Mapped[Rung] = mapped_column(word(Rung, "rung"))
    due_at: Mapped[datetime]
    opd_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("opd.id"))
    """The OPD that held the clock then; None where it was Diskominfo."""
    to_office: Mapped[bool]
    """Diskominfo was told: it holds the clock, the rung is its own, or the OPD has nobody to be told."""
    told: Mapped[int]
    """How many people."""
    batch: Mapped[UUID]
    """What was told in one letter has this in common."""
    at: Mapped[datetime]

    deadline: Mapped[Deadline] = relationship(lazy="raise")
    opd: Mapped[Opd | None] = relationship(lazy="raise")


class Digest(Keyed):
    """What waited with an OPD or Diskominfo on a morning, or the city's figures of a week: made once."""

    __tablename__ = "digest"
    __table_args__ = (
        sa.UniqueConstraint("kind", "opd_id", "day", postgresql_nulls_not_distinct=True),
        sa.Index(None, "at"),
    )

    kind: Mapped[DigestKind] = mapped_column(word(DigestKind, "kind"))
    opd_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("opd.id"))
    day: Mapped[date]
    """The day that it is of; of a week its Monday."""
    at: Mapped[datetime]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """As it was at that moment: tracking codes and figures, nothing of a person and no text of a report."""

    opd: Mapped[Opd | None] = relationship(lazy="raise")


class Notice(Base):
    """That the panel tells an account of a reminder or a digest, and whether they have read it."""

    __tablename__ = "notice"
    __table_args__ = (
        sa.UniqueConstraint("reminder_id", "account_id"),
        sa.UniqueConstraint("digest_id", "account_id"),
        sa.CheckConstraint("(reminder_id IS NULL) <> (digest_id IS NULL)", name="of_one_thing"),
        sa.Index(None, "account_id", "id"),
        sa.Index("ix_notice_unread", "account_id", postgresql_where=sa.text("read_at IS NULL")),
        sa.Index(None, "at"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    reminder_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("reminder.id", ondelete="CASCADE"))
    digest_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("digest.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    reminder: Mapped[Reminder | None] = relationship(lazy="raise")
    digest: Mapped[Digest | None] = relationship(lazy="raise")
