"""What may be chosen for a run of `make bench-events`? Environment variables; by default all is measured."""

import os
from dataclasses import dataclass
from pathlib import Path

from bench.following.peers import PEERS
from bench.options import known, number, parts

THOUSAND = 1_000


@dataclass(frozen=True)
class Options:
    """One run."""

    subscribers: tuple[int, ...]
    peers: tuple[str, ...]
    rounds: int
    events: int
    """In a round of 1,000 subscribers; more of them are told of as many fewer."""
    docs: Path

    def events_for(self, subscribers: int) -> int:
        """So many that each round has about as many deliveries."""
        return max(3, self.events * THOUSAND // max(subscribers, THOUSAND))


def options() -> Options:
    """As the environment says.

    BENCH_SUBSCRIBERS=1000,5000    numbers of subscribers
    BENCH_PEERS=product,broadcast  who is measured
    BENCH_ROUNDS, BENCH_EVENTS     rounds of each, and events of a round with 1,000 subscribers
    BENCH_DOCS=docs                folder that gets benchmarks-events.md
    """
    peers = parts("BENCH_PEERS", ",".join(PEERS))
    for peer in peers:
        known(peer, PEERS)
    return Options(
        tuple(sorted(int(each) for each in parts("BENCH_SUBSCRIBERS", "1000,5000"))),
        tuple(peer for peer in PEERS if peer in peers),
        number("BENCH_ROUNDS", 4),
        number("BENCH_EVENTS", 50),
        Path(os.environ.get("BENCH_DOCS") or "docs"),
    )
