"""How are reporters erased, and who is next: `aduan privacy erase` and `aduan privacy due`?"""

from collections.abc import Sequence

import typer

from api.cli.on_database import on_database
from api.cli.terminal import say
from api.database import Database
from api.operator_error import OperatorError
from api.settings import settings
from domain.auditing.who import command
from domain.calendar import local_day
from domain.privacy import retention
from domain.privacy.erasing import Erased, erase
from domain.privacy.retention import Next
from domain.tracking import read_code

LEFT = (
    "What is left: in backups, until they expire; in copies that others made of what was public; and in what"
    " officers wrote, if they named the reporter there."
)


def run_erase(code: str, *, redact_text: bool, even_open: bool, yes: bool) -> bool:
    """`aduan privacy erase`: whether it was done."""
    if not yes and not _confirmed(code):
        say("Nothing was erased.")
        return False

    async def work(database: Database) -> Erased:
        async with database.write(command("privacy erase")) as session:
            return await erase(session, code, redact_text=redact_text, even_open=even_open)

    _tell(on_database(work), redact_text=redact_text)
    return True


def _confirmed(code: str) -> bool:
    """Whether the operator has typed the code once more."""
    say("Who reported this complaint is erased for good; no backup of it is made.")
    try:
        typed: str = typer.prompt("To go on, type its tracking code again")
    except typer.Abort:
        message = "nobody has confirmed it: use --yes where there is no keyboard"
        raise OperatorError(message) from None
    return read_code(code) is not None and read_code(typed) == read_code(code)


def _tell(done: Erased, *, redact_text: bool) -> None:
    if done.identity:
        say(f"Erased who reported {done.tracking_code}.")
    else:
        say(f"Nothing was known any more of who reported {done.tracking_code}.")
    if redact_text:
        say(f"Made unreadable: {done.texts} texts. Deleted: {done.files} attachments.")
        if done.files:
            say("The worker removes their contents from the store within the hour.")
    else:
        say("Its text and attachments are as they were; --redact-text removes them, too.")
    say(LEFT)


def run_due(limit: int) -> None:
    """`aduan privacy due`."""
    months = settings().retention_months
    if months == 0:
        say("Reporters are never erased by themselves (ADUAN_RETENTION_MONTHS is 0).")
        return

    async def work(database: Database) -> tuple[int, Sequence[Next]]:
        async with database.write() as session:
            return await retention.number_due(session, months), await retention.coming(session, months, limit)

    number, coming = on_database(work)
    say(f"Reporters are erased {months} months after the last that happened to a closed complaint.")
    say(f"Due now: {number}.")
    for each in coming:
        say(f"  {local_day(each.at)}  {each.tracking_code}")
