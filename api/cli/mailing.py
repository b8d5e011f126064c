"""How do `aduan mail test` and `aduan mail list` answer?"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from uuid_utils.compat import uuid7

from api.cli.on_database import on_database
from api.cli.terminal import say
from api.database import Database
from api.mail.content import Content, Desk
from api.mail.line import Line, NotTaken
from api.mail.message import message_of
from api.mail.server import mail_of, mailable
from api.operator_error import OperatorError
from api.secret_keys import vault_of
from api.settings import settings
from domain.calendar import JAKARTA
from domain.model.complaint import Complaint
from domain.model.mail import OutgoingLetter
from domain.model.people import Account
from domain.words import LetterOutcome

_GIVEN_UP = (LetterOutcome.REFUSED, LetterOutcome.UNDELIVERABLE, LetterOutcome.TOO_OLD)
_MOST = 200


def run_test(address: str) -> None:
    """`aduan mail test`. Raises OperatorError where the letter is not taken."""
    current = settings()
    mail = mail_of(current)
    if mail is None:
        message = "e-mail is not set up: set ADUAN_SMTP_URL and ADUAN_MAIL_FROM, as docs/email.md says"
        raise OperatorError(message)
    try:
        to = mailable(address)
    except ValueError as error:
        message = f"{address} is no mail address: write name@host"
        raise OperatorError(message) from error
    desk = Desk(mail, vault_of(current))
    content = Content("Percobaan surel Aduan Cilegon")
    letter = message_of("trial", uuid7(), at=datetime.now(UTC), to=to, content=content, desk=desk)

    async def send() -> None:
        line = Line(mail.server, mail.sender.domain)
        try:
            await line.send(letter)
        finally:
            await line.close()

    try:
        asyncio.run(send())
    except NotTaken as error:
        code = f", {error.code}" if error.code else ""
        message = (
            f"{mail.server.shown} did not take the letter ({error.reason}{code}): see `aduan doctor`, and"
            " docs/email.md for what the answers mean"
        )
        raise OperatorError(message) from error
    say(f"{mail.server.shown} took a letter to {to}. Look whether it arrives, and not as spam.")


def run_list(days: int) -> None:
    """`aduan mail list`."""
    rows = on_database(lambda database: _troubled(database, days))
    if not rows:
        say(f"No letter waits after a failed attempt, and none was given up in {days} days.")
        return
    for row in rows:
        written = f"{row.created_at.astimezone(JAKARTA):%Y-%m-%d %H:%M}"
        whom = f"reporter of {row.tracking_code}" if row.tracking_code else row.name or "head of the office"
        stands = f"{row.outcome or 'waits'}, attempt {row.attempts}, answer {row.smtp_code or 'none'}"
        say(f"{written}  {row.kind:<13}  {whom:<26}  {stands}")


async def _troubled(database: Database, days: int) -> list[Any]:
    letter = OutgoingLetter
    waiting = sa.and_(letter.ended_at.is_(None), letter.attempts > 0)
    since = datetime.now(UTC) - timedelta(days=days)
    given_up = sa.and_(letter.outcome.in_(_GIVEN_UP), letter.ended_at > since)
    query = (
        sa.select(
            *(letter.created_at, letter.kind, letter.outcome, letter.attempts, letter.smtp_code),
            *(Complaint.tracking_code, Account.name),
        )
        .outerjoin(Complaint, Complaint.id == letter.complaint_id)
        .outerjoin(Account, Account.id == letter.account_id)
        .where(sa.or_(waiting, given_up))
        .order_by(letter.id.desc())
        .limit(_MOST)
    )
    async with database.write() as session:
        return list((await session.execute(query)).all())
