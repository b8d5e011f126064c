"""When clocks start and stop on a complaint, and when what they measure is due."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import load_calendar, local_day
from domain.model.complaint import Complaint, Deadline
from domain.model.master import SlaRule
from domain.words import Classification, Clock

AGAINST_THE_CITY = (Clock.VERIFICATION, Clock.FOLLOW_UP, Clock.RESOLUTION)
"""Clocks whose lapse makes a complaint overdue; the reporter's own time to reply does not."""


def in_force(
    rules: Iterable[SlaRule],
    clock: Clock,
    classification: Classification,
    supervised: bool,
    start: datetime,
) -> SlaRule | None:
    """The rule in force on the day the clock starts: the most particular one, then the newest."""
    day = local_day(start)
    fitting = (
        rule
        for rule in rules
        if rule.clock is clock
        and rule.classification in (None, classification)
        and rule.supervised in (None, supervised)
        and rule.valid_from <= day
        and (rule.valid_until is None or rule.valid_until >= day)
    )
    return min(
        fitting,
        key=lambda rule: (
            rule.supervised is None,
            rule.classification is None,
            -rule.valid_from.toordinal(),
            rule.id,
        ),
        default=None,
    )


async def rule_for(
    session: AsyncSession, complaint: Complaint, clock: Clock, start: datetime
) -> SlaRule | None:
    """`in_force` for a complaint."""
    rules = await session.scalars(sa.select(SlaRule).where(SlaRule.clock == clock))
    return in_force(rules, clock, complaint.classification, complaint.supervised, start)


async def start(session: AsyncSession, complaint: Complaint, clock: Clock, at: datetime) -> None:
    """Starts a clock; where no rule is in force on that day there is nothing to be late for."""
    rule = await rule_for(session, complaint, clock, at)
    if rule is None:
        return
    calendar = await load_calendar(session)
    session.add(
        Deadline(
            complaint_id=complaint.id,
            clock=clock,
            rule_id=rule.id,
            started_at=at,
            due_at=calendar.due(at, rule.working_days),
        )
    )
    await keep_due_at(session, complaint)


async def stop(session: AsyncSession, complaint: Complaint, at: datetime, *clocks: Clock) -> None:
    """Ends the named clocks where they run, or all of them where none is named."""
    await session.flush()
    running = await session.scalars(
        sa.select(Deadline).where(
            Deadline.complaint_id == complaint.id,
            Deadline.ended_at.is_(None),
            *([Deadline.clock.in_(clocks)] if clocks else []),
        )
    )
    for deadline in running:
        deadline.ended_at = at
    await keep_due_at(session, complaint)


async def keep_due_at(session: AsyncSession, complaint: Complaint) -> None:
    """Keeps the complaint's own due time: the earliest among the clocks that run against the city."""
    await session.flush()
    complaint.due_at = await session.scalar(
        sa.select(sa.func.min(Deadline.due_at)).where(
            Deadline.complaint_id == complaint.id,
            Deadline.clock.in_(AGAINST_THE_CITY),
            Deadline.ended_at.is_(None),
            Deadline.paused_at.is_(None),
        )
    )
