# ruff: noqa: PLC0415 - a command loads what it needs when it runs: `aduan --help` answers at once, and nothing
# that only the service needs is waited for.
"""The command `aduan`: what can the operator ask for?"""

import signal
import sys
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from api.cli.audit import audit
from api.cli.events import events
from api.cli.mail import mail
from api.cli.privacy import privacy
from api.cli.terminal import plainly, say
from domain.words import ClientScope, StaffRole

HELP = """Aduan Cilegon: the complaint service of Kota Cilegon.

Every command works on the database that DATABASE_URL names. Without DATABASE_URL it uses a PostgreSQL of its
own, whose data lie in the folder .aduan (ADUAN_DATA_DIR names another).
"""

TEMPORARY = "Make a password up and show it once; it must be changed in the panel at its first use."

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="markdown",
)
user = typer.Typer(help="Accounts of Diskominfo and of the OPDs.", no_args_is_help=True)
client = typer.Typer(help="Programs of third parties that use the API with a key.", no_args_is_help=True)
deadlines = typer.Typer(help="Due times of open complaints.", no_args_is_help=True)
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


@user.command(name="create")
@plainly
def user_create(  # noqa: PLR0917 - each is an option by its name
    email: Annotated[str, typer.Option(help="E-mail address to sign in with.", show_default=False)],
    name: Annotated[str, typer.Option(help="Name, as colleagues read it.", show_default=False)],
    role: Annotated[
        StaffRole,
        typer.Option(
            case_sensitive=False,
            show_default=False,
            help="ADMIN keeps accounts and may do all; OFFICE is Diskominfo; OFFICER works for an OPD; "
            "AUDITOR reads.",
        ),
    ],
    opd: Annotated[str | None, typer.Option(help="Code of the OPD, for an OFFICER: DPUPR, DLH ...")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input; do not ask.")
    ] = False,
    temporary: Annotated[bool, typer.Option("--temporary", help=TEMPORARY)] = False,
) -> None:
    """Make an account. Its password is asked for, twice: its person types it.

    For example:

    - `aduan user create --email budi@cilegon.go.id --name Budi --role OFFICER --opd DPUPR --temporary`
    - `aduan user create --email siti@cilegon.go.id --name "Siti Aminah" --role OFFICE`
    - `pass show aduan | aduan user create --email a@cilegon.go.id --name Ani --role ADMIN --password-stdin`
    """
    password = None if temporary else _password(from_stdin=password_stdin)
    from api.cli import people

    people.create_user(email=email, name=name, role=role, opd=opd, password=password)


@user.command(name="password")
@plainly
def user_password(
    email: Annotated[str, typer.Option(help="Whose.", show_default=False)],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input; do not ask.")
    ] = False,
    temporary: Annotated[bool, typer.Option("--temporary", help=TEMPORARY)] = False,
) -> None:
    """Give an account another password. Every session of it ends.

    For example:

    - `aduan user password --email siti@cilegon.go.id --temporary`: for somebody who has lost theirs
    - `aduan user password --email siti@cilegon.go.id`: she types it herself
    """
    password = None if temporary else _password(from_stdin=password_stdin)
    from api.cli import people

    people.set_user_password(email=email, password=password)


@user.command(name="unlock")
@plainly
def user_unlock(
    email: Annotated[str | None, typer.Option(help="Whose account.", show_default=False)] = None,
    address: Annotated[
        str | None, typer.Option(help="A network address, such as 203.0.113.7.", show_default=False)
    ] = None,
) -> None:
    """Let somebody sign in again after too many attempts, without waiting.

    For example:

    - `aduan user unlock --email siti@cilegon.go.id`
    - `aduan user unlock --address 203.0.113.7`
    """
    from api.cli import people

    people.unlock_user(email=email, address=address)


@user.command(name="totp-reset")
@plainly
def user_totp_reset(email: Annotated[str, typer.Option(help="Whose.", show_default=False)]) -> None:
    """Take the second factor off an account whose person has lost their app and their recovery codes.

    For example: `aduan user totp-reset --email siti@cilegon.go.id`
    """
    from api.cli import people

    people.turn_off_second_factor(email=email)


@client.command(name="revoke")
@plainly
def client_revoke(name: Annotated[str, typer.Option(help="Whose key.", show_default=False)]) -> None:
    """Take a key back: it opens nothing any more, at once.

    For example: `aduan client revoke --name "Radar Banten"`
    """
    from api.cli import people

    people.revoke_client(name=name)


@client.command(name="create")
@plainly
def client_create(
    name: Annotated[str, typer.Option(help="Whose program it is.", show_default=False)],
    scope: Annotated[
        list[ClientScope],
        typer.Option(
            case_sensitive=False,
            show_default=False,
            help="What the key may be used for; repeat it for more than one.",
        ),
    ],
    requests_per_minute: Annotated[int, typer.Option(min=1, max=1_000_000, help="How often.")] = 120,
    cost_per_minute: Annotated[
        int, typer.Option(min=1, max=1_000_000_000, help="How much, as `extensions.cost` counts it.")
    ] = 100_000,
) -> None:
    """Make an API key for a program, and show it once.

    For example: `aduan client create --name "Radar Banten" --scope read --scope events`
    """
    from api.cli import people
    from domain.actor import Rates

    people.create_client(name=name, scopes=scope, rates=Rates(requests_per_minute, cost_per_minute))


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
    from api.cli import deadlines as due_times

    if not due_times.run_recompute(dry_run=dry_run, yes=yes):
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


def _password(*, from_stdin: bool) -> str:
    """The password, from a pipe or from the keyboard."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        from api.operator_error import OperatorError

        message = "there is no keyboard to ask for the password: use --password-stdin"
        raise OperatorError(message)
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt="The same again")
    return asked


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    """SIGTERM ends the command like any other end of it: what was started is stopped."""
    raise SystemExit(128 + signal.SIGTERM)


def run() -> None:
    """What the shell calls."""
    signal.signal(signal.SIGTERM, _leave)
    app()
