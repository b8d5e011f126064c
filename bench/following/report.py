"""How is it told how events are told? A table on the terminal, docs/benchmarks-events.md, and the targets.

`python -m bench.following.report` writes the page anew from the figures of the last run.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.following.options import THOUSAND
from bench.following.peers import PEERS, RAISED
from bench.table import aligned, markdown, short

Results = dict[str, Any]
STORED = Path(__file__).parents[1] / "figures-events.json"
TEXT = Path(__file__).parent / "benchmarks-events.md"
"""The page with places for what was measured."""
_COLUMNS = (
    ("last one, p50 ms", "last_p50"),
    ("p99 ms", "last_p99"),
    ("first one, p50 ms", "first_p50"),
    ("p99 ms", "first_p99"),
    ("CPU µs / delivery", "cpu"),
    ("KB / idle subscriber", "memory"),
)
_WRITES = {"none": "with no subscribers", "some": "with {:,}"}


@dataclass(frozen=True)
class Target:
    """What was set out to be reached, and whether it is."""

    aim: str
    reached: str
    is_met: bool


def printed(found: dict[str, Any]) -> str:
    """The tables for the terminal."""
    parts = [aligned(_rows(found))]
    if found["writes"]:
        parts.append(aligned(_write_rows(found, "some")))
    return "\n\n".join(parts)


def write(results: Results, docs: Path) -> str:
    """Writes the page, prints what has been reached, and says where the page is."""
    targets = list(_targets(results))
    if targets:
        print("\n" + aligned([[_verdict(each), each.aim, each.reached] for each in targets]))
    page = docs / "benchmarks-events.md"
    page.write_text(
        TEXT.read_text()
        .replace("{{machine}}", "\n".join(f"- {name}: {fact}" for name, fact in results["machine"].items()))
        .replace("{{rounds}}", f"{results['rounds']} rounds")
        .replace("{{settings}}", ", ".join(f"`{name}={value}`" for name, value in RAISED.items()))
        .replace("{{targets}}", _target_table(targets))
        .replace("{{figures}}", "\n\n".join(_sections(results)))
    )
    return str(page)


def _verdict(target: Target) -> str:
    return "met" if target.is_met else "missed"


def _target_table(targets: list[Target]) -> str:
    rows = [[each.aim, each.reached, _verdict(each)] for each in targets]
    return markdown([["target", "reached", ""], *rows]) if rows else "Not all was measured."


def _sections(results: Results) -> Iterator[str]:
    for number, found in results["found"].items():
        yield f"## {int(number):,} subscribers\n\n{found['events']} events.\n\n{markdown(_rows(found))}"
        if found["writes"]:
            yield markdown(_write_rows(found, number))


def _rows(found: dict[str, Any]) -> list[list[str]]:
    """Each figure, and the product's as a ratio to it."""
    product = found["figures"].get("product")
    table = [["", *(title for title, _ in _COLUMNS)]]
    for peer, figures in found["figures"].items():
        cells = []
        for _, name in _COLUMNS:
            compared = product is not None and peer != "product" and figures[name]
            ratio = f" ({short(product[name] / figures[name])})" if compared else ""
            cells.append(short(figures[name]) + ratio)
        table.append([PEERS[peer], *cells])
    return table


def _write_rows(found: dict[str, Any], number: str) -> list[list[str]]:
    some = f"with {int(number):,} subscribers" if number.isdigit() else "with the subscribers"
    table = [["a write to the product, p50 ms", "with none", some]]
    for way, title in (("through", "through its API"), ("beside", "by another process")):
        table.append([title, *(short(found["writes"][each][way]) for each in ("none", "some"))])
    return table


def _targets(results: Results) -> Iterator[Target]:
    """Those that what was measured says something of."""
    for number, found in results["found"].items():
        figures, of = found["figures"], f"{int(number):,} subscribers"
        if (product := figures.get("product")) is None:
            continue
        if (bare := figures.get("broadcast")) is not None:
            ratio = product["last_p50"] / bare["last_p50"]
            aim = f"{of}: to the last one in at most 2 times a bare broadcast's time (p50)"
            yield Target(aim, f"{ratio:.2f} times", ratio <= 2)
        if (ordinary := figures.get("ordinary")) is not None:
            ratio = ordinary["last_p50"] / product["last_p50"]
            aim = f"{of}: at least 3 times faster than Strawberry's subscription (p50)"
            yield Target(aim, f"{ratio:.1f} times", ratio >= 3)
        first, memory = product["first_p99"], product["memory"]
        yield Target(
            f"{of}: from the commit to the first one under 50 ms (p99)", f"{first:.1f} ms", first < 50
        )
        yield Target(f"{of}: at most 40 KB for an idle one", f"{memory:.1f} KB", memory <= 40)
        if found["writes"] and int(number) <= THOUSAND:
            ways = found["writes"]
            ratio = max(ways["some"][way] / ways["none"][way] for way in ("through", "beside"))
            aim = f"{of}: writes no slower than with none (p50, within a tenth)"
            yield Target(aim, f"{ratio:.2f} times", ratio <= 1.1)


if __name__ == "__main__":
    print("Written:", write(json.loads(STORED.read_text()), Path(os.environ.get("BENCH_DOCS") or "docs")))
