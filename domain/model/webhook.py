"""Who is told of events by webhook, and what became of each event on its way there."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.model.base import Keyed, word
from domain.model.event import TransactionId
from domain.words import DeliveryFault, WebhookStop


class Webhook(Keyed):
    """An address of a third party that is told of events."""

    __tablename__ = "webhook"
    __table_args__ = (
        sa.Index(None, "client_id"),
        sa.CheckConstraint("(stopped_because IS NULL) = active", name="stopped"),
    )

    client_id: Mapped[UUID] = mapped_column(sa.ForeignKey("api_client.id", ondelete="CASCADE"))
    url: Mapped[str]
    secret: Mapped[bytes]
    """Sealed, as is the one before."""
    former_secret: Mapped[bytes | None]
    """Signs beside the present one until the receiver has changed over."""
    former_secret_until: Mapped[datetime | None]
    types: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    """Empty for all, as are the OPDs."""
    opd_codes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    active: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    stopped_because: Mapped[WebhookStop | None] = mapped_column(word(WebhookStop, "stopped_because"))
    xid: Mapped[Any] = mapped_column(
        TransactionId, server_default=sa.text("pg_snapshot_xmin(pg_current_snapshot())"), nullable=False
    )
    """With `event_id` the place in the sequence of events up to which deliveries were made of them."""
    event_id: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    failing_since: Mapped[datetime | None]
    """When the first of the failures was that no success came after."""
    wait_until: Mapped[datetime | None]
    """The receiver asked for patience (Retry-After): nothing is sent before."""
    last_delivered_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())


class WebhookDelivery(Keyed):
    """One event on its way to one webhook; its key is the message's `webhook-id` at every attempt."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        sa.UniqueConstraint("webhook_id", "event_id"),
        sa.Index(None, "event_id"),
        sa.Index(
            "ix_webhook_delivery_due",
            "webhook_id",
            "next_attempt_at",
            postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
        ),
        sa.Index(
            "ix_webhook_delivery_failed", "webhook_id", postgresql_where=sa.text("failed_at IS NOT NULL")
        ),
        sa.Index("ix_webhook_delivery_ended", sa.text("coalesce(delivered_at, failed_at)")),
    )

    webhook_id: Mapped[UUID] = mapped_column(sa.ForeignKey("webhook.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(
        sa.BigInteger, sa.ForeignKey("complaint_event.id", ondelete="CASCADE")
    )
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_attempt_at: Mapped[datetime | None]
    """None once it was delivered or given up."""
    last_attempt_at: Mapped[datetime | None]
    last_status: Mapped[int | None] = mapped_column(sa.SmallInteger)
    """What the receiver answered, as a status of HTTP."""
    last_fault: Mapped[DeliveryFault | None] = mapped_column(word(DeliveryFault, "last_fault"))
    """Why there was no answer."""
    delivered_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    """When it was given up: a dead letter, which a replay sends again."""
