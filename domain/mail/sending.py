"""When is a letter tried, by whom, and when no more?

Whoever tries one first commits that it is theirs for a while. If they are killed before it is sent, it is
tried again when that while is over; after it is sent and before that is written down, it is sent again, as
the same message.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import ColumnElement

from domain.model.mail import OutgoingLetter
from domain.words import LetterKind, LetterOutcome

LEASE = timedelta(minutes=5)
"""How long whoever tries a letter has it alone: longer than one attempt may take."""
GOOD_FOR = timedelta(days=3)
"""How long a letter is tried; after that it would be no news, nor if a server is set up only then."""
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 120, 240, 360))
"""How long to wait after each attempt that failed, a fifth more or less; the last one again and again."""
SERVER_DELAYS = DELAYS[:4]
"""The same where the fault is the mail server's: all letters wait, and go out soon after it works again."""

_NOW = sa.func.now()
_WAITING = OutgoingLetter.ended_at.is_(None)


async def claim(session: AsyncSession, kinds: Iterable[LetterKind]) -> OutgoingLetter | None:
    """The letter of these kinds that has been due longest, for the caller alone once this is committed."""
    due = (
        sa.select(OutgoingLetter.id)
        .where(_WAITING, OutgoingLetter.next_attempt_at <= _NOW, OutgoingLetter.kind.in_(list(kinds)))
        .order_by(OutgoingLetter.next_attempt_at, OutgoingLetter.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found: OutgoingLetter | None = await session.scalar(
        sa.update(OutgoingLetter)
        .where(OutgoingLetter.id == due.scalar_subquery())
        .values(next_attempt_at=_NOW + LEASE, attempts=OutgoingLetter.attempts + 1)
        .returning(OutgoingLetter)
    )
    return found


async def end(
    session: AsyncSession, letter: OutgoingLetter, outcome: LetterOutcome, code: int | None = None
) -> None:
    """Writes down what became of a letter."""
    await session.execute(
        sa.update(OutgoingLetter)
        .where(_WAITING, OutgoingLetter.id == letter.id)
        .values(ended_at=_NOW, outcome=outcome, smtp_code=code)
    )


async def put_off(session: AsyncSession, letter: OutgoingLetter, code: int | None = None) -> None:
    """Has a letter tried again later, the later the more often it was tried."""
    await session.execute(
        sa.update(OutgoingLetter)
        .where(_WAITING, OutgoingLetter.id == letter.id)
        .values(next_attempt_at=_after(DELAYS, letter.attempts), smtp_code=code)
    )


async def put_all_off(session: AsyncSession, tried: OutgoingLetter, code: int | None = None) -> None:
    """Has every letter wait, since the server takes none; the one that was tried is the next to be tried."""
    until = await session.scalar(sa.select(_after(SERVER_DELAYS, tried.attempts)))
    assert until is not None
    await session.execute(
        sa.update(OutgoingLetter)
        .where(_WAITING, OutgoingLetter.id == tried.id)
        .values(next_attempt_at=until, smtp_code=code)
    )
    others = (
        sa.select(OutgoingLetter.id)
        .where(_WAITING, OutgoingLetter.next_attempt_at < until)
        .with_for_update(skip_locked=True)
    )
    await session.execute(
        sa.update(OutgoingLetter)
        .where(OutgoingLetter.id.in_(others))
        .values(next_attempt_at=until + timedelta(seconds=1))
    )


async def end_old(session: AsyncSession) -> list[UUID]:
    """Gives up what has waited too long and nobody has just now; which ones."""
    ended = await session.scalars(
        sa.update(OutgoingLetter)
        .where(_WAITING, OutgoingLetter.created_at < _NOW - GOOD_FOR, OutgoingLetter.next_attempt_at <= _NOW)
        .values(
            ended_at=_NOW,
            outcome=sa.case(
                (OutgoingLetter.attempts > 0, sa.literal(LetterOutcome.UNDELIVERABLE.value)),
                else_=sa.literal(LetterOutcome.TOO_OLD.value),
            ),
        )
        .returning(OutgoingLetter.id)
    )
    return list(ended)


def _after(delays: tuple[timedelta, ...], attempts: int) -> ColumnElement[datetime]:
    delay = delays[min(attempts, len(delays)) - 1]
    seconds: ColumnElement[float] = sa.literal(delay.total_seconds(), sa.Double()) * (
        0.8 + 0.4 * sa.func.random(type_=sa.Double())
    )
    after: ColumnElement[datetime] = _NOW + sa.func.make_interval(
        0, 0, 0, 0, 0, 0, seconds, type_=sa.Interval()
    )
    return after
