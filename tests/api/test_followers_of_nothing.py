"""What does it cost to follow what nothing matches, or what was hidden since? Each event is passed once."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import partial

import pytest
import sqlalchemy as sa

from domain.model.complaint import Complaint
from domain.words import Privacy
from schema.following.feed import FeedReading, Stretch
from schema.following.followers import RECENT_MOST
from schema.following.places import Position, cursor_of
from tests.following import event, socket, subscribe, until
from tests.service import Service

TOLD = """INSERT INTO complaint_event
            (type, complaint_id, complaint_version, to_status, audience, occurred_at)
          SELECT :type, id, 10 + n, status, 'PUBLIC', now()
            FROM complaint, generate_series(CAST(:first AS integer), :last) AS n WHERE tracking_code = :c"""
MANY = 2 * RECENT_MOST + 200
STEPS = 5


@dataclass
class Readings:
    """From where followers have read, one for each statement, and how far each of them has come."""

    places: list[Position] = field(default_factory=list)
    ends: dict[Hashable, Position] = field(default_factory=dict)

    def are_beyond(self, xid: int) -> bool:
        return all(end.xid > xid for end in self.ends.values())


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    noted = Readings()
    after = FeedReading.after

    async def note(reading: FeedReading, position: Position) -> Stretch:
        noted.places.append(position)
        stretch = await after(reading, position)
        noted.ends[reading.key] = stretch.end
        return stretch

    monkeypatch.setattr(FeedReading, "after", note)
    return noted


async def happened(service: Service, code: str, type_: str, first: int, last: int) -> int:
    """So many events of a complaint; the number of the transaction that wrote them."""
    async with service.database.write() as session:
        await session.execute(sa.text(TOLD), {"type": type_, "first": first, "last": last, "c": code})
        xid = await session.scalar(sa.text("SELECT pg_current_xact_id()::text"))
    service.app.state.services.committed()
    return int(xid)


async def test_a_filter_that_nothing_matches_is_not_asked_of_the_same_events_again(
    service: Service, readings: Readings
) -> None:
    code = (await service.dispatched())["trackingCode"]
    begin = cursor_of(service.app.state.services.planner.cursor_secret, Position(0, 0))
    async with socket(service.socket_url) as follower:
        await subscribe(follower, name="now", filter={"type": ["RATED"]})
        await subscribe(follower, name="all", after=begin, filter={"type": ["REOPENED"]})
        followers = service.app.state.services.followers
        await until(lambda: followers.readings == 2)
        size, xid = MANY // STEPS, 0
        for first in range(0, MANY, size):
            readings.places.clear()
            xid = await happened(service, code, "ACTION_ADDED", first, first + size - 1)
            await until(partial(readings.are_beyond, xid))
            # Each of the two once, and once more where another transaction was still open.
            assert len(readings.places) <= 6
        readings.places.clear()
        await happened(service, code, "RATED", MANY, MANY)
        assert (await event(follower))["type"] == "RATED"
        assert min(readings.places).xid > xid


async def test_who_comes_to_followers_whose_events_are_hidden_since_reads_once_and_waits(
    service: Service, readings: Readings
) -> None:
    code, other = [(await service.dispatched(key=key))["trackingCode"] for key in ("hidden", "open")]
    begin = cursor_of(service.app.state.services.planner.cursor_secret, Position(0, 0))
    followers = service.app.state.services.followers
    async with socket(service.socket_url) as first, socket(service.socket_url) as late:
        await subscribe(first)
        await until(lambda: followers.readings == 1)
        await happened(service, code, "ACTION_ADDED", 0, MANY - 1)
        for _ in range(MANY):
            await event(first)
        async with service.database.write() as session:
            await session.execute(
                sa.update(Complaint)
                .where(Complaint.tracking_code == code)
                .values(privacy=Privacy.CONFIDENTIAL)
            )
        readings.places.clear()
        await subscribe(late, after=begin)
        assert [(await event(late))["trackingCode"] for _ in range(2)] == [other] * 2
        # Until it waits for the next with the others: nothing was to be read but what lay behind it.
        await until(lambda: sum(follower.is_waiting for follower in followers._followers) == 2)
        assert len(readings.places) <= 2
        assert followers.readings == 1
        await happened(service, other, "ACTION_ADDED", 0, 0)
        for follower in (first, late):
            assert (await event(follower))["trackingCode"] == other
