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
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol

import structlog

from domain.outage import is_away
from schema.following.feed import BATCH, FeedReading, Stretch, ToldEvent
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
    position: Position
    floor: Position
    """Everything after it that was told is in `recent`: where it began, until that is too much."""
    recent: deque[ToldEvent] = field(default_factory=lambda: deque(maxlen=RECENT_MOST))
    members: set["Follower"] = field(default_factory=set)
    task: asyncio.Task[None] | None = None

    async def tell(self, stretch: Stretch) -> None:
        for event in stretch.events:
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
        self.position = stretch.end

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
            group = _Group(follower.reading, follower.position, floor=follower.position)
            self._groups[follower.reading.key] = group
            group.task = asyncio.create_task(self._read_on(group))
        elif follower.position < group.floor:
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
                stretch = await group.reading.after(group.position)
                await group.tell(stretch)
                if stretch.is_last:
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
                if not self._joined and not self._waiting:
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
        try:
            stretch = await self.reading.after(self.position)
        except Exception as error:
            if not await _is_over(error):
                raise
            return
        for event in stretch.events:
            self.offer(event)
        # What of it is hidden lies behind as well: who waited to hear of that would read here for ever.
        self.position, self.caught_up = stretch.end, stretch.is_last

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
