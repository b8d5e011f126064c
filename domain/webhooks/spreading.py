"""Which events are on their way to which webhooks? Each webhook reads the one sequence from its own place."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import policy
from domain.actor import Actor
from domain.event_age import FLOOR
from domain.model.event import ComplaintEvent
from domain.model.master import Opd
from domain.model.webhook import Webhook, WebhookDelivery
from domain.sequence import HORIZON, place_sql, xid_sql
from domain.webhooks.standing import IN_FORCE
from domain.words import ViewerKind

BATCH = 500
RECEIVER = Actor(ViewerKind.CLIENT)
"""What a third party sees is what any API client sees."""


async def behind(session: AsyncSession) -> list[UUID]:
    """The webhooks in force that events lie before."""
    later = sa.exists().where(
        sa.tuple_(ComplaintEvent.xid, ComplaintEvent.id) > sa.tuple_(Webhook.xid, Webhook.event_id),
        ComplaintEvent.xid < HORIZON,
    )
    return list(await session.scalars(sa.select(Webhook.id).where(IN_FORCE, later)))


async def spread(session: AsyncSession, key: UUID, now: datetime) -> int:
    """Moves a webhook on over the next events, and has those delivered that are for it; how many it passed.

    What was delivered before, before a replay, is delivered again, under the same `webhook-id`.
    """
    webhook = await session.scalar(
        sa.select(Webhook).where(Webhook.id == key, IN_FORCE).with_for_update(skip_locked=True, of=Webhook)
    )
    if webhook is None:
        return 0
    place = place_sql(webhook.xid, webhook.event_id)
    following = (
        sa.select(sa.cast(ComplaintEvent.xid, sa.Text()), ComplaintEvent.id)
        .where(sa.tuple_(ComplaintEvent.xid, ComplaintEvent.id) > place, ComplaintEvent.xid < HORIZON)
        .order_by(ComplaintEvent.xid, ComplaintEvent.id)
        .limit(BATCH)
    )
    passed = (await session.execute(following)).all()
    if not passed:
        return 0
    numbers = [number for _, number in passed]
    await _deliver(session, webhook, numbers, now)
    xid, webhook.event_id = passed[-1]
    webhook.xid = xid_sql(sa.literal(xid, sa.Text()))
    await session.flush()
    return len(passed)


async def _deliver(session: AsyncSession, webhook: Webhook, numbers: list[int], now: datetime) -> None:
    events = ComplaintEvent.__table__
    wanted = [events.c.id.in_(numbers), policy.sees_event(RECEIVER, events)]
    if webhook.types:
        wanted.append(events.c.type.in_(webhook.types))
    if webhook.opd_codes:
        wanted.append(events.c.opd_id.in_(sa.select(Opd.id).where(Opd.code.in_(webhook.opd_codes))))
    found = await session.scalars(
        sa.select(events.c.id).where(*wanted).order_by(events.c.xid, events.c.id),
        policy.viewer_values(RECEIVER),
    )
    rows = [{"webhook_id": webhook.id, "event_id": number, "next_attempt_at": now} for number in found]
    if not rows:
        return
    again = {"attempts": 0, "next_attempt_at": now, "delivered_at": None, "failed_at": None}
    await session.execute(
        insert(WebhookDelivery)
        .values(rows)
        .on_conflict_do_update(index_elements=["webhook_id", "event_id"], set_=again)
    )


async def replay(session: AsyncSession, webhook: Webhook, xid: str, number: int) -> None:
    """Has everything after a place delivered again; one ahead of its own place changes nothing."""
    ahead = sa.tuple_(Webhook.xid, Webhook.event_id) > place_sql(xid, number)
    await session.execute(
        sa.update(Webhook)
        .where(Webhook.id == webhook.id, ahead)
        .values(xid=xid_sql(sa.literal(xid, sa.Text())), event_id=number)
        .execution_options(synchronize_session=False)
    )


async def place_before(session: AsyncSession, moment: datetime) -> tuple[str, int] | None:
    """The place just before the first event at or after a moment that is still offered; None without one."""
    first = (
        sa.select(sa.cast(ComplaintEvent.xid, sa.Text()), ComplaintEvent.id - 1)
        .where(
            ComplaintEvent.occurred_at >= moment,
            sa.tuple_(ComplaintEvent.xid, ComplaintEvent.id) > FLOOR,
        )
        .order_by(ComplaintEvent.xid, ComplaintEvent.id)
        .limit(1)
    )
    row = (await session.execute(first)).first()
    return None if row is None else (row[0], row[1])
