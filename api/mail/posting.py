"""How do the letters of the outbox go out: one after the other, none lost, none sent twice without need?"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.mail.content import Compose, Desk
from api.mail.line import Interrupted, Line, NotTaken, Refused, ServerTrouble
from api.mail.message import Message, written
from api.mail.server import mailable
from domain.mail import sending
from domain.mail.recipients import address_of
from domain.model.mail import OutgoingLetter
from domain.words import LetterKind, LetterOutcome

log = structlog.get_logger()

Write = Callable[[], AbstractAsyncContextManager[AsyncSession]]


async def post_letters(
    write: Write, desk: Desk, kinds: Mapping[LetterKind, Compose], stopping: asyncio.Event
) -> int:
    """Sends what is due, over one connection; how many letters the server took.

    It ends when nothing is due, when the connection fails, or when the worker is told to stop.
    """
    line = Line(desk.mail.server, desk.mail.sender.domain)
    taken = 0
    try:
        while not stopping.is_set():
            async with write() as session:
                letter = await sending.claim(session, kinds)
            if letter is None:
                break
            taken += await _post(write, desk, kinds[letter.kind], letter, line)
    except (ServerTrouble, Interrupted):
        pass  # written down where it was met; the next run tries again
    finally:
        await line.close()
    return taken


async def _post(write: Write, desk: Desk, compose: Compose, letter: OutgoingLetter, line: Line) -> bool:
    """Tries one letter, and writes down what became of it. Raises ServerTrouble and Interrupted."""
    told = {"letter": str(letter.id), "kind": letter.kind.value}
    try:
        async with write() as session:
            message = await _composed(session, desk, compose, letter)
    except Exception:  # one letter that cannot be written stops none of the others
        log.exception("mail.fault", **told)
        async with write() as session:
            await sending.put_off(session, letter)
        return False
    if isinstance(message, LetterOutcome):
        async with write() as session:
            await sending.end(session, letter, message)
        return False
    try:
        await line.send(message)
    except NotTaken as error:
        log.warning("mail.not_taken", **told, how=type(error).__name__, reason=error.reason, code=error.code)
        async with write() as session:
            await _note(session, letter, error)
        if isinstance(error, ServerTrouble | Interrupted):
            raise
        return False
    async with write() as session:
        await sending.end(session, letter, LetterOutcome.SENT)
    return True


async def _note(session: AsyncSession, letter: OutgoingLetter, error: NotTaken) -> None:
    """Writes down that the server did not take a letter, and when it is tried again, if at all."""
    if isinstance(error, Refused):
        await sending.end(session, letter, LetterOutcome.REFUSED, error.code)
    elif isinstance(error, ServerTrouble):
        await sending.put_all_off(session, letter, error.code)
    else:
        await sending.put_off(session, letter, error.code)


async def _composed(
    session: AsyncSession, desk: Desk, compose: Compose, letter: OutgoingLetter
) -> Message | LetterOutcome:
    """The message; or why there is none."""
    address = await address_of(session, desk.vault, letter, desk.mail.head)
    if isinstance(address, LetterOutcome):
        return address
    try:
        to = mailable(address)
    except ValueError:
        return LetterOutcome.NO_ADDRESS
    content = await compose(session, letter, desk)
    return LetterOutcome.POINTLESS if content is None else written(letter, to, content, desk)
