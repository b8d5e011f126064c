# ruff: noqa: PLC0415 - a command loads what it needs when it runs.
"""The commands `aduan events`: what can the operator do for the sequence of events?"""

import typer

from api.cli.terminal import plainly

events = typer.Typer(help="The sequence of events that subscribers follow.", no_args_is_help=True)


@events.command(name="repair")
@plainly
def events_repair() -> None:
    """Put the events in order after a dump was restored into another cluster.

    Until then followers do not get what the dump brought. Nothing is lost or changed but the numbers that the
    order is kept in; cursors go on to work. It is safe to repeat. Writing waits while it runs.

    For example: `aduan events repair`
    """
    from api.cli import restoring

    restoring.run_repair()
