# ruff: noqa: PLC0415 - a command loads what it needs when it runs.
"""The commands `aduan audit`: what can the operator ask of the audit trail?"""

from datetime import datetime
from typing import Annotated

import typer

from api.cli.terminal import plainly

audit = typer.Typer(
    help="The audit trail: who changed what, and whether the trail is as it was written.",
    no_args_is_help=True,
)


@audit.command(name="verify")
@plainly
def audit_verify(
    head: Annotated[
        str | None,
        typer.Option(
            help="A head that an earlier run printed: the chain must still have it.", show_default=False
        ),
    ] = None,
) -> None:
    """Go through the chain of the audit trail, and name the first row that is not as it was sealed.

    It ends with exit code 1 if one was altered, deleted or put between, or if the chain was cut off. Keep the
    head that it prints outside of the database: who can rewrite the database cannot rewrite that.

    For example:

    - `aduan audit verify`
    - `aduan audit verify --head 1843:5f0c...`
    """
    from api.cli import auditing

    if not auditing.run_verify(head):
        raise typer.Exit(1)


@audit.command(name="list")
@plainly
def audit_list(
    table: Annotated[str | None, typer.Option(help="Changes of this table.", show_default=False)] = None,
    who: Annotated[
        str | None,
        typer.Option(help="An account's e-mail address, or ADMIN, COMMAND ...", show_default=False),
    ] = None,
    row: Annotated[
        str | None, typer.Option(help="A row: a tracking code, or its key.", show_default=False)
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(help="From this time on (WIB).", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The newest so many.")] = 50,
) -> None:
    """Show who changed what, newest first.

    Names, addresses, texts and secrets are not in the trail: of those it says only that they were changed.

    For example:

    - `aduan audit list --table sla_rule --since 2026-11-01`
    - `aduan audit list --who siti@cilegon.go.id`
    - `aduan audit list --row CLG-K72E-SDY6-Z`
    """
    from api.cli import auditing

    auditing.run_list(table=table, who=who, row=row, since=since, limit=limit)


@audit.command(name="seal")
@plainly
def audit_seal() -> None:
    """Seal what is not sealed yet; `aduan worker` does this every minute.

    For example: `aduan audit seal`
    """
    from api.cli import auditing

    auditing.run_seal()
