"""How does the operator have open deadlines worked out anew: `aduan deadlines recompute`?"""

from functools import partial

import typer
from rich.table import Table

from api.cli.on_database import on_database
from api.cli.terminal import out, say
from api.database import Database
from domain import recalculation
from domain.calendar import local_day
from domain.recalculation import Outcome

CAUSE = "aduan deadlines recompute"


def run_recompute(*, dry_run: bool, yes: bool) -> bool:
    """`aduan deadlines recompute`: whether nothing is left to be done."""
    return on_database(partial(_recompute, dry_run=dry_run, yes=yes))


async def _recompute(database: Database, *, dry_run: bool, yes: bool) -> bool:
    async with database.sessions() as session:
        shown = await recalculation.preview(session)
    _tell(shown)
    if dry_run:
        say("Nothing was written: this was a dry run.")
        return True
    if not shown.mark:
        return True
    if not yes and not typer.confirm(f"Change {shown.changed} deadlines?"):
        say("Nothing was written.")
        return False
    async with database.write() as session:
        await recalculation.hold_rules(session)
        done = await recalculation.recalculate(session, None, CAUSE)
    say(f"{done.changed} deadlines were changed.")
    return True


def _tell(outcome: Outcome) -> None:
    if not outcome.changed:
        say("Every open deadline is as the rules and holidays say.")
        return
    table = Table("Clock", "changed", "later", "earlier", "newly overdue", "no longer overdue", box=None)
    for each in outcome.of_clocks:
        numbers = (each.changed, each.later, each.earlier, each.newly_overdue, each.no_longer_overdue)
        table.add_row(each.clock.value, *map(str, numbers))
    out.print(table)
    for example in outcome.examples:
        before, after = (local_day(at) for at in (example.before, example.after))
        say(f"{example.tracking_code} {example.clock.value}: {before} -> {after}")
