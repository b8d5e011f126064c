"""How is the telling measured? Servers take their turns, each with all the subscribers, event after event."""

import asyncio
import json
import statistics
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from bench import meters
from bench.following.api_writer import ApiWriter
from bench.following.crowd import Crowd, settled, subscribed
from bench.following.options import Options
from bench.following.peers import Peer
from bench.following.writer import Writer
from bench.work import WORKS

PAUSE = 0.03
"""Seconds between an event's last delivery and the next event."""
_WARM_UP = 50
"""Subscribers that come and go before memory is measured."""


@dataclass
class Figures:
    """What one did for a number of subscribers, over all rounds; times in milliseconds from the commit."""

    first: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    """Microseconds of the server's process for each delivery, by round."""
    memory: float = 0.0
    """Kilobytes of each idle subscriber."""

    def row(self) -> dict[str, float]:
        """The figures that are told."""
        return {
            "last_p50": percentile(self.last, 50),
            "last_p99": percentile(self.last, 99),
            "first_p50": percentile(self.first, 50),
            "first_p99": percentile(self.first, 99),
            "cpu": statistics.median(self.cpu),
            "memory": self.memory,
        }


@dataclass
class Writes:
    """How long a write takes, in milliseconds: with so many subscribers, and with none in the same rounds."""

    beside: list[float] = field(default_factory=list)
    """By another process."""
    through: list[float] = field(default_factory=list)
    """Through the API of the process that tells."""

    def row(self) -> dict[str, float]:
        return {"beside": statistics.median(self.beside), "through": statistics.median(self.through)}


@dataclass
class Found:
    """What was measured with one number of subscribers."""

    figures: dict[str, Figures]
    writes: dict[str, Writes]
    """Those with subscribers (`some`) and those without (`none`), where the product was measured."""

    def row(self) -> dict[str, Any]:
        return {
            "figures": {name: each.row() for name, each in self.figures.items()},
            "writes": {name: each.row() for name, each in self.writes.items() if each.through},
        }


def percentile(values: list[float], part: int) -> float:
    """The value that so many of a hundred do not exceed."""
    return sorted(values)[max(0, -(-len(values) * part // 100) - 1)]


async def measure(peers: list[Peer], number: int, options: Options, writer: Writer) -> Found:
    """All the rounds with one number of subscribers, on servers that have had none so far."""
    await _check(peers, writer)
    found = Found({peer.name: Figures() for peer in peers}, {"none": Writes(), "some": Writes()})
    events = options.events_for(number)
    for _ in range(options.rounds):
        for peer in peers:
            api = await ApiWriter.signed_in(peer.port, writer) if peer.name == "product" else None
            if api is not None:
                await _write_alone(events, writer, api, found.writes["none"])
            await _round(peer, number, events, writer, found, api=api)
    return found


async def _check(peers: list[Peer], writer: Writer) -> None:
    """All tell the same of the same event."""
    for peer in peers:
        async with subscribed(peer, _WARM_UP):
            pass
    async with AsyncExitStack() as stack:
        crowds = [await stack.enter_async_context(subscribed(peer, 1)) for peer in peers]
        for crowd in crowds:
            await crowd.listen(writer)
        await writer.write()
        told = [await crowd.latest() for crowd in crowds]
    said = [WORKS["list"].normal(json.loads(f"{{{each.text}")) for each in told]
    if any(each != said[0] for each in said):
        sys.exit(f"not all tell the same:\n{json.dumps(said, indent=1, default=str)}")


async def _round(
    peer: Peer, number: int, events: int, writer: Writer, found: Found, *, api: ApiWriter | None
) -> None:
    figures = found.figures[peer.name]
    before = meters.resident_kilobytes(peer.pid)
    async with subscribed(peer, number) as crowd:
        await crowd.listen(writer)
        await settled(peer.pid)
        grown = (meters.resident_kilobytes(peer.pid) - before) / number
        # A server keeps what it has had once: only the first round shows what its subscribers need.
        figures.memory = max(figures.memory, grown)
        used = meters.cpu_seconds(peer.pid)
        for _ in range(events):
            written = await writer.write()
            heard = await crowd.heard_of(written)
            figures.first.append((heard.first - written.committed) * 1000)
            figures.last.append((heard.last - written.committed) * 1000)
            if api is not None:
                found.writes["some"].beside.append(written.seconds * 1000)
            await asyncio.sleep(PAUSE)
        figures.cpu.append((meters.cpu_seconds(peer.pid) - used) / (events * number) * 1e6)
        if api is not None:
            await _write_through(events, crowd, api, found.writes["some"])


async def _write_alone(events: int, writer: Writer, api: ApiWriter, writes: Writes) -> None:
    for _ in range(events):
        writes.beside.append((await writer.write()).seconds * 1000)
        await asyncio.sleep(PAUSE)
    api.connect()
    for _ in range(events):
        writes.through.append(await api.write() * 1000)
        await asyncio.sleep(PAUSE)


async def _write_through(events: int, crowd: Crowd, api: ApiWriter, writes: Writes) -> None:
    api.connect()
    for _ in range(events):
        writes.through.append(await api.write() * 1000)
        await crowd.heard()
        await asyncio.sleep(PAUSE)
