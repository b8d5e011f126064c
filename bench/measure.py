"""How is one comparison made? Answers are checked, servers warmed up, and rounds go from one to the next."""

import statistics
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import load, meters
from bench.options import Options
from bench.servers import Server
from bench.work import PEERS, Work

CHECKED = 20
"""Of the different requests of a work, how many answers are compared."""


@dataclass(frozen=True)
class Figures:
    """What one did in one work: medians of the rounds."""

    per_second: float
    p50_ms: float
    p99_ms: float
    cpu: float
    """Seconds of the server's process for 1,000 requests."""
    database_cpu: float
    """Seconds of PostgreSQL's processes for 1,000 requests."""
    peak_mb: float
    slowest: float
    fastest: float
    """The rounds' extremes, in requests a second."""

    def stored(self) -> dict[str, float]:
        return asdict(self)


@dataclass(frozen=True)
class Way:
    """How a run measures."""

    options: Options
    database: int
    """PostgreSQL's process."""
    folder: Path
    """For what is made on the way."""


@dataclass(frozen=True)
class Round:
    answered: load.Answered
    cpu: float
    database_cpu: float


def compare(work: Work, servers: list[Server], codes: list[str], way: Way) -> dict[str, Figures]:
    """Each one's figures."""
    _check(work, servers, codes)
    scripts = {
        server: load.script(way.folder, f"{work.name}-{server.peer}", work.requests(server.peer, codes))
        for server in servers
    }
    for server in servers:
        load.run(server.url(work), scripts[server], way.options.warm_up)
        meters.forget_peak(server.pid)
    rounds: dict[Server, list[Round]] = {server: [] for server in servers}
    for _ in range(way.options.rounds):
        for server in servers:
            rounds[server].append(_round(work, server, scripts[server], way))
    _check(work, servers, codes)
    return {server.peer: _figures(server, made) for server, made in rounds.items()}


def _round(work: Work, server: Server, sent: Path, way: Way) -> Round:
    # Whose round it was before has gone away, and its slow statements are still being worked out.
    meters.wait_until_idle(way.database)
    before, database_before = meters.cpu_seconds(server.pid), meters.cpu_seconds(way.database)
    answered = load.run(server.url(work), sent, way.options.seconds)
    thousands = answered.requests / 1000
    return Round(
        answered,
        (meters.cpu_seconds(server.pid) - before) / thousands,
        (meters.cpu_seconds(way.database) - database_before) / thousands,
    )


def _figures(server: Server, rounds: list[Round]) -> Figures:
    def median(values: list[float]) -> float:
        return statistics.median(values)

    speeds = [each.answered.per_second for each in rounds]
    return Figures(
        median(speeds),
        median([each.answered.p50_ms for each in rounds]),
        median([each.answered.p99_ms for each in rounds]),
        median([each.cpu for each in rounds]),
        median([each.database_cpu for each in rounds]),
        meters.peak_megabytes(server.pid),
        min(speeds),
        max(speeds),
    )


def _check(work: Work, servers: list[Server], codes: list[str]) -> None:
    """All give the same answers, and none of them is an error."""
    given: dict[str, list[Any]] = {}
    for server in servers:
        requests = work.requests(server.peer, codes)[:CHECKED]
        given[server.peer] = [work.normal(server.ask(work, request)) for request in requests]
    first, *others = given
    for place, answer in enumerate(given[first]):
        if "errors" in answer or not any(answer["data"].values()):
            sys.exit(f"{work.name}: {PEERS[first]} answers {str(answer)[:1000]}")
        for other in others:
            if given[other][place] != answer:
                sys.exit(
                    f"{work.name}: {PEERS[first]} and {PEERS[other]} do not answer the same:\n"
                    f"{str(answer)[:2000]}\n{str(given[other][place])[:2000]}"
                )
