"""What does `make bench` do? For each number of complaints a database, the servers, comparisons; a page."""

import asyncio
import json
import tempfile
import time
from pathlib import Path

import asyncpg

from api.embedded import EmbeddedPostgres
from bench import dataset, load, servers
from bench.machine import described, wrk
from bench.measure import Figures, Way, compare
from bench.options import Options, options
from bench.report import STORED, Results, printed, write

CODES = 500
"""Complaints whose details are asked for in turn."""


def main() -> None:
    """Measures, prints and writes."""
    chosen = options()
    load.require_wrk()
    if "postgraphile" in chosen.peers:
        servers.install_postgraphile()
    results = Results({}, {}, chosen.rounds, chosen.seconds)
    for size in chosen.sizes:
        if chosen.works_at(size):
            _measure(size, chosen, results)
    STORED.write_text(json.dumps(results.stored(), indent=1))
    print("\nWritten:", *write(results, chosen.docs))


def _measure(size: int, chosen: Options, results: Results) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL may have to run as another user than root
        with EmbeddedPostgres.start(folder / "data", durable=False) as database:
            _fill(database.dsn(), size, with_views="postgraphile" in chosen.peers)
            results.machine.update(asyncio.run(described(database.dsn(), chosen.peers, wrk())))
            codes = asyncio.run(dataset.codes(database.dsn(), CODES))
            with servers.running(list(chosen.peers), database.dsn(), folder) as started:
                for work in chosen.works_at(size):
                    compared = [started[peer] for peer in chosen.peers_of(work)]
                    if compared:
                        found = compare(work, compared, codes, Way(chosen, database.pid, folder))
                        results.figures[size, work.name] = found
                        _say(size, work.title, found)


def _fill(dsn: str, size: int, *, with_views: bool) -> None:
    begun = time.monotonic()
    dataset.make_now(dsn, size)
    if with_views:
        asyncio.run(_run(dsn, (servers.POSTGRAPHILE / "views.sql").read_text()))
    print(f"{size:,} complaints made in {time.monotonic() - begun:.0f} s", flush=True)


async def _run(dsn: str, script: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(script)
    finally:
        await connection.close()


def _say(size: int, title: str, found: dict[str, Figures]) -> None:
    print(f"\n{title} (of {size:,} complaints)\n{printed(found)}", flush=True)


if __name__ == "__main__":
    main()
