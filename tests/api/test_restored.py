"""Do followers get every event, in its order, after a dump was restored into another cluster?"""

import asyncio
import time
from typing import Any

import asyncpg
import sqlalchemy as sa

from api.cli.restoring import COUNT_ON
from domain import restored
from domain.model.tables import metadata
from schema.following.places import Position, cursor_of
from tests.commands import ran, told
from tests.following import event, socket, subscribe
from tests.service import VAULT, Service
from tests.steps import verified

AHEAD = 10**9
ALL = "{ events(first: 100, after: %s) { nodes { id cursor } } }"
# As in a dump: far ahead of this cluster; and one transaction that began first and told its event last.
DUMPED = f"""
UPDATE complaint_event
   SET xid = (xid::text::bigint + {AHEAD} - CASE id WHEN {{late}} THEN 50 ELSE 0 END)::text::xid8
"""


def cursor(xid: int, number: int) -> str:
    """What another cluster gave for its event."""
    return cursor_of(VAULT.derived("cursor"), Position(xid, number))


async def listed(service: Service, after: str | None = None) -> list[int]:
    """The events that somebody gets who polls, by their numbers."""
    asked = ALL % (f'"{after}"' if after else "null")
    nodes = (await service.data(asked, await service.office()))["events"]["nodes"]
    return [int(node["id"].partition(":")[2]) for node in nodes]


async def until_listed(service: Service, numbers: list[int]) -> None:
    """Waits for these: transactions of other tests on the same cluster may hold them back."""
    end = time.monotonic() + 120
    while not set(numbers) <= set(await listed(service)):
        assert time.monotonic() < end, "they were not told in time"
        await asyncio.sleep(0.05)


async def order(service: Service) -> dict[int, int]:
    """The numbers of events and of their transactions, in the order of the sequence."""
    async with service.database.write() as session:
        rows = await session.execute(
            sa.text("SELECT id, xid::text::bigint AS xid FROM complaint_event ORDER BY xid, id")
        )
        return {row.id: row.xid for row in rows}


async def test_the_sequence_goes_on_in_another_cluster(service: Service, database_url: str) -> None:
    for number in range(3):
        await verified(service, f"lama{number}")
    async with service.database.write() as session:
        await session.execute(
            sa.text(
                "INSERT INTO feed_position (reader, xid, event_id) VALUES ('uji', '1', 1), ('awal', '1', 0)"
            )
        )
        await session.execute(sa.text(DUMPED.format(late=max(await order(service)))))
    before = await order(service)
    old = list(before)
    assert old[0] == max(old)
    async with service.database.write() as session:
        await session.execute(
            sa.text("UPDATE feed_position SET event_id = :id, xid = CAST(:xid AS xid8) WHERE reader = 'uji'"),
            {"id": old[2], "xid": before[old[2]]},
        )
        # One that had read nothing yet when it began, between the third event and the fourth.
        await session.execute(
            sa.text("UPDATE feed_position SET xid = CAST(:xid AS xid8) WHERE reader = 'awal'"),
            {"xid": before[old[3]]},
        )
        # And one that began here, after the dump was restored.
        await session.execute(
            sa.text("INSERT INTO feed_position VALUES ('kini', pg_snapshot_xmin(pg_current_snapshot()), 0)")
        )
    await verified(service, "baru")
    new = [number for number in sorted(before | (await order(service))) if number not in before]
    await until_listed(service, new)
    assert await listed(service) == new  # this is why something must be done
    status, said = await ran(service, database_url, "doctor")
    assert (status, "Events: 6 are from another cluster" in said) == (1, True)

    assert "6 events are in their order again" in await told(service, database_url, "events", "repair")
    assert list(await order(service)) == await listed(service) == old + new
    assert "nothing was changed" in await told(service, database_url, "events", "repair")
    assert "ok     Events: in order." in (await ran(service, database_url, "doctor"))[1]
    for place, number in enumerate(old):
        assert await listed(service, cursor(before[number], number)) == (old + new)[place + 1 :]
    # What the other cluster told after the dump was made is lost; its numbers are others' now.
    assert (await listed(service, cursor(AHEAD * 2, max(new))))[-2:] == new
    assert set(new) <= set(await listed(service, cursor(AHEAD * 2, new[0])))
    async with socket(service.socket_url, await service.office()) as follower:
        await subscribe(follower, after=cursor(before[old[3]], old[3]))
        seen: list[Any] = [await event(follower) for _ in range(len(old[4:] + new))]
        assert [each["cursor"] for each in seen][-1] == cursor((await order(service))[new[-1]], new[-1])
    async with service.database.write() as session:
        kept = await session.execute(sa.text("SELECT reader, event_id, xid::text FROM feed_position"))
        places = {reader: (number, int(xid)) for reader, number, xid in kept}
    third, last_of_dump, now = old[2], old[-1], await order(service)
    assert places == {
        "uji": (third, now[third]),
        "awal": (third, now[third]),
        "kini": (last_of_dump, now[last_of_dump]),
    }

    # Too few numbers below the newer events: these are counted anew, too, and the order is the same.
    async with service.database.write() as session:
        await session.execute(
            sa.text(
                f"""UPDATE complaint_event SET xid = (CASE WHEN id = ANY (:new) THEN id - {new[0]} + 4
                                                     ELSE {AHEAD} - id END)::text::xid8"""
            ),
            {"new": new},
        )
        assert (await restored.room(session)) == restored.Room(everything=True, missing=0)
    await told(service, database_url, "events", "repair")
    assert await listed(service) == sorted(old, reverse=True) + new


def test_every_reader_is_known() -> None:
    kept = {table.name for table in metadata.tables.values() if "xid" in table.columns}
    assert kept - {"complaint_event", "complaint_event_archive", "audit_entry"} == set(restored.READERS)


async def test_numbers_are_made_where_there_are_too_few(database_url: str) -> None:
    connection: asyncpg.Connection[Any] = await asyncpg.connect(database_url)
    now = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    before = await connection.fetchval(now)
    await connection.execute(COUNT_ON.format(number=40))
    assert await connection.fetchval(now) >= before + 40
    await connection.close()
