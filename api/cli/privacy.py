# ruff: noqa: PLC0415 - a command loads what it needs when it runs.
"""The commands `aduan privacy`: how does the operator answer for what is held of reporters?"""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.terminal import plainly

privacy = typer.Typer(
    help="Personal data of reporters: hand out, erase, keep no longer than needed, encrypt anew.",
    no_args_is_help=True,
)

Code = Annotated[str, typer.Argument(help="The complaint's tracking code.", show_default=False)]


@privacy.command(name="export")
@plainly
def privacy_export(
    code: Code,
    out: Annotated[
        Path | None,
        typer.Option(
            help="A .json file without the attachments, or a .zip file or a folder with them; "
            "CODE.json if left out.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
) -> None:
    """Write all that is held of a complaint's reporter, for the reporter.

    Only the user who runs this can read what it writes. That it was handed out, and who did, is kept in the
    audit trail. Make sure first that whoever asks is the reporter.

    For example:

    - `aduan privacy export CLG-K72E-SDY6-Z`
    - `aduan privacy export CLG-K72E-SDY6-Z --out berkas.zip`
    """
    from api.cli import dossiers

    dossiers.run_export(code, out, force=force)


@privacy.command(name="erase")
@plainly
def privacy_erase(
    code: Code,
    redact_text: Annotated[
        bool,
        typer.Option(
            "--redact-text",
            help="Also what the reporter wrote (title, text, place, replies, comment) and the attachments.",
        ),
    ] = False,
    even_open: Annotated[
        bool, typer.Option("--even-open", help="Also of a complaint that is not closed yet.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the code again.")] = False,
) -> None:
    """Erase who reported a complaint. It cannot be undone.

    Name, e-mail, phone and access token go; the complaint, its history and the figures stay. Nobody can then
    reply to it or rate it as its reporter.

    For example:

    - `aduan privacy erase CLG-K72E-SDY6-Z`
    - `aduan privacy erase CLG-K72E-SDY6-Z --redact-text --yes`
    """
    from api.cli import erasures

    if not erasures.run_erase(code, redact_text=redact_text, even_open=even_open, yes=yes):
        raise typer.Exit(1)


@privacy.command(name="rekey")
@plainly
def privacy_rekey() -> None:
    """Encrypt everything anew with the first of the secret keys, so that the others can go.

    Put a new key before the old ones in ADUAN_SECRET_KEYS, restart all processes of the service, then run
    this beside them. It can be stopped at any time and run again. When it says so, take the old keys out.

    For example: `aduan privacy rekey`
    """
    from api.cli import rekeying

    if not rekeying.run_rekey():
        raise typer.Exit(1)


@privacy.command(name="due")
@plainly
def privacy_due(
    limit: Annotated[int, typer.Option(min=0, max=10_000, help="Name so many, the next first.")] = 20,
) -> None:
    """Show whose reporters are erased next, because their complaints were closed long ago.

    The worker erases them at night, ADUAN_RETENTION_MONTHS after the last that happened to a complaint.

    For example: `aduan privacy due`
    """
    from api.cli import erasures

    erasures.run_due(limit)
