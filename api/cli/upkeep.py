"""How are the database and its contents brought up to date: `aduan migrate`, `seed` and `import`?"""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.app_role import grant
from api.cli.on_database import database_at
from api.cli.terminal import out, say
from api.migrate import migrate
from api.secret_keys import vault_of
from api.service_database import open_database, require_server
from api.settings import settings
from domain.auditing.who import command
from domain.importing.run import ImportReport, import_file
from domain.secrecy import Vault
from domain.seed import seed

SHOWN_PROBLEMS = 20


def run_migrate(app_role: str | None) -> None:
    """`aduan migrate`."""
    with open_database(settings(), say) as url:
        say(asyncio.run(_migrate(url)))
        if app_role is not None:
            asyncio.run(grant(url, app_role))
            say(f"{app_role} has the rights to serve.")


async def _migrate(url: str) -> str:
    await require_server(url)
    return migration_told(*await migrate(url))


def migration_told(before: str | None, after: str | None) -> str:
    """What a migration did, in words."""
    if before == after:
        return f"The database is up to date (revision {after})."
    return f"The database was brought from {before or 'nothing'} to revision {after}."


def run_seed() -> None:
    """`aduan seed`."""
    with open_database(settings(), say) as url:
        say(asyncio.run(_seed(url)))


async def _seed(url: str) -> str:
    await require_server(url)
    return seeding_told(await seed_database(url))


async def seed_database(url: str) -> dict[str, int]:
    """Adds the master data that is absent."""
    async with database_at(url) as database, database.write(command("seed")) as session:
        return await seed(session)


def seeding_told(added: dict[str, int]) -> str:
    """What was seeded, in words."""
    if not any(added.values()):
        return "The master data was there already: nothing was added."
    parts = ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in added.items() if number)
    return f"Master data added: {parts}."


def run_import(path: Path, *, dry_run: bool) -> bool:
    """`aduan import`: whether every row was taken."""
    current = settings()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with (
        open_database(current, say) as url,
        Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as progress,
    ):
        task = progress.add_task("Reading", total=None)

        def on_progress(report: ImportReport) -> None:
            progress.update(task, description=f"{report.rows} rows")

        report = asyncio.run(import_into(url, vault_of(current), path, dry_run=dry_run, told=on_progress))
    _tell(report)
    return report.rejected == 0


async def import_into(
    url: str,
    vault: Vault,
    path: Path,
    *,
    dry_run: bool = False,
    told: Callable[[ImportReport], None] | None = None,
) -> ImportReport:
    """Imports a file into the database at an address."""
    await require_server(url)
    async with database_at(url) as database:
        write = partial(database.write, command("import"))
        return await import_file(write, vault, path, dry_run=dry_run, on_progress=told)


def _tell(report: ImportReport) -> None:
    table = Table("Would be" if report.dry_run else "Rows", "", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for name in ("added", "updated", "unchanged", "skipped", "rejected"):
        table.add_row(name, str(getattr(report, name)))
    out.print(table)
    for problem in report.problems[:SHOWN_PROBLEMS]:
        say(str(problem))
    left = len(report.problems) - SHOWN_PROBLEMS + report.more_problems
    if left > 0:
        say(f"... and {left} more.")
    if report.rejects is not None:
        say(f"Rows that were not taken, with the reasons: {report.rejects} - correct them there, import it.")
    if report.rejects_failure is not None:
        say(f"The rows that were not taken could not be written to {report.rejects_failure}.")
    if report.dry_run:
        say("Nothing was written: this was a dry run.")
