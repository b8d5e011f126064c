"""Which open deadlines change with the rules and holidays as they are now, and how are they worked out anew?

A change of a rule or a holiday and the recalculation are one transaction. What changes is first shown: in the
same transaction, rolled back, `preview` tells it. `Outcome.mark` tells whether that is still so.
An ended clock stays as it was judged; a complaint's status does not change, so there is no event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import FromClause

from domain import authority
from domain.actor import Actor
from domain.clocks import AGAINST_THE_CITY, RULES_LOCK
from domain.errors import InvalidInput
from domain.model.complaint import Complaint, Deadline
from domain.model.master import Recalculation
from domain.recalculation_sql import FOUND, find_changes
from domain.words import Clock

EXAMPLES = 10
PATIENCE = "5min"


@dataclass(frozen=True, slots=True)
class OfClock:
    """What changes of one clock."""

    clock: Clock
    changed: int
    later: int
    earlier: int
    newly_overdue: int
    no_longer_overdue: int


@dataclass(frozen=True, slots=True)
class Example:
    """One deadline that changes."""

    tracking_code: str
    clock: Clock
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What changes, or has changed."""

    of_clocks: Sequence[OfClock]
    examples: Sequence[Example]
    mark: str
    """The same for the same changes of the same deadlines."""

    @property
    def changed(self) -> int:
        return sum(each.changed for each in self.of_clocks)

    @property
    def newly_overdue(self) -> int:
        return sum(each.newly_overdue for each in self.of_clocks)

    @property
    def no_longer_overdue(self) -> int:
        return sum(each.no_longer_overdue for each in self.of_clocks)


async def hold_rules(session: AsyncSession) -> None:
    """Waits for all who are starting clocks, and lets nobody start one until this transaction ends.

    Taken before a rule or a holiday is changed, or locked.
    """
    await session.execute(sa.text(f"SET LOCAL statement_timeout = '{PATIENCE}'"))
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(RULES_LOCK)))


async def preview(session: AsyncSession) -> Outcome:
    """What would change with the rules and holidays as this transaction sees them."""
    await session.flush()
    await find_changes(session)
    return await _outcome(session)


async def recalculate(session: AsyncSession, actor: Actor | None, cause: str) -> Outcome:
    """Works the open deadlines out anew, and keeps why, by whom and how many; the caller holds the rules.

    Without an actor it is the operator's, from the command line.
    """
    if actor is not None:
        authority.require(actor, "master:edit")
    outcome = await preview(session)
    await _apply(session, actor, cause, outcome)
    return outcome


async def recalculate_as_shown(
    session: AsyncSession, actor: Actor, cause: str, mark: str | None
) -> Outcome | None:
    """`recalculate`, if what changes is what was shown with this mark, or no due time changes at all.

    Otherwise what would change now is given instead: nothing is done, and the caller rolls back.
    """
    authority.require(actor, "master:edit")
    outcome = await preview(session)
    if outcome.changed and outcome.mark != mark:
        return outcome
    if outcome.mark:
        await _apply(session, actor, cause, outcome)
    return None


async def _apply(session: AsyncSession, actor: Actor | None, cause: str, outcome: Outcome) -> None:
    await session.execute(
        sa.update(Deadline)
        .values(due_at=FOUND.c.after, rule_id=FOUND.c.rule_after)
        .where(Deadline.id == FOUND.c.id)
        .execution_options(synchronize_session=False)
    )
    await _follow(session)
    session.add(
        Recalculation(
            account_id=actor and actor.id,
            author_name=actor and actor.name,
            cause=cause[:500],
            changed=outcome.changed,
            newly_overdue=outcome.newly_overdue,
            no_longer_overdue=outcome.no_longer_overdue,
        )
    )
    await session.flush()


async def _follow(session: AsyncSession) -> None:
    """`clocks.keep_due_at`, for all complaints at once."""
    first = (
        sa.select(Deadline.complaint_id, sa.func.min(Deadline.due_at).label("due_at"))
        .where(
            Deadline.ended_at.is_(None), Deadline.paused_at.is_(None), Deadline.clock.in_(AGAINST_THE_CITY)
        )
        .group_by(Deadline.complaint_id)
        .subquery("first")
    )
    await session.execute(
        sa.update(Complaint)
        .values(due_at=first.c.due_at)
        .where(Complaint.id == first.c.complaint_id, Complaint.due_at.is_distinct_from(first.c.due_at))
        .execution_options(synchronize_session=False)
    )


async def _outcome(session: AsyncSession) -> Outcome:
    found = FOUND
    differs = found.c.after != found.c.before
    running = sa.and_(found.c.paused_at.is_(None), found.c.clock.in_(AGAINST_THE_CITY))
    was_late, is_late = found.c.before < sa.func.now(), found.c.after < sa.func.now()

    def number(where: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.count().filter(where)

    of_clocks = await session.execute(
        sa.select(
            found.c.clock,
            number(differs),
            number(found.c.after > found.c.before),
            number(found.c.after < found.c.before),
            number(sa.and_(running, is_late, ~was_late)),
            number(sa.and_(running, was_late, ~is_late)),
            _digest(found),
            number(found.c.rule_after.is_(None)),
        ).group_by(found.c.clock)
    )
    by_clock = {row[0]: row for row in of_clocks}
    rows = [by_clock[clock] for clock in Clock if clock in by_clock]
    bare = sum(row[7] for row in rows)
    if bare:  # how long such a deadline gives would be nobody's word any more
        raise InvalidInput("deadlines_without_rule", number=bare)
    examples = await session.execute(
        sa.select(Complaint.tracking_code, found.c.clock, found.c.before, found.c.after)
        .join(Complaint, Complaint.id == found.c.complaint_id)
        .where(differs)
        .order_by(found.c.before, found.c.id)
        .limit(EXAMPLES)
    )
    return Outcome(
        [OfClock(*row[:6]) for row in rows if row[1]],
        [Example(*row) for row in examples],
        "-".join(f"{row[6] & (2**64 - 1):016x}" for row in rows),
    )


def _digest(found: FromClause) -> sa.ColumnElement[Any]:
    """One number for a set of changes, whatever their order."""
    what = sa.func.concat_ws(" ", found.c.id, sa.extract("epoch", found.c.after))
    return sa.cast(sa.func.bit_xor(sa.func.hashtextextended(what, 0)), sa.BigInteger)
