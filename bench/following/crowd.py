"""How are subscribers brought to a server, and how is it known that each of them hears?"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bench import meters
from bench.following.peers import Peer
from bench.following.writer import Writer, Written

LONGEST = 60.0
_PATIENCE = 15.0
_QUIET = 0.3
"""So long without news, or without work, is taken for the end of it."""


@dataclass(frozen=True)
class Heard:
    """One event that has reached all."""

    first: float
    last: float
    text: str

    @property
    def occurred_at(self) -> datetime:
        """When what is told of happened."""
        event = json.loads(f"{{{self.text}")["payload"]["data"]["complaintEvents"]
        return datetime.fromisoformat(event["occurredAt"])


class Crowd:
    """The process of the subscribers."""

    def __init__(self, process: asyncio.subprocess.Process, peer: Peer) -> None:
        self._process, self._peer = process, peer

    async def heard(self, seconds: float = LONGEST) -> Heard:
        """The next event that has reached all. Raises TimeoutError."""
        return Heard(**await self.said(seconds))

    async def heard_of(self, written: Written) -> Heard:
        """That a certain event has reached all, whatever else does."""
        while (heard := await self.heard()).occurred_at != written.occurred_at:
            pass
        return heard

    async def said(self, seconds: float) -> dict[str, Any]:
        """The next that it says."""
        assert self._process.stdout is not None
        async with asyncio.timeout(seconds):
            line = await self._process.stdout.readline()
        found: dict[str, Any] = json.loads(line) if line else {"failed": "its subscribers are gone"}
        if "failed" in found:
            sys.exit(f"{self._peer.title}: {found['failed']}")
        return found

    async def latest(self) -> Heard:
        """The last event of those that reach all now. Raises TimeoutError where none does."""
        heard = await self.heard(_PATIENCE)
        with suppress(TimeoutError):
            while True:
                heard = await self.heard(_QUIET)
        return heard

    async def listen(self, writer: Writer) -> Heard:
        """Writes until an event has reached all: by then each of them has subscribed."""
        for _ in range(5):
            await settled(self._peer.pid)
            await writer.write()
            with suppress(TimeoutError):
                return await self.latest()
        sys.exit(f"{self._peer.title}: not every subscriber hears of what is written")


@asynccontextmanager
async def subscribed(peer: Peer, number: int) -> AsyncIterator[Crowd]:
    """So many subscribers of a server; afterwards they are gone, and the server has noticed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.following.subscribers",
        str(peer.port),
        str(number),
        peer.query,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        crowd = Crowd(process, peer)
        await crowd.said(LONGEST)
        yield crowd
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
        await settled(peer.pid)


async def settled(pid: int) -> None:
    """Waits until a process has nothing to do."""
    async with asyncio.timeout(LONGEST):
        used = -1.0
        while (now := meters.cpu_seconds(pid)) - used > 0.01:
            used = now
            await asyncio.sleep(_QUIET)
