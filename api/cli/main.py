# ruff: noqa: PLC0415 - a command loads what it needs when it runs: `aduan --help` answers at once, and nothing
# that only the service needs is waited for.
"""The command `aduan`: what can the operator ask for?"""

import signal
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from api.cli.audit import audit
from api.cli.client import client
from api.cli.deadlines import deadlines
from api.cli.events import events
from api.cli.mail import mail
from api.cli.privacy import privacy
from api.cli.terminal import plainly, say
from api.cli.user import user

HELP = """Aduan Cilegon: the complaint service of Kota Cilegon.

Every command works on the database that DATABASE_URL names. Without DATABASE_URL it uses a PostgreSQL of its
own, whose data lie in the folder .aduan (ADUAN_DATA_DIR names another).
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="markdown",
)
app.add_typer(user, name="user")
app.add_typer(deadlines, name="deadlines")
app.add_typer(client, name="client")
app.add_typer(audit, name="audit")
app.add_typer(mail, name="mail")
app.add_typer(privacy, name="privacy")
app.add_typer(events, name="events")


def _version(wanted: bool) -> None:
    if wanted:
        say(f"aduan {version('aduan-cilegon')}")
        raise typer.Exit


@app.callback()
def _main(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


@app.command()
@plainly
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on.")] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes; more than one needs DATABASE_URL.")
    ] = 1,
    sample: Annotated[
        bool | None,
        typer.Option(
            help="At the first start, import the made-up reports of 2023, or do not. If you say neither: "
            "yes without DATABASE_URL, no with it."
        ),
    ] = None,
) -> None:
    """Run the service: the API, and the panel for Diskominfo.

    The first start sets up the database, makes the panel's first account and shows its password once.

    For example:

    - `aduan serve`: at http://127.0.0.1:8000
    - `aduan serve --host 0.0.0.0 --port 8080`: for other machines, too
    - `DATABASE_URL=postgresql://aduan:secret@db/aduan aduan serve --workers 4`
    """
    say("Starting Aduan Cilegon ...")
    from api.cli import serving

    serving.serve(host=host, port=port, workers=workers, sample=sample)


@app.command()
@plainly
def worker() -> None:
    """Do what is to be done by the clock: complete, remind, send e-mails.

    With the embedded PostgreSQL, `aduan serve` does this itself. On a database of your own, run at least one
    worker beside `aduan serve`; more than one do no harm, and go on when one fails.

    For example: `aduan worker`
    """
    from api.cli import working

    working.work()


@app.command()
@plainly
def migrate(
    app_role: Annotated[
        str | None,
        typer.Option(help="Then give this role what `aduan serve` needs, and no more.", show_default=False),
    ] = None,
) -> None:
    """Bring the database to the form that this version needs.

    `aduan serve` does this by itself, if its account owns the tables. It is safe to repeat. With `--app-role`
    one account owns the tables and migrates, and another one serves, which cannot change the audit trail.

    For example:

    - `aduan migrate`
    - `DATABASE_URL=postgresql://aduan_owner@db/aduan aduan migrate --app-role aduan_app`
    """
    from api.cli import upkeep

    upkeep.run_migrate(app_role)


@app.command()
@plainly
def seed() -> None:
    """Add the master data that are missing: OPDs, areas, categories, deadlines, holidays.

    `aduan serve` does this at the first start. What you have changed in the panel stays as it is.

    For example: `aduan seed`
    """
    from api.cli import upkeep

    upkeep.run_seed()


@app.command(name="import")
@plainly
def import_(
    file: Annotated[
        Path, typer.Argument(help="A CSV or XLSX file, as exported from LAPOR.", show_default=False)
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would happen.")] = False,
) -> None:
    """Import reports from LAPOR.

    Rows that cannot be imported stop none of the others. They are named with line, column and remedy, and
    written to FILE.ditolak.csv, which can be corrected and imported. Importing the same file again changes
    only what has changed in it. The command ends with exit code 1 if a row was rejected.

    For example:

    - `aduan import laporan-2024.xlsx --dry-run`
    - `aduan import laporan-2024.xlsx`
    """
    from api.cli import upkeep

    if not upkeep.run_import(file, dry_run=dry_run):
        raise typer.Exit(1)


@app.command()
@plainly
def doctor() -> None:
    """Check whether everything is in order, and say what to do where it is not.

    It changes nothing, and ends with exit code 1 if something is wrong.

    For example: `aduan doctor`
    """
    from api.cli import checkup

    if not checkup.run_checkup():
        raise typer.Exit(1)


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    """SIGTERM ends the command like any other end of it: what was started is stopped."""
    raise SystemExit(128 + signal.SIGTERM)


def run() -> None:
    """What the shell calls."""
    signal.signal(signal.SIGTERM, _leave)
    app()
