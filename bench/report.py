"""How are the figures told? As tables on the terminal, and as docs/benchmarks.md with its picture.

`python -m bench.report` writes the page anew from the figures of the last run.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.chart import draw
from bench.measure import Figures
from bench.table import aligned, markdown, short
from bench.work import PEERS, WORKS

STORED = Path(__file__).parent / "figures.json"
TEXT = Path(__file__).parent / "benchmarks.md"
"""The page with places for what was measured."""
_COLUMNS = (
    ("requests/s", "per_second"),
    ("p50 ms", "p50_ms"),
    ("p99 ms", "p99_ms"),
    ("CPU s / 1,000", "cpu"),
    ("PostgreSQL's CPU s / 1,000", "database_cpu"),
    ("peak MB", "peak_mb"),
)


@dataclass
class Results:
    """One run: each work's figures by number of complaints, name and peer."""

    figures: dict[tuple[int, str], dict[str, Figures]]
    machine: dict[str, str]
    rounds: int
    seconds: int

    def stored(self) -> dict[str, Any]:
        figures = [
            {"complaints": size, "work": name, "peers": {peer: f.stored() for peer, f in found.items()}}
            for (size, name), found in self.figures.items()
        ]
        return {"machine": self.machine, "rounds": self.rounds, "seconds": self.seconds, "figures": figures}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "Results":
        figures = {
            (each["complaints"], each["work"]): {peer: Figures(**f) for peer, f in each["peers"].items()}
            for each in stored["figures"]
        }
        return cls(figures, stored["machine"], stored["rounds"], stored["seconds"])

    def sizes(self) -> list[int]:
        return sorted({size for size, _ in self.figures})


def rows(found: dict[str, Figures]) -> list[list[str]]:
    """A table: each figure, and the product's as a ratio to it."""
    product = found.get("product")
    table = [["", *(title for title, _ in _COLUMNS)]]
    for peer, figures in found.items():
        cells = []
        for _, name in _COLUMNS:
            value = getattr(figures, name)
            compared = product is not None and peer != "product" and value
            cells.append(short(value) + (f" ({short(getattr(product, name) / value)})" if compared else ""))
        table.append([PEERS[peer], *cells])
    return table


def printed(found: dict[str, Figures]) -> str:
    """The table for the terminal."""
    return aligned(rows(found))


def write(results: Results, docs: Path) -> list[str]:
    """Writes the page and its picture, and says where they are."""
    picture = docs / "images" / "benchmarks.svg"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(draw(results.figures))
    page = docs / "benchmarks.md"
    page.write_text(
        TEXT.read_text()
        .replace("{{machine}}", "\n".join(f"- {name}: {fact}" for name, fact in results.machine.items()))
        .replace("{{rounds}}", f"{results.rounds} rounds of {results.seconds} s each")
        .replace("{{figures}}", _sections(results))
        .replace("{{growth}}", _growth(results))
    )
    return [str(page), str(picture)]


def _sections(results: Results) -> str:
    parts = []
    for size in results.sizes():
        parts.append(f"## {size:,} complaints")
        for (of, name), found in results.figures.items():
            if of == size:
                parts.append(f"### {WORKS[name].title}\n\n{markdown(rows(found))}")
    return "\n\n".join(parts)


def _growth(results: Results) -> str:
    sizes = results.sizes()
    if len(sizes) < 2:
        return "Only one number of complaints was measured."
    few, many = sizes[0], sizes[-1]
    table = [["", "", f"p50 ms of {few:,}", f"p50 ms of {many:,}", "ratio"]]
    for name, work in WORKS.items():
        small, large = results.figures.get((few, name), {}), results.figures.get((many, name), {})
        for peer in [peer for peer in small if peer in large]:
            before, after = small[peer].p50_ms, large[peer].p50_ms
            table.append([work.title, PEERS[peer], short(before), short(after), f"{after / before:.2f}"])
    return markdown(table)


if __name__ == "__main__":
    read = Results.read(json.loads(STORED.read_text()))
    print("Written:", *write(read, Path(os.environ.get("BENCH_DOCS") or "docs")))
