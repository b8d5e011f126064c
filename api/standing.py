"""Who still may? Open streams are looked at every few seconds: a token that was ended ends its streams."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

import structlog

from api.auth import BadToken
from domain.actor import Actor

LOOK_SECONDS = 2.0
SILENCE_SECONDS = 10.0
"""How long the database may take to say whom a token stands for."""

log = structlog.get_logger()


class Stream(Protocol):
    """What is open for somebody who has shown a token."""

    token: str | None
    actor: Actor

    def lost_standing(self, *, revoked: bool) -> None:
        """Ends it: its token stands for nobody now, or for somebody with other rights."""


class Standing:
    """The open streams of one process that somebody signed in for."""

    def __init__(self) -> None:
        self._streams: dict[str, set[Stream]] = {}

    @contextmanager
    def watched(self, stream: Stream) -> Iterator[None]:
        """Keeps an eye on a stream while the block lasts; one of the public has nothing to lose."""
        token = stream.token
        if token is None:
            yield
            return
        self._streams.setdefault(token, set()).add(stream)
        try:
            yield
        finally:
            self._streams[token].discard(stream)
            if not self._streams[token]:
                del self._streams[token]

    async def watch(self, actor_of: Callable[[str], Awaitable[Actor]]) -> None:
        """Looks at each token again and again, until it is cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for token in tuple(self._streams):
                try:
                    async with asyncio.timeout(SILENCE_SECONDS):
                        await self._look(token, actor_of)
                except Exception as error:  # noqa: BLE001 - whatever it is: the next who lost their rights must go
                    log.warning("standing.unknown", reason=type(error).__name__)

    async def _look(self, token: str, actor_of: Callable[[str], Awaitable[Actor]]) -> None:
        actor: Actor | None = None
        with suppress(BadToken):
            actor = await actor_of(token)
        for stream in tuple(self._streams.get(token, ())):
            if actor != stream.actor:
                stream.lost_standing(revoked=actor is None)
