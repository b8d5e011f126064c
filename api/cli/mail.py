# ruff: noqa: PLC0415 - a command loads what it needs when it runs.
"""The commands `aduan mail`: what can the operator ask of e-mail?"""

from typing import Annotated

import typer

from api.cli.terminal import plainly

mail = typer.Typer(help="E-mail: reminders for staff, news for reporters.", no_args_is_help=True)


@mail.command(name="test")
@plainly
def mail_test(address: Annotated[str, typer.Argument(help="Whom to write to.", show_default=False)]) -> None:
    """Send a letter, to see whether e-mail is set up and where it arrives.

    It needs no database, and ends with exit code 1 if the mail server does not take the letter.

    For example: `aduan mail test siti@cilegon.go.id`
    """
    from api.cli import mailing

    mailing.run_test(address)


@mail.command(name="list")
@plainly
def mail_list(
    days: Annotated[int, typer.Option(min=1, max=3_650, help="Of how many days back.")] = 7,
) -> None:
    """List the letters that wait after a failed attempt, and those that were given up.

    It names them by what they are about, never by an address.

    For example: `aduan mail list --days 30`
    """
    from api.cli import mailing

    mailing.run_list(days)
