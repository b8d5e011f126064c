"""What does `make bench-events` do? For each number of subscribers new servers, rounds, a table; a page."""

import asyncio
import json
import tempfile
from pathlib import Path

from api.embedded import EmbeddedPostgres
from bench import dataset
from bench.following.measure import measure
from bench.following.options import Options, options
from bench.following.peers import running
from bench.following.report import STORED, Results, printed, write
from bench.following.subscribers import more_files
from bench.following.writer import writing
from bench.machine import described

COMPLAINTS = 10_000


def main() -> None:
    """Measures, prints and writes."""
    chosen = options()
    more_files()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL may have to run as another user than root
        with EmbeddedPostgres.start(folder / "data", durable=False) as database:
            dataset.make_now(database.dsn(), COMPLAINTS)
            results = asyncio.run(_measure(database.dsn(), folder, chosen))
    STORED.write_text(json.dumps(results, indent=1))
    print("\nWritten:", write(results, chosen.docs))


async def _measure(dsn: str, folder: Path, chosen: Options) -> Results:
    listening = "the subscribers in one process"
    results: Results = {
        "machine": await described(dsn, (), listening),
        "rounds": chosen.rounds,
        "found": {},
    }
    async with writing(dsn) as writer:
        for number in chosen.subscribers:
            with running(chosen.peers, dsn, folder) as peers:
                found = (await measure(peers, number, chosen, writer)).row()
            results["found"][str(number)] = found | {"events": chosen.rounds * chosen.events_for(number)}
            print(f"\n{number:,} subscribers\n{printed(results['found'][str(number)])}", flush=True)
    return results


if __name__ == "__main__":
    main()
