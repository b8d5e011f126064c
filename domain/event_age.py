"""Which events are no longer offered to followers, and where do they go?

Each day the end of the sequence is marked. The newest mark that is old enough becomes the floor: what comes
after it is offered, and a cursor before it has expired. A day later, when nobody can be in the midst of
reading them, the events before the floor are moved out of the followers' way, but for those that a webhook
still has before it.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.model.event import ArchivedEvent, ComplaintEvent, EventMark
from domain.model.webhook import Webhook, WebhookDelivery
from domain.sequence import HORIZON, xid_sql
from domain.webhooks.standing import IN_FORCE

EXPIRED = "AD001"
"""The SQLSTATE by which `offered_event_xid` refuses a cursor before the floor; its detail names the floor."""
BATCH = 5_000

_BEGINNING: dict[str, sa.ColumnElement[Any]] = {
    "xid": xid_sql(sa.literal_column("'0'", sa.Text())),
    "event_id": sa.literal_column("0", sa.BigInteger()),
}
_F = EventMark.__table__.alias()
FLOOR = sa.tuple_(
    *(
        sa.func.coalesce(sa.select(_F.c[name]).where(_F.c.floor).scalar_subquery(), first)
        for name, first in _BEGINNING.items()
    )
)
"""The place in the sequence that only later events are offered of."""


async def mark(session: AsyncSession, now: datetime) -> None:
    """Notes which event is the last by now; once, however long it stays the last."""
    e = ComplaintEvent
    last = (
        sa.select(e.id, e.xid, sa.literal(now))
        .where(e.xid < HORIZON)
        .order_by(e.xid.desc(), e.id.desc())
        .limit(1)
    )
    await session.execute(
        insert(EventMark).from_select(["event_id", "xid", "at"], last).on_conflict_do_nothing()
    )


async def raise_floor(session: AsyncSession, before: datetime) -> None:
    """Offers no longer what was there before a moment."""
    m = EventMark
    next_ = await session.scalar(
        sa.select(m.event_id)
        .where(m.at <= before, sa.tuple_(m.xid, m.event_id) > FLOOR)
        .order_by(m.xid.desc(), m.event_id.desc())
        .limit(1)
    )
    if next_ is None:
        return
    await session.execute(sa.update(m).where(m.floor).values(floor=False))
    await session.execute(sa.update(m).where(m.event_id == next_).values(floor=True))
    await session.execute(sa.delete(m).where(sa.tuple_(m.xid, m.event_id) < FLOOR))


async def archive(session: AsyncSession) -> int:
    """Moves some of the events before the floor; how many there were.

    The floor's own stays, and so does one at which a webhook stands: a restored dump finds places by them.
    """
    e: Any = ComplaintEvent.__table__
    place = sa.tuple_(Webhook.xid, Webhook.event_id)
    read_by_all = ~sa.exists().where(IN_FORCE, place <= sa.tuple_(e.c.xid, e.c.id)).correlate(e)
    on_its_way = (
        sa.exists()
        .where(
            WebhookDelivery.event_id == e.c.id,
            WebhookDelivery.next_attempt_at.is_not(None),
            Webhook.id == WebhookDelivery.webhook_id,
            IN_FORCE,
        )
        .correlate(e)
    )
    old = (
        sa.select(e.c.id)
        .where(sa.tuple_(e.c.xid, e.c.id) < FLOOR, read_by_all, ~on_its_way)
        .order_by(e.c.xid, e.c.id)
        .limit(BATCH)
    )
    taken = sa.delete(e).where(e.c.id.in_(old)).returning(*e.c).cte("taken")
    moved = await session.execute(
        insert(ArchivedEvent)
        .from_select([column.name for column in e.c], sa.select(*taken.c))
        .returning(ArchivedEvent.id)
    )
    return len(moved.all())
