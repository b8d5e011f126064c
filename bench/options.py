"""What may be chosen for a run of `make bench`? Environment variables; by default all is measured."""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.work import PEERS, WORKS, Work


@dataclass(frozen=True)
class Options:
    """One run."""

    sizes: tuple[int, ...]
    works: dict[str, tuple[int, ...]]
    """Each work with the sizes that it is measured at."""
    peers: tuple[str, ...]
    seconds: int
    rounds: int
    warm_up: int
    docs: Path

    def works_at(self, size: int) -> list[Work]:
        """What is measured at a size."""
        return [WORKS[name] for name, sizes in self.works.items() if size in sizes]

    def peers_of(self, work: Work) -> list[str]:
        """Who does a work."""
        return [peer for peer in self.peers if peer in work.bodies]


def options() -> Options:
    """As the environment says.

    BENCH_COMPLAINTS=100000,1000000  numbers of complaints, each in a database of its own
    BENCH_WORK=list,search@100000    works, each at every size or at one
    BENCH_PEERS=product,handwritten  who is measured
    BENCH_ROUNDS, BENCH_SECONDS      rounds of each, and how long each round is
    BENCH_WARM_UP                    seconds before the first round
    BENCH_DOCS=docs                  folder that gets benchmarks.md and images/benchmarks.svg
    """
    sizes = tuple(int(size) for size in parts("BENCH_COMPLAINTS", "100000,1000000"))
    works: dict[str, tuple[int, ...]] = {}
    for asked in parts("BENCH_WORK", ",".join(WORKS)):
        name, _, size = asked.partition("@")
        known(name, WORKS)
        works[name] = works.get(name, ()) + ((int(size),) if size else sizes)
    peers = parts("BENCH_PEERS", ",".join(PEERS))
    for peer in peers:
        known(peer, PEERS)
    return Options(
        sizes,
        works,
        tuple(peer for peer in PEERS if peer in peers),
        number("BENCH_SECONDS", 5),
        number("BENCH_ROUNDS", 5),
        number("BENCH_WARM_UP", 3),
        Path(os.environ.get("BENCH_DOCS") or "docs"),
    )


def parts(name: str, default: str) -> list[str]:
    """The parts of a variable's value."""
    return [part for part in (os.environ.get(name) or default).replace(",", " ").split() if part]


def number(name: str, default: int) -> int:
    """A variable's value."""
    return int(os.environ.get(name) or default)


def known(name: str, names: Iterable[str]) -> None:
    """Ends the run where a name is not one of those that there are."""
    if name not in names:
        sys.exit(f"there is no {name}: one of {', '.join(names)}")
