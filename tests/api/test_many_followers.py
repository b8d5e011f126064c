"""A thousand followers cost little more than one: shared readings, a seam without gap, and slow readers."""

import asyncio
import json
import socket as sockets
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest
import sqlalchemy as sa
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from domain.words import ClientScope
from schema.following.feed import BATCH, Stretch, ToldEvent
from schema.following.followers import RECENT_MOST, WAITING_MOST, End, Ended, Follower, Followers
from schema.following.places import Position
from tests.following import PROTOCOL, event, message, socket, subscribe, until
from tests.service import Service

SHORT = "subscription ($after: String) { complaintEvents(after: $after) { type trackingCode cursor } }"


class _Wakes:
    """Wakes that a test calls itself."""

    def __init__(self) -> None:
        self.generation = 0
        self._news = asyncio.Event()

    async def changed(self, since: int) -> int:
        while self.generation == since:
            await self._news.wait()
        return self.generation

    def tell(self) -> None:
        self.generation += 1
        news, self._news = self._news, asyncio.Event()
        news.set()


class _Sequence:
    """A reading of numbered events that a test adds to."""

    def __init__(self, key: str = "same") -> None:
        self.key = key
        self.last = 0
        self.reads = 0

    async def after(self, position: Position) -> Stretch:
        self.reads += 1
        end = min(self.last, position.xid + BATCH)
        found = [ToldEvent(Position(n, 0), str(n).encode()) for n in range(position.xid + 1, end + 1)]
        await asyncio.sleep(0)
        return Stretch(found, Position(end, 0), is_last=len(found) < BATCH)


async def _numbers(follower: Follower, count: int) -> list[int]:
    async with asyncio.timeout(60):
        return [(await anext(follower)).position.xid for _ in range(count)]


async def test_who_joins_at_any_moment_misses_nothing_and_hears_nothing_twice() -> None:
    wakes, sequence = _Wakes(), _Sequence()
    followers = Followers(wakes)
    total = RECENT_MOST + 1_000
    first = followers.follow(sequence, Position(0, 0), from_now=True)  # type: ignore[arg-type]
    reading = asyncio.create_task(_numbers(first, total))

    async def join(start: int) -> list[int]:
        follower = followers.follow(sequence, Position(start, 0), from_now=False)  # type: ignore[arg-type]
        numbers = await _numbers(follower, total - start)
        await follower.aclose()
        return numbers

    joined = []
    for step in range(20):
        sequence.last += total // 20
        wakes.tell()
        await asyncio.sleep(0)
        joined += [
            asyncio.create_task(join(start)) for start in (0, sequence.last // 2, sequence.last - step)
        ]
        await asyncio.sleep(0.001)
    assert await reading == list(range(1, total + 1))
    for numbers in await asyncio.gather(*joined):
        assert numbers == list(range(total - len(numbers) + 1, total + 1))
    assert followers.readings == 1
    await first.aclose()
    assert followers.readings == 0


async def test_who_had_read_all_before_others_began_joins_them_only_where_nothing_lies_between() -> None:
    class Held(_Sequence):
        async def after(self, position: Position) -> Stretch:
            found = await super().after(position)
            await answered.wait()
            return found

    answered, sequence = asyncio.Event(), Held()
    followers = Followers(_Wakes())
    early = followers.follow(sequence, Position(0, 0), from_now=False)  # type: ignore[arg-type]
    reading = asyncio.create_task(_numbers(early, 3))
    await until(lambda: sequence.reads == 1)
    # What it will find is nothing; three come, and somebody begins after them, before it hears so.
    sequence.last = 3
    later = followers.follow(sequence, Position(3, 0), from_now=True)  # type: ignore[arg-type]
    waiting = asyncio.create_task(anext(later))
    await until(lambda: followers.readings == 1)
    answered.set()
    assert await reading == [1, 2, 3]
    later.end(End.STOPPING)
    with pytest.raises(Ended):
        await waiting
    await early.aclose()


async def test_who_is_slow_reads_alone_until_they_are_abreast_and_holds_up_nobody() -> None:
    wakes, sequence = _Wakes(), _Sequence()
    followers = Followers(wakes)
    slow, quick = (
        followers.follow(sequence, Position(0, 0), from_now=True)  # type: ignore[arg-type]
        for _ in range(2)
    )
    sequence.last = 1
    started = asyncio.gather(_numbers(slow, 1), _numbers(quick, 1))
    await asyncio.sleep(0)
    wakes.tell()
    assert list(await started) == [[1], [1]]
    sequence.last = total = RECENT_MOST + 2 * WAITING_MOST
    wakes.tell()
    assert await _numbers(quick, total - 1) == list(range(2, total + 1))
    read_for_both = sequence.reads
    assert await _numbers(slow, total - 1) == list(range(2, total + 1))
    assert sequence.reads > read_for_both  # the slow one's own readings, at its own pace
    sequence.last += 1
    wakes.tell()
    last = await asyncio.gather(_numbers(slow, 1), _numbers(quick, 1))
    assert list(last) == [[total + 1], [total + 1]]


async def test_who_waits_is_told_on_the_spot_and_what_cannot_be_sent_at_once_keeps_its_place() -> None:
    wakes, sequence = _Wakes(), _Sequence()
    followers = Followers(wakes)
    sent: list[int] = []
    takes = True

    def put(event: ToldEvent) -> bool:
        if takes:
            sent.append(event.position.xid)
        return takes

    direct, other = (
        followers.follow(sequence, Position(0, 0), from_now=True)  # type: ignore[arg-type]
        for _ in range(2)
    )
    direct.outlet = put

    async def tell(count: int) -> None:
        sequence.last += count
        wakes.tell()
        assert await _numbers(other, count) == list(range(sequence.last - count + 1, sequence.last + 1))

    waiting = asyncio.create_task(_numbers(direct, 1))
    await asyncio.sleep(0)
    await tell(3)
    assert (sent, waiting.done()) == ([1, 2, 3], False)
    takes = False
    await tell(1)
    assert await waiting == [4]
    # Nobody has come for the next one yet, and nothing may overtake it.
    takes = True
    await tell(2)
    assert await _numbers(direct, 2) == [5, 6]
    waiting = asyncio.create_task(_numbers(direct, 1))
    await asyncio.sleep(0)
    await tell(1)
    assert (sent, waiting.done()) == ([1, 2, 3, 7], False)
    direct.end(End.STOPPING)
    await tell(1)
    with pytest.raises(Ended):
        await waiting
    assert sent == [1, 2, 3, 7]


async def test_followers_of_the_same_share_one_reading_and_others_do_not(service: Service) -> None:
    office = await service.office()
    keys = [await service.client(f"Redaksi {n}", ClientScope.EVENTS) for n in range(3)]
    followers = service.app.state.services.followers
    async with AsyncExitStack() as stack:

        async def follow(token: str | None, query: str, **variables: Any) -> Any:
            connection = await stack.enter_async_context(socket(service.socket_url, token))
            await subscribe(connection, query, **variables)
            return connection

        same = [await follow(None, SHORT) for _ in range(10)]
        same += [await follow(key, SHORT) for key in keys]
        renamed = await follow(None, SHORT.replace("complaintEvents", "mine: complaintEvents", 1))
        staff = [await follow(office, SHORT) for _ in range(2)]
        narrowed = [
            await follow(
                None,
                "subscription ($t: [ComplaintEventType!]) { complaintEvents(filter: {type: $t}) { type } }",
                t=[kind],
            )
            for kind in ("VERIFIED", "DISPATCHED", "DISPATCHED")
        ]
        await until(lambda: followers.readings == 5 and len(followers) == 19)
        # What the public and API keys see alike, the same by another name, the office, two filters.
        code = (await service.dispatched())["trackingCode"]
        for connection in same:
            told = [await event(connection) for _ in range(2)]
            assert [(e["type"], e["trackingCode"]) for e in told] == [
                ("VERIFIED", code),
                ("DISPATCHED", code),
            ]
        assert "mine" in (await message(renamed))["payload"]["data"]
        for connection in staff:
            assert (await event(connection))["type"] == "SUBMITTED"
        assert [(await event(c))["type"] for c in narrowed] == ["VERIFIED", "DISPATCHED", "DISPATCHED"]
    await until(lambda: not followers.readings and not len(followers))


FAT = """subscription ($after: String) { complaintEvents(after: $after) {
  cursor complaint { a: body b: body c: body d: body e: body f: body g: body h: body } } }"""
FATTENED = """INSERT INTO complaint_event
                (type, complaint_id, complaint_version, to_status, audience, occurred_at)
              SELECT 'ACTION_ADDED', id, 10 + n, status, 'PUBLIC', now()
                FROM complaint, generate_series(1, :n) AS n WHERE tracking_code = :c"""


async def _hear(connection: Any, count: int, heard: list[Any]) -> None:
    while len(heard) < count:
        heard.append(await event(connection))


async def test_a_client_that_does_not_read_is_let_go_with_a_cursor_to_resume_from(service: Service) -> None:
    total = 800
    code = (await service.dispatched(body="Lubang besar. " * 140))["trackingCode"]
    followers = service.app.state.services.followers
    host, _, port = service.url.removeprefix("http://").partition(":")
    narrow = sockets.create_connection((host, int(port)))
    narrow.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 65_536)
    slow = await connect(service.socket_url, sock=narrow, subprotocols=[PROTOCOL], max_queue=1)
    async with slow, socket(service.socket_url) as quick:
        await slow.send(json.dumps({"type": "connection_init"}))
        await slow.recv()
        for connection in (slow, quick):
            await subscribe(connection, FAT)
        await until(lambda: len(followers) == 2)
        async with service.database.write() as session:
            await session.execute(sa.text(FATTENED), {"c": code, "n": total})
        service.app.state.services.committed()
        heard: list[Any] = []
        hearing = asyncio.create_task(_hear(quick, total, heard))
        await until(lambda: len(followers) == 1)
        heard_by_then = len(heard)
        await hearing
        seen, cursor = 0, ""
        with suppress(ConnectionClosed):
            async for text in slow:
                cursor = json.loads(text)["payload"]["data"]["complaintEvents"]["cursor"]
                seen += 1
    assert (slow.close_code, slow.close_reason) == (1013, f"Too slow; resume after {cursor}")
    # The other one was told of what the slow one could not be told of, and was so before that one was let go.
    assert 0 < seen < heard_by_then <= total
    async with socket(service.socket_url) as again:
        await subscribe(again, SHORT, after=cursor)
        for _ in range(total - seen):
            assert (await event(again))["type"] == "ACTION_ADDED"
