"""What is due to be sent, and what follows from an answer? By the schedule of Standard Webhooks."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import ColumnElement

from domain import policy
from domain.batches import Write, delete_all
from domain.model.complaint import Complaint
from domain.model.event import ComplaintEvent
from domain.model.master import Opd
from domain.model.webhook import Webhook, WebhookDelivery
from domain.webhooks import endpoints
from domain.webhooks.spreading import RECEIVER
from domain.webhooks.standing import IN_FORCE
from domain.webhooks.telling import tell_of_stop
from domain.words import DeliveryFault, WebhookStop

DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long after each failure the next attempt is; after the last of them a delivery is given up."""
JITTER = 0.1
MOST_PATIENCE = timedelta(hours=24)
"""A receiver may ask for no more (Retry-After)."""
FAILING = timedelta(days=5)
"""A webhook that nothing came through to for so long is stopped."""
GONE = 410
KEPT = timedelta(days=30)
"""How long the log knows of a message that was delivered, or of one that was given up."""
BATCH = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to: a status of HTTP, or why there was none."""

    status: int | None = None
    fault: DeliveryFault | None = None
    retry_after: timedelta | None = None

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Message:
    """One event as it is told to a webhook."""

    delivery_id: UUID
    event_id: int
    xid: str
    complaint_id: UUID
    type: str
    occurred_at: datetime
    tracking_code: str
    version: int
    from_status: str | None
    to_status: str | None
    opd_code: str | None


async def due_webhooks(session: AsyncSession, now: datetime) -> list[UUID]:
    """The webhooks in force that something is to be sent to now."""
    waiting = sa.exists().where(
        WebhookDelivery.webhook_id == Webhook.id, WebhookDelivery.next_attempt_at <= now
    )
    return list(await session.scalars(sa.select(Webhook.id).where(*_may_be_sent_to(now), waiting)))


async def in_force(session: AsyncSession, key: UUID, now: datetime) -> Webhook | None:
    """The webhook, where something may be sent to it now."""
    found: Webhook | None = await session.scalar(
        sa.select(Webhook).where(Webhook.id == key, *_may_be_sent_to(now))
    )
    return found


def _may_be_sent_to(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return IN_FORCE, sa.or_(Webhook.wait_until.is_(None), Webhook.wait_until <= now)


async def due_messages(session: AsyncSession, key: UUID, now: datetime) -> Sequence[Message]:
    """What is to be sent to a webhook now, in the order of the sequence; each is judged once more.

    What the receiver may no longer hear of is not sent, and forgotten.
    """
    e, c = ComplaintEvent.__table__, Complaint.__table__
    due = sa.and_(WebhookDelivery.webhook_id == key, WebhookDelivery.next_attempt_at <= now)
    hidden = (
        sa.select(WebhookDelivery.id)
        .join(e, e.c.id == WebhookDelivery.event_id)
        .where(due, sa.not_(policy.sees_event(RECEIVER, e)))
    )
    forgotten = sa.delete(WebhookDelivery).where(WebhookDelivery.id.in_(hidden))
    await session.execute(
        forgotten, policy.viewer_values(RECEIVER), execution_options={"synchronize_session": False}
    )
    rows = await session.execute(
        sa.select(
            WebhookDelivery.id.label("delivery_id"),
            e.c.id.label("event_id"),
            sa.cast(e.c.xid, sa.Text()).label("xid"),
            e.c.complaint_id,
            sa.cast(e.c.type, sa.Text()).label("type"),
            e.c.occurred_at,
            c.c.tracking_code,
            e.c.complaint_version.label("version"),
            sa.cast(e.c.from_status, sa.Text()).label("from_status"),
            sa.cast(e.c.to_status, sa.Text()).label("to_status"),
            Opd.code.label("opd_code"),
        )
        .join(e, e.c.id == WebhookDelivery.event_id)
        .join(c, c.c.id == e.c.complaint_id)
        .outerjoin(Opd, Opd.id == e.c.opd_id)
        .where(due)
        .order_by(e.c.xid, e.c.id)
        .limit(BATCH)
    )
    return [Message(**row) for row in rows.mappings()]


async def settle(
    session: AsyncSession, key: UUID, delivery_id: UUID, outcome: Outcome, now: datetime
) -> WebhookStop | None:
    """Writes down what an attempt came to, and when the next is; why the webhook is stopped, if it is."""
    webhook = await session.scalar(sa.select(Webhook).where(Webhook.id == key).with_for_update())
    delivery = await session.scalar(
        sa.select(WebhookDelivery).where(WebhookDelivery.id == delivery_id).with_for_update()
    )
    if webhook is None or delivery is None:
        return None
    delivery.attempts += 1
    delivery.last_attempt_at, delivery.last_status, delivery.last_fault = now, outcome.status, outcome.fault
    if outcome.delivered:
        delivery.delivered_at, delivery.next_attempt_at, delivery.failed_at = now, None, None
        webhook.last_delivered_at, webhook.failing_since = now, None
        await session.flush()
        return None
    delivery.next_attempt_at = next_attempt(delivery.attempts, outcome.retry_after, now)
    if delivery.next_attempt_at is None:
        delivery.failed_at = now
    if outcome.retry_after is not None:
        webhook.wait_until = now + min(outcome.retry_after, MOST_PATIENCE)
    webhook.failing_since = webhook.failing_since or now
    because: WebhookStop | None = None
    if webhook.active and outcome.status == GONE:
        because = WebhookStop.GONE
    elif webhook.active and now - webhook.failing_since >= FAILING:
        because = WebhookStop.FAILING
    if because is not None:
        endpoints.stop(webhook, because)
        await tell_of_stop(session, webhook, because, now)
    await session.flush()
    return because


async def forget(write: Write, now: datetime) -> int:
    """Takes what ended long ago out of the log; how many there were."""
    ended = sa.func.coalesce(WebhookDelivery.delivered_at, WebhookDelivery.failed_at)
    old = sa.and_(ended < now - KEPT, WebhookDelivery.next_attempt_at.is_(None))
    return await delete_all(write, WebhookDelivery, old)


def next_attempt(attempts: int, retry_after: timedelta | None, now: datetime) -> datetime | None:
    """When a delivery is tried again after so many attempts; None when it is given up."""
    if attempts > len(DELAYS):
        return None
    delay = DELAYS[attempts - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load
    if retry_after is not None:
        delay = max(delay, min(retry_after, MOST_PATIENCE))
    return now + delay
