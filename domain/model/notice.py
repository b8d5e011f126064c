"""What staff and reporters are told: reminders, digests, notices in the panel, and the outbox of e-mails."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.model.base import Base, Keyed, word
from domain.model.event import TransactionId
from domain.notice_words import EmailKind, EmailOutcome, NoticeKind, Recipient
from domain.words import Clock


class Reminder(Keyed):
    """That whoever holds a complaint was reminded of a deadline: once for each rung of the ladder.

    A deadline that has moved, and a complaint that another OPD has now, begin the ladder anew.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        sa.UniqueConstraint("deadline_id", "kind", "due_at", "opd_id", postgresql_nulls_not_distinct=True),
        sa.Index(None, "opd_id"),
    )

    deadline_id: Mapped[UUID] = mapped_column(sa.ForeignKey("deadline.id", ondelete="CASCADE"))
    kind: Mapped[NoticeKind] = mapped_column(word(NoticeKind, "kind"))
    due_at: Mapped[datetime]
    opd_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("opd.id"))
    """The OPD that was reminded; None is Diskominfo."""
    created_at: Mapped[datetime]


class Digest(Keyed):
    """That a digest was made up for a day, or for a week by its Monday; also where it had nothing to tell."""

    __tablename__ = "digest"
    __table_args__ = (
        sa.UniqueConstraint("kind", "opd_id", "day", postgresql_nulls_not_distinct=True),
        sa.Index(None, "opd_id"),
        sa.Index(None, "day"),
    )

    kind: Mapped[NoticeKind] = mapped_column(word(NoticeKind, "kind"))
    opd_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("opd.id"))
    day: Mapped[date]
    created_at: Mapped[datetime]


class StaffNotice(Keyed):
    """Pemberitahuan: what one account is told in the panel."""

    __tablename__ = "staff_notice"
    __table_args__ = (
        sa.Index(None, "account_id", "created_at", "id"),
        sa.Index("ix_staff_notice_unread", "account_id", postgresql_where=sa.text("read_at IS NULL")),
        sa.Index(None, "complaint_id"),
    )

    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    kind: Mapped[NoticeKind] = mapped_column(word(NoticeKind, "kind"))
    complaint_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("complaint.id", ondelete="CASCADE"))
    clock: Mapped[Clock | None] = mapped_column(word(Clock, "clock"))
    due_at: Mapped[datetime | None]
    complaints: Mapped[int | None]
    """How many complaints a digest tells of."""
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class Email(Keyed):
    """One e-mail on its way: written in the transaction of what it tells, sent afterwards by the worker.

    It holds facts, never an address or anything else about a person.
    """

    __tablename__ = "email"
    __table_args__ = (
        sa.UniqueConstraint("event_id"),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended"),
        sa.CheckConstraint(
            "(recipient = 'ACCOUNT') = (account_id IS NOT NULL)"
            " AND (recipient = 'OPD') = (opd_id IS NOT NULL)"
            " AND (recipient = 'REPORTER') = (complaint_id IS NOT NULL)",
            name="addressed",
        ),
        sa.Index("ix_email_waiting", "next_attempt_at", postgresql_where=sa.text("ended_at IS NULL")),
        sa.Index("ix_email_failed", "ended_at", postgresql_where=sa.text("outcome = 'FAILED'")),
        sa.Index(None, "ended_at"),
        sa.Index(None, "account_id"),
        sa.Index(None, "opd_id"),
        sa.Index(None, "complaint_id"),
    )

    kind: Mapped[EmailKind] = mapped_column(word(EmailKind, "kind"))
    recipient: Mapped[Recipient] = mapped_column(word(Recipient, "recipient"))
    account_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    opd_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("opd.id"))
    complaint_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("complaint.id", ondelete="CASCADE"))
    """Whose reporter it is for."""
    event_id: Mapped[int | None] = mapped_column(
        sa.BigInteger, sa.ForeignKey("complaint_event.id", ondelete="CASCADE")
    )
    """The change that it tells a reporter of: one e-mail for each."""
    facts: Mapped[Any] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_attempt_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[EmailOutcome | None] = mapped_column(word(EmailOutcome, "outcome"))
    problem: Mapped[str | None]
    """Why the last attempt failed: the server's code, never its words, which may quote the address."""


class EventReader(Base):
    """How far a reader of the events has come; it goes on behind this one."""

    __tablename__ = "event_reader"

    name: Mapped[str] = mapped_column(primary_key=True)
    xid: Mapped[Any] = mapped_column(TransactionId, nullable=False)
    event_id: Mapped[int] = mapped_column(sa.BigInteger)
