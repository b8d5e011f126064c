# ruff: noqa: PLC0415 - a command loads what it needs when it runs.
"""The commands `aduan user`: what can the operator do with accounts of Diskominfo and of the OPDs?"""

import sys
from typing import Annotated

import typer

from api.cli.terminal import plainly
from api.operator_error import OperatorError
from domain.words import StaffRole

FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input; do not ask.")
]
Temporary = Annotated[
    bool,
    typer.Option(
        "--temporary",
        help="Make a password up and show it once; it must be changed in the panel at its first use.",
    ),
]

user = typer.Typer(help="Accounts of Diskominfo and of the OPDs.", no_args_is_help=True)


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
    password_stdin: FromStdin = False,
    temporary: Temporary = False,
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
    password_stdin: FromStdin = False,
    temporary: Temporary = False,
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


def _password(*, from_stdin: bool) -> str:
    """The password, from a pipe or from the keyboard."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        message = "there is no keyboard to ask for the password: use --password-stdin"
        raise OperatorError(message)
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt="The same again")
    return asked
