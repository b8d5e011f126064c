"""The letters (e-mails) that are to be sent, and what became of those that were."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.model.base import Keyed, word
from domain.words import LetterKind, LetterOutcome


class OutgoingLetter(Keyed):
    """A letter on its way: for whom and about what, never an address or a text.

    It is for an account, for a complaint's reporter or, where it names neither, for the head of the office.
    What it says is looked up when it is sent.
    """

    __tablename__ = "letter"
    __table_args__ = (
        sa.UniqueConstraint("once"),
        sa.CheckConstraint("num_nonnulls(account_id, complaint_id) <= 1", name="one_recipient"),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended"),
        sa.Index("ix_letter_waiting", "next_attempt_at", "id", postgresql_where=sa.text("ended_at IS NULL")),
        sa.Index(None, "outcome", "ended_at"),
        sa.Index(None, "account_id"),
        sa.Index(None, "complaint_id"),
    )

    kind: Mapped[LetterKind] = mapped_column(word(LetterKind, "kind"))
    account_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    complaint_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("complaint.id", ondelete="CASCADE"))
    about: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=sa.text("'{}'"))
    """Identifiers and figures only: what names a person, or quotes one, is not written down twice."""
    once: Mapped[str]
    """What it tells, as a key: it is told once, however often a job runs."""
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    """Whoever tries to send it moves this on first, and so has it alone for a while."""
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    smtp_code: Mapped[int | None] = mapped_column(sa.SmallInteger)
    """What the mail server answered last; never its words, which may quote the address."""
    ended_at: Mapped[datetime | None]
    outcome: Mapped[LetterOutcome | None] = mapped_column(word(LetterOutcome, "outcome"))
