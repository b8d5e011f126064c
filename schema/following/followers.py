"""How is one event told to many followers at once? Those who would be told the same share one reading.

Subscriptions whose statement and values agree make a group: one statement reads on for all of them, and what
it rendered is handed to each. A follower with an old cursor reads by themselves until there is nothing left,
and joins then: what the group has told meanwhile is kept for a while, so there is neither gap nor repeat. One
who falls behind leaves the group in the same way, and holds up nobody.

Who waits for the next event and has somewhere to put it is told on the spot; for all others it is kept until
they come for it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Hashable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

import structlog

from domain.outage import is_away
from schema.following.feed import BATCH, FeedReading, ToldEvent
from schema.following.places import Position

WAITING_MOST = 500
"""Events that may wait for a follower who is slower than they come; one for whom more came reads alone."""
PACE_SECONDS = 1.0
"""How long a group waits, when very much has happened, for those who are still being told of it."""
RECENT_MOST = 1_000
"""Events that a group keeps for those who are about to join it."""
AT_ONCE = 100
"""Followers who are told in one go: then what was written is sent, and others have their turn."""
RETRY_SECONDS = 1.0
Outlet = Callable[[ToldEvent], bool]
"""Sends an event on without waiting; False where that cannot be."""

log = structlog.get_logger()


class Wakes(Protocol):
    """Tells followers that there may be new events."""

    generation: int

    async def changed(self, since: int) -> int:
        """Waits until there is news since a generation, and returns the present one."""


class End(Enum):
    """Why a follower is told no more."""

    STOPPING = auto()
    """The service stops: another process, or the next start, goes on from the cursor."""
    NO_LONGER_ALLOWED = auto()
    """The session or key was ended, or what its holder may see has changed."""


class Ended(Exception):
    """The stream of a follower has ended from our side."""

    def __init__(self, why: End) -> None:
        super().__init__(why.name)
        self.why = why


@dataclass(eq=False)
class _Group:
    """The followers of one reading, and how far it has been read for them."""

    reading: FeedReading
    began: Position
    position: Position
    recent: deque[ToldEvent]
    members: set["Follower"]
    floor: Position | None = None
    """Everything after it that was told is in `recent`; None while that is all that ever was told."""
    task: asyncio.Task[None] | None = None

    async def tell(self, events: list[ToldEvent]) -> None:
        for event in events:
            if len(self.recent) == RECENT_MOST:
                self.floor = self.recent[0].position
            self.recent.append(event)
            self.position = event.position
            # Who joins meanwhile finds it among the recent ones.
            for told, member in enumerate(tuple(self.members), 1):
                if not member.offer(event):
                    self.members.discard(member)
                if told % AT_ONCE == 0:
                    await asyncio.sleep(0)

    def is_told(self) -> bool:
        """Whether every member can be told of another batch."""
        return all(member.has_room for member in self.members)


class Followers:
    """All who follow events in this process."""

    def __init__(self, wakes: Wakes) -> None:
        self._wakes = wakes
        self._groups: dict[Hashable, _Group] = {}
        self._followers: set[Follower] = set()
        self._stopping = False

    def follow(self, reading: FeedReading, position: Position, *, from_now: bool) -> "Follower":
        """A follower of what comes after a position; `from_now` says that nothing lies behind it."""
        follower = Follower(self, reading, position, caught_up=from_now)
        self._followers.add(follower)
        if self._stopping:
            follower.end(End.STOPPING)
        return follower

    def end(self) -> None:
        """Ends every stream: the service stops."""
        self._stopping = True
        for follower in tuple(self._followers):
            follower.end(End.STOPPING)

    def __len__(self) -> int:
        return len(self._followers)

    @property
    def readings(self) -> int:
        """How many different readings there are for all the followers."""
        return len(self._groups)

    def group_of(self, follower: "Follower") -> _Group | None:
        """Those who are told what a follower wants to hear, if there are any yet."""
        return self._groups.get(follower.reading.key)

    def _forget(self, follower: "Follower") -> None:
        self._followers.discard(follower)
        group = self._groups.get(follower.reading.key)
        if group is not None:
            group.members.discard(follower)
            if not group.members:
                self._disband(group)

    def _disband(self, group: _Group) -> None:
        del self._groups[group.reading.key]
        if group.task is not None:
            group.task.cancel()

    def _join(self, follower: "Follower") -> bool:
        """Puts a follower among those who are told; not one whom the group has left too far behind."""
        group = self._groups.get(follower.reading.key)
        if group is None:
            if not follower.caught_up:
                return False
            began = follower.position
            group = _Group(follower.reading, began, began, deque(maxlen=RECENT_MOST), set())
            self._groups[follower.reading.key] = group
            group.task = asyncio.create_task(self._read_on(group))
        elif not follower.is_abreast_of(group):
            return False
        for event in group.recent:
            if not follower.offer(event):
                return False
        group.members.add(follower)
        return True

    async def _read_on(self, group: _Group) -> None:
        """Tells a group what comes, for as long as it has members."""
        while True:
            generation = self._wakes.generation
            try:
                events = await group.reading.after(group.position)
                await group.tell(events)
                if len(events) < BATCH:
                    await self._wakes.changed(generation)
                else:
                    await _pace(group)
            except Exception as error:  # noqa: BLE001 - whatever it is, each of the followers is told of it
                if not await _is_over(error):
                    for member in tuple(group.members):
                        member.fail(error)
                    return


class Follower(AsyncIterator[ToldEvent]):
    """One subscription: its events, one after the other. `next` raises Ended, and what a reading raised.

    An event that its outlet takes while `next` is waited for has been told, and is not what `next` returns.
    """

    def __init__(
        self, followers: Followers, reading: FeedReading, position: Position, *, caught_up: bool
    ) -> None:
        self.reading = reading
        self.position = position
        self.caught_up = caught_up
        self.outlet: Outlet | None = None
        self._followers = followers
        self._joined = False
        self._read_beside: _Group | None = None
        """The group that there was already when the last that lay behind was read."""
        self._waiting: deque[ToldEvent] = deque()
        self._wanted: asyncio.Future[None] | None = None
        self._over: Exception | None = None

    def offer(self, event: ToldEvent) -> bool:
        """Takes an event that lies beyond what was taken before; False where too much is waiting already."""
        if event.position <= self.position or self._over is not None:
            return True
        if self.outlet is not None and self.is_waiting and self.outlet(event):
            self.position = event.position
            return True
        if len(self._waiting) >= WAITING_MOST:
            self._joined = self.caught_up = False
            return False
        self.position = event.position
        self._waiting.append(event)
        self._wake()
        return True

    def is_abreast_of(self, group: _Group) -> bool:
        """Whether the group still has all that this follower has not heard."""
        if group.floor is not None:
            return self.position >= group.floor
        # Nothing lies between, where the group began, and what was read after that.
        return self.position >= group.began or (self.caught_up and self._read_beside is group)

    @property
    def is_waiting(self) -> bool:
        """Whether all before has been taken, and the next is waited for."""
        return self._wanted is not None and not self._wanted.done() and not self._waiting

    @property
    def has_room(self) -> bool:
        """Whether it can take another batch."""
        return len(self._waiting) + BATCH <= WAITING_MOST

    def end(self, why: End) -> None:
        """Tells no more: what still waits is read again by whoever resumes."""
        self.fail(Ended(why))

    def fail(self, error: Exception) -> None:
        """Tells of an error, and no more."""
        if self._over is None:
            self._over = error
            self._waiting.clear()
            self._wake()
            self._followers._forget(self)  # noqa: SLF001 - the two are one thing in two classes

    def _wake(self) -> None:
        if self._wanted is not None and not self._wanted.done():
            self._wanted.set_result(None)

    async def __anext__(self) -> ToldEvent:
        while not self._waiting:
            if self._over is not None:
                raise self._over
            if not self._joined:
                self._joined = self._followers._join(self)  # noqa: SLF001 - as above
                if not self._joined:
                    await self._catch_up()
                continue
            self._wanted = asyncio.get_running_loop().create_future()
            try:
                await self._wanted
            finally:
                self._wanted = None
        return self._waiting.popleft()

    async def _catch_up(self) -> None:
        """Reads the next that lie behind: no more than the follower takes."""
        beside = self._followers.group_of(self)
        try:
            events = await self.reading.after(self.position)
        except Exception as error:
            if not await _is_over(error):
                raise
            return
        for event in events:
            self.offer(event)
        self.caught_up, self._read_beside = len(events) < BATCH, beside

    async def aclose(self) -> None:
        """Leaves the group."""
        self._over = self._over or StopAsyncIteration()
        self._followers._forget(self)  # noqa: SLF001 - as above


async def _pace(group: _Group) -> None:
    """Lets the members take what they were told; who has not after a while goes on by themselves."""
    ends = asyncio.get_running_loop().time() + PACE_SECONDS
    await asyncio.sleep(0)
    while not group.is_told() and asyncio.get_running_loop().time() < ends:  # noqa: ASYNC110 - by many, at once
        await asyncio.sleep(0.01)


async def _is_over(error: Exception) -> bool:
    """Waits where the database is only away; False where the error is of the reading itself."""
    if not is_away(error):
        return False
    log.warning("following.reconnecting", reason=type(error).__name__)
    await asyncio.sleep(RETRY_SECONDS)
    return True
