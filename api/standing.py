"""Who still may? Open streams are looked at every few seconds: a token that was ended ends its streams."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import structlog

from domain.actor import Actor

LOOK_SECONDS = 2.0
AT_ONCE = 100
"""Tokens that one statement asks for: thousands are looked at in time, and no request waits for it."""
SILENCE_SECONDS = 10.0
"""How long the database may take to say whom a token stands for."""

ActorsOf = Callable[[Sequence[str]], Awaitable[dict[str, Actor]]]
"""Whom tokens stand for; those that stand for nobody are left out."""

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

    async def watch(self, actors_of: ActorsOf) -> None:
        """Looks at all tokens again and again, some at a time, until it is cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            tokens = tuple(self._streams)
            for start in range(0, len(tokens), AT_ONCE):
                try:
                    await self._look(tokens[start : start + AT_ONCE], actors_of)
                except Exception as error:  # noqa: BLE001 - whatever it is: the next who lost their rights must go
                    log.warning("standing.unknown", reason=type(error).__name__)

    async def _look(self, tokens: Sequence[str], actors_of: ActorsOf) -> None:
        async with asyncio.timeout(SILENCE_SECONDS):
            actors = await actors_of(tokens)
        for token in tokens:
            actor = actors.get(token)
            for stream in tuple(self._streams.get(token, ())):
                if actor != stream.actor:
                    _end(stream, revoked=actor is None)


def _end(stream: Stream, *, revoked: bool) -> None:
    try:
        stream.lost_standing(revoked=revoked)
    except Exception:  # as above
        log.exception("standing.not_ended")
