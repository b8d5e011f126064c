"""What becomes of the events when a dump was restored into another cluster?

Their order is by transactions, and those of another cluster mean nothing here: most lie ahead of all that
this one has counted yet. Readers would not see them until it has, and then after events that are newer. The
order is kept, in numbers that this cluster has left behind; what a cursor or a reader's position named, it
still names (`present_event_xid`, `present_event_id`).
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import ColumnElement

from domain.model.event import EventRestore, TransactionId

FIRST = 3
"""PostgreSQL counts ordinary transactions from here on."""

_AHEAD = sa.text(
    "SELECT count(*), max(id) FROM complaint_event WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())"
)
# The events of the dump first, then those that came since. One number serves as long as the identities rise.
_STEPS = """
SELECT id, restored, sum(falls) OVER (ORDER BY restored DESC, xid, id) AS step
  FROM (SELECT id, xid, id <= :last AS restored,
               (id < lag(id) OVER (ORDER BY id <= :last DESC, xid, id))::int AS falls
          FROM complaint_event) AS event
"""
_ROOM = sa.text(
    f"""
SELECT coalesce(max(step) FILTER (WHERE restored), 0) AS of_dump, coalesce(max(step), 0) AS of_all,
       (SELECT coalesce(min(xid), pg_snapshot_xmin(pg_current_snapshot()))::text::bigint
          FROM complaint_event WHERE id > :last) AS floor,
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS now
  FROM ({_STEPS}) AS steps
"""
)
_WRITE = sa.text(
    f"""
UPDATE complaint_event AS e SET xid = ({FIRST} + coalesce(step, 0))::text::xid8
  FROM ({_STEPS}) AS steps WHERE steps.id = e.id AND (restored OR :everything)
"""
)
READERS = ("feed_position", "webhook", "event_mark")
"""Tables that keep places in the sequence: `xid` and `event_id` of the last event; 0 before the first."""

# Who has read none yet stands behind the last event before they began, as the cluster of then counted.
_BEFORE_READER = """
UPDATE {table} AS reader SET event_id = coalesce(
       CASE WHEN xid >= pg_snapshot_xmax(pg_current_snapshot())
            THEN (SELECT id FROM complaint_event AS e WHERE id <= :last AND e.xid < reader.xid
                   ORDER BY e.xid DESC, id DESC LIMIT 1)
            ELSE coalesce((SELECT id FROM complaint_event AS e WHERE id > :last AND e.xid < reader.xid
                            ORDER BY e.xid DESC, id DESC LIMIT 1),
                          (SELECT id FROM complaint_event AS e WHERE id <= :last
                            ORDER BY e.xid DESC, id DESC LIMIT 1)) END, 0)
 WHERE event_id = 0
"""
_FOLLOW = """
UPDATE {table} AS reader
   SET xid = coalesce((SELECT e.xid FROM complaint_event AS e WHERE e.id = reader.event_id), '0')
"""


def present_position(xid: ColumnElement[Any], number: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
    """Where an event lies now that a cursor names, whichever cluster the cursor is from.

    The statement fails where the events after it are not offered any more (`domain.event_age.EXPIRED`).
    """
    return (
        sa.func.offered_event_xid(xid, number, type_=TransactionId),
        sa.func.present_event_id(xid, number, type_=sa.BigInteger),
    )


@dataclass(frozen=True, slots=True)
class Room:
    """What putting the events in order needs."""

    everything: bool
    """The numbers below those of the newer events do not suffice: these get new ones, too."""
    missing: int
    """So many transactions must this cluster count before."""


async def number_ahead(session: AsyncSession) -> int:
    """How many events lie ahead of this cluster: none, unless a dump was restored."""
    number: int = (await session.execute(_AHEAD)).one()[0]
    return number


async def room(session: AsyncSession) -> Room:
    """Whether there are enough numbers."""
    last = (await session.execute(_AHEAD)).one()[1]
    found = (await session.execute(_ROOM, {"last": last})).one()
    if FIRST + found.of_dump < found.floor:
        return Room(everything=False, missing=0)
    return Room(everything=True, missing=max(0, FIRST + found.of_all + 1 - found.now))


async def repair(session: AsyncSession) -> int:
    """Puts the events in the order that they had; returns how many. There must be room; writers wait."""
    await session.execute(sa.text("SET LOCAL statement_timeout = 0"))
    await session.execute(sa.text("LOCK TABLE complaint_event IN SHARE ROW EXCLUSIVE MODE"))
    number, last = (await session.execute(_AHEAD)).one()
    if not number:
        return 0
    needed = await room(session)
    assert not needed.missing
    for table in READERS:
        await session.execute(sa.text(_BEFORE_READER.format(table=table)), {"last": last})
    await session.execute(_WRITE, {"last": last, "everything": needed.everything})
    await session.execute(insert(EventRestore).values(last_id=last).on_conflict_do_nothing())
    for table in READERS:
        await session.execute(sa.text(_FOLLOW.format(table=table)))
    return int(number)
