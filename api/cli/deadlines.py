# ruff: noqa: PLC0415 - a command loads what it needs when it runs.
"""The commands `aduan deadlines`: what can the operator do with due times?"""

from typing import Annotated

import typer

from api.cli.terminal import plainly

deadlines = typer.Typer(help="Due times of open complaints.", no_args_is_help=True)


@deadlines.command(name="recompute")
@plainly
def deadlines_recompute(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would change.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before changing them.")] = False,
) -> None:
    """Work out open deadlines anew, after rules or holidays were changed outside the panel.

    It shows first what would change, and asks. Deadlines that have ended stay as they were judged.

    For example:

    - `aduan deadlines recompute --dry-run`
    - `aduan deadlines recompute --yes`
    """
    from api.cli import recomputing

    if not recomputing.run_recompute(dry_run=dry_run, yes=yes):
        raise typer.Exit(1)
