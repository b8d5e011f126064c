"""The outbox of status changes, and the keys that make a write repeatable."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from domain.model.base import Base, word
from domain.words import ComplaintEventType, ComplaintStatus, EventAudience


class TransactionId(UserDefinedType[Any]):
    """PostgreSQL's xid8: the number of the transaction that wrote the row."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


class Told:
    """What an event tells, wherever it is kept."""

    type: Mapped[ComplaintEventType] = mapped_column(word(ComplaintEventType, "type"))
    complaint_id: Mapped[UUID] = mapped_column(sa.ForeignKey("complaint.id", ondelete="CASCADE"))
    complaint_version: Mapped[int]
    opd_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("opd.id"))
    from_status: Mapped[ComplaintStatus | None] = mapped_column(word(ComplaintStatus, "from_status"))
    to_status: Mapped[ComplaintStatus | None] = mapped_column(word(ComplaintStatus, "to_status"))
    audience: Mapped[EventAudience] = mapped_column(word(EventAudience, "audience"))
    occurred_at: Mapped[datetime]


class ComplaintEvent(Told, Base):
    """One status change, written in the transaction that made it.

    Readers take the rows in the order of `(xid, id)` and only below the snapshot's horizon: an identity
    alone would let a slow transaction's row appear behind a cursor that has already passed it.
    """

    __tablename__ = "complaint_event"
    __table_args__ = (
        sa.UniqueConstraint("complaint_id", "complaint_version"),
        sa.Index(None, "xid", "id"),
        sa.Index(None, "complaint_id", "xid", "id"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    xid: Mapped[Any] = mapped_column(
        TransactionId, server_default=sa.text("pg_current_xact_id()"), nullable=False
    )


class ArchivedEvent(Told, Base):
    """An event that is too old to be offered to followers: kept with its complaint, out of their way."""

    __tablename__ = "complaint_event_archive"
    __table_args__ = (sa.Index(None, "complaint_id"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    xid: Mapped[Any] = mapped_column(TransactionId, nullable=False)


class EventMark(Base):
    """Which event was the last at a moment: by it, a time becomes a place in the sequence.

    What an event tells of may lie far back, as with an imported report; how long followers have been able to
    hear of it is another thing.
    """

    __tablename__ = "event_mark"
    __table_args__ = (
        sa.Index("uq_event_mark_floor", "floor", unique=True, postgresql_where=sa.text("floor")),
    )

    event_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    xid: Mapped[Any] = mapped_column(TransactionId, nullable=False)
    at: Mapped[datetime]
    floor: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Only what comes after this one is offered to followers."""


class EventRestore(Base):
    """That events of a dump were put in order in this cluster: up to which number they came from there."""

    __tablename__ = "event_restore"

    last_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(server_default=sa.func.now())


class FeedPosition(Base):
    """How far somebody within the service has read the sequence of events."""

    __tablename__ = "feed_position"

    reader: Mapped[str] = mapped_column(primary_key=True)
    xid: Mapped[Any] = mapped_column(TransactionId, nullable=False)
    event_id: Mapped[int] = mapped_column(sa.BigInteger)


class IdempotencyKey(Base):
    """A write that a client may repeat: the same key and input get the same answer, and one effect."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        sa.Index(None, "complaint_id"),
        sa.Index(None, "action_id"),
        sa.Index(None, "created_at"),
    )

    scope: Mapped[str] = mapped_column(primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    complaint_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("complaint.id", ondelete="CASCADE"))
    action_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("action.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
