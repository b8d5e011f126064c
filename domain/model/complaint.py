"""A complaint with all that hangs on it: reporter, custody, actions, deadlines, supporters."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE
from sqlalchemy.dialects.postgresql.ranges import MultiRange
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.model.base import Base, Keyed, not_blank, word
from domain.model.master import Area, Category, Opd, SlaRule
from domain.model.search import SEARCH_PERIODS, SEARCH_TEXT, SEARCH_TYPE
from domain.words import (
    ActionKind,
    Channel,
    Classification,
    Clock,
    ComplaintStatus,
    DispositionOutcome,
    Privacy,
    Visibility,
)

TITLE_MAX = 200
BODY_MAX = 10_000
UNPUBLISHED = "verified_at IS NULL OR status = 'ARCHIVED'"
"""Complaints that the public knows nothing of, as the index of them says it."""

BY_TIME = "submitted_at NULLS FIRST", "id NULLS FIRST"


class Complaint(Keyed):
    """Aduan: one report of a citizen, from its submission to its end."""

    __tablename__ = "complaint"
    __table_args__ = (
        sa.UniqueConstraint("tracking_code"),
        sa.UniqueConstraint("external_tracking_id"),
        sa.UniqueConstraint("access_token_hash"),
        not_blank("title", TITLE_MAX),
        not_blank("body", BODY_MAX),
        sa.CheckConstraint("version > 0", name="version_positive"),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name="rating_range"),
        sa.CheckConstraint("supporter_count >= 0 AND reopened_count >= 0", name="counts_not_negative"),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL) AND latitude BETWEEN -90 AND 90"
            " AND longitude BETWEEN -180 AND 180",
            name="position",
        ),
        sa.CheckConstraint(
            "status NOT IN ('DISPATCHED','IN_PROGRESS','ANSWERED') OR opd_id IS NOT NULL",
            name="held_by_opd",
        ),
        sa.CheckConstraint("(status = 'COMPLETED') = (completed_at IS NOT NULL)", name="completed"),
        sa.CheckConstraint("(status = 'MERGED') = (merged_into_id IS NOT NULL)", name="merged"),
        sa.CheckConstraint("(status = 'ON_HOLD') = (held_from IS NOT NULL)", name="held"),
        sa.CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        sa.Index(None, "submitted_at", "id"),
        sa.Index(None, "updated_at", "id"),
        sa.Index("ix_complaint_due", sa.text("coalesce(due_at, 'infinity')"), "id"),
        sa.Index("ix_complaint_due_last", sa.text("coalesce(due_at, '-infinity')"), "id"),
        # What the public's lists hold: counted without a look at the rows themselves.
        sa.Index(
            "ix_complaint_public",
            "opd_id",
            "submitted_at",
            "id",
            postgresql_where=sa.text(
                "verified_at IS NOT NULL AND status <> 'ARCHIVED' AND privacy <> 'CONFIDENTIAL'"
                " AND status <> 'MERGED'"
            ),
        ),
        sa.Index(None, "supporter_count", "id"),
        sa.Index(None, "opd_id", "submitted_at"),
        # The rows of each value in the order of time, which is another than that of all rows: what asks for
        # it finds those of a rare value, too, without a walk through all of time.
        *(
            sa.Index(f"ix_complaint_of_{name}", *columns, sa.text(BY_TIME[0]), sa.text(BY_TIME[1]))
            for name, columns in {
                "status": ("status",),
                "opd": ("opd_id", "status"),
                "category": ("category_id", "status"),
                "area": ("area_id", "status"),
                "channel": ("channel", "status"),
            }.items()
        ),
        sa.Index(None, "merged_into_id"),
        sa.Index(None, "latitude", "longitude"),
        sa.Index(
            "ix_complaint_figures",
            "submitted_at",
            postgresql_include=[
                *("id", "status", "privacy", "channel", "opd_id", "category_id", "area_id", "rating"),
                *("verified_at", "dispatched_at", "first_responded_at", "completed_at", "due_at"),
            ],
        ),
        sa.Index("ix_complaint_unpublished", "submitted_at", postgresql_where=sa.text(UNPUBLISHED)),
        # The words of a stretch of time are found without a look at those before and after it.
        sa.Index("ix_complaint_search", "search", sa.text(SEARCH_PERIODS), postgresql_using="gin"),
    )

    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012 - SQLAlchemy's own

    tracking_code: Mapped[str]
    external_tracking_id: Mapped[str | None]
    channel: Mapped[Channel] = mapped_column(word(Channel, "channel"))
    classification: Mapped[Classification] = mapped_column(word(Classification, "classification"))
    supervised: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    category_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("category.id"))
    title: Mapped[str]
    body: Mapped[str]
    privacy: Mapped[Privacy] = mapped_column(word(Privacy, "privacy"))
    status: Mapped[ComplaintStatus] = mapped_column(word(ComplaintStatus, "status"))
    held_from: Mapped[ComplaintStatus | None] = mapped_column(word(ComplaintStatus, "held_from"))
    submitted_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    first_responded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    latitude: Mapped[float | None] = mapped_column(sa.Double)
    longitude: Mapped[float | None] = mapped_column(sa.Double)
    address: Mapped[str | None]
    area_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("area.id"))
    opd_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("opd.id"))
    requested_opd_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("opd.id"))
    due_at: Mapped[datetime | None]
    """The earliest due time of the clocks that run against the city; kept by `domain.clocks`."""
    supporter_count: Mapped[int] = mapped_column(default=0, server_default="0")
    reopened_count: Mapped[int] = mapped_column(default=0, server_default="0")
    rating: Mapped[int | None] = mapped_column(sa.SmallInteger)
    rating_comment: Mapped[str | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("complaint.id"))
    access_token_hash: Mapped[bytes | None]
    client_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("api_client.id"))
    search: Mapped[Any] = mapped_column(
        SEARCH_TYPE, sa.Computed(SEARCH_TEXT, persisted=True), deferred=True, nullable=False
    )
    import_fingerprint: Mapped[bytes | None]
    """What an import left: the version, then a digest of the row (`domain.importing.fingerprint`)."""

    category: Mapped[Category | None] = relationship(lazy="raise")
    area: Mapped[Area | None] = relationship(lazy="raise")
    opd: Mapped[Opd | None] = relationship(lazy="raise", foreign_keys=[opd_id])
    dispositions: Mapped[list["Disposition"]] = relationship(
        lazy="raise", order_by="Disposition.started_at, Disposition.id", back_populates="complaint"
    )
    actions: Mapped[list["Action"]] = relationship(
        lazy="raise",
        foreign_keys="Action.complaint_id",
        order_by="Action.created_at, Action.id",
        back_populates="complaint",
    )
    deadlines: Mapped[list["Deadline"]] = relationship(lazy="raise", order_by="Deadline.started_at")

    def __str__(self) -> str:
        return self.tracking_code


class Reporter(Base):
    """Who reported it: each field encrypted, in a table of its own that few queries touch."""

    __tablename__ = "reporter"

    complaint_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("complaint.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[bytes | None]
    email: Mapped[bytes | None]
    phone: Mapped[bytes | None]
    mail_stopped_at: Mapped[datetime | None]
    """Since when they want no news of this report by e-mail."""


class IdentityReading(Keyed):
    """That somebody read an anonymous reporter's identity: who, when, and what they said why."""

    __tablename__ = "identity_reading"
    __table_args__ = (sa.Index(None, "complaint_id"), sa.Index(None, "account_id"))

    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaint.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("account.id"))
    read_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    reason: Mapped[str | None]


class Disposition(Keyed):
    """One stay of a complaint with one OPD; a complaint has at most one that is open."""

    __tablename__ = "disposition"
    __table_args__ = (
        sa.CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended"),
        sa.CheckConstraint("ended_at >= started_at", name="period"),
        sa.Index(
            "uq_disposition_open", "complaint_id", unique=True, postgresql_where=sa.text("ended_at IS NULL")
        ),
        sa.Index(None, "complaint_id", "started_at"),
        sa.Index(None, "opd_id", "complaint_id"),
    )

    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaint.id", ondelete="CASCADE"))
    opd_id: Mapped[UUID] = mapped_column(sa.ForeignKey("opd.id"))
    opd_name: Mapped[str]
    instruction: Mapped[str | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[DispositionOutcome | None] = mapped_column(word(DispositionOutcome, "outcome"))
    reason: Mapped[str | None]
    suggested_opd_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("opd.id"))

    complaint: Mapped[Complaint] = relationship(lazy="raise", back_populates="dispositions")
    opd: Mapped[Opd] = relationship(lazy="raise", foreign_keys=[opd_id])


class Action(Keyed):
    """Tindak lanjut: what was done or said about a complaint."""

    __tablename__ = "action"
    __table_args__ = (
        not_blank("body", BODY_MAX),
        sa.Index(None, "complaint_id", "created_at", "id"),
        sa.Index(None, "opd_id"),
        sa.Index(None, "sent_to_id", postgresql_where=sa.text("sent_to_id IS NOT NULL")),
    )

    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaint.id", ondelete="CASCADE"))
    kind: Mapped[ActionKind] = mapped_column(word(ActionKind, "kind"))
    visibility: Mapped[Visibility] = mapped_column(word(Visibility, "visibility"))
    body: Mapped[str]
    opd_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("opd.id"))
    author_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("account.id"))
    author_name: Mapped[str | None]
    from_status: Mapped[ComplaintStatus | None] = mapped_column(word(ComplaintStatus, "from_status"))
    to_status: Mapped[ComplaintStatus | None] = mapped_column(word(ComplaintStatus, "to_status"))
    sent_to_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("complaint.id", ondelete="SET NULL"))
    """The merged complaint by whose code it came here."""
    created_at: Mapped[datetime]

    complaint: Mapped[Complaint] = relationship(
        lazy="raise", foreign_keys=[complaint_id], back_populates="actions"
    )
    opd: Mapped[Opd | None] = relationship(lazy="raise")


class Deadline(Keyed):
    """One run of a clock on a complaint, with the due time that was worked out when it started."""

    __tablename__ = "deadline"
    __table_args__ = (
        sa.CheckConstraint("due_at > started_at", name="due_after_start"),
        sa.CheckConstraint("ended_at >= started_at", name="period"),
        sa.Index(
            "uq_deadline_running",
            "complaint_id",
            "clock",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index(None, "complaint_id", "clock", "started_at"),
        sa.Index(
            "ix_deadline_resolution",
            "complaint_id",
            postgresql_include=["ended_at", "due_at"],
            postgresql_where=sa.text("clock = 'RESOLUTION'"),
        ),
        sa.Index(None, "rule_id"),
        # What is due soon, or late, among the clocks that run.
        sa.Index(
            "ix_deadline_running",
            "due_at",
            postgresql_where=sa.text("ended_at IS NULL AND paused_at IS NULL"),
        ),
    )

    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaint.id", ondelete="CASCADE"))
    clock: Mapped[Clock] = mapped_column(word(Clock, "clock"))
    rule_id: Mapped[UUID] = mapped_column(
        # Deferrable: a rule may go in the transaction that gives its deadlines another one.
        sa.ForeignKey("sla_rule.id", deferrable=True, initially="IMMEDIATE")
    )
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    pauses: Mapped[MultiRange[datetime]] = mapped_column(
        TSTZMULTIRANGE, default=MultiRange[datetime], server_default=sa.text("'{}'")
    )
    """The pauses that are over: their working days are added to the rule's."""

    rule: Mapped[SlaRule] = relationship(lazy="raise")


class Supporter(Base):
    """That somebody supports a complaint: once per key, which is stored hashed."""

    __tablename__ = "supporter"
    __table_args__ = (sa.Index(None, "sent_to_id", postgresql_where=sa.text("sent_to_id IS NOT NULL")),)

    complaint_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("complaint.id", ondelete="CASCADE"), primary_key=True
    )
    key_hash: Mapped[bytes] = mapped_column(primary_key=True)
    sent_to_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("complaint.id", ondelete="SET NULL"))
    """The merged complaint that they meant to support: undoing the merge gives them back to it."""
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
