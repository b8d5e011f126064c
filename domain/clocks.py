"""When do clocks start, pause and stop on a complaint, and when is what they measure due?"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.dialects.postgresql.ranges import MultiRange
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import Calendar, end_of, load_calendar, local_day
from domain.model.complaint import Complaint, Deadline
from domain.model.master import SlaRule
from domain.words import Classification, Clock

AGAINST_THE_CITY = (Clock.VERIFICATION, Clock.FOLLOW_UP, Clock.RESOLUTION)
"""Clocks whose lapse makes a complaint overdue; the reporter's own time to reply does not."""
RULES_LOCK = 0x6164_7539
"""The advisory lock's number: all who start clocks share it; whoever changes what they follow, alone."""
PATIENCE = "5min"
"""For that lock, longer than for any other: to work out very many deadlines anew takes a while."""


async def keep_rules(session: AsyncSession) -> None:
    """No rule and no holiday changes until this transaction ends.

    Taken before any complaint is locked, and before any savepoint whose end would give it back: whoever
    changes a rule waits for all who hold this, and then for none of the complaints whose deadlines change.
    """
    if await session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock_shared(RULES_LOCK))):
        return
    limits = ("statement_timeout", "lock_timeout")
    usual = (await session.execute(sa.select(*map(sa.func.current_setting, limits)))).one()
    await _limit(session, dict.fromkeys(limits, PATIENCE))
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(RULES_LOCK)))
    await _limit(session, dict(zip(limits, usual, strict=True)))


async def _limit(session: AsyncSession, limits: dict[str, str]) -> None:
    """Sets what a transaction may take."""
    await session.execute(sa.select(*(sa.func.set_config(name, most, True) for name, most in limits.items())))


def paused_days(calendar: Calendar, pauses: Iterable[Range[datetime]]) -> int:
    """The working days that pauses have lasted."""
    lasted = 0
    for pause in pauses:
        assert pause.lower is not None
        assert pause.upper is not None
        lasted += calendar.between(local_day(pause.lower), local_day(pause.upper))
    return lasted


def due(
    calendar: Calendar, started_at: datetime, working_days: int, pauses: Iterable[Range[datetime]] = ()
) -> datetime:
    """When a clock is due: so many working days after its start, and as many more as its pauses lasted."""
    return calendar.due(started_at, working_days + paused_days(calendar, pauses))


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


async def run(session: AsyncSession, complaint: Complaint, clock: Clock, at: datetime) -> Deadline | None:
    """A run of a clock, not written yet; where no rule is in force on that day nobody can be late."""
    rule = await rule_for(session, complaint, clock, at)
    if rule is None:
        return None
    calendar = await load_calendar(session)
    return Deadline(
        complaint_id=complaint.id,
        clock=clock,
        rule_id=rule.id,
        started_at=at,
        due_at=due(calendar, at, rule.working_days),
    )


async def start(session: AsyncSession, complaint: Complaint, clock: Clock, at: datetime) -> None:
    """Starts a clock."""
    started = await run(session, complaint, clock, at)
    if started is not None:
        session.add(started)
        keep_due_at(complaint, await _running(session, complaint))
        await session.flush()


async def start_again(session: AsyncSession, complaint: Complaint, clock: Clock, at: datetime) -> None:
    """Starts a new run of a clock that has ended; one that still runs goes on as it is."""
    if not _of(clock, await _running(session, complaint)):
        await session.flush()  # the end of the last run is written before the new one
        await start(session, complaint, clock, at)


async def stop(session: AsyncSession, complaint: Complaint, at: datetime, *clocks: Clock) -> None:
    """Ends the named clocks where they run, or all of them where none is named.

    One that is paused has been paused until now: how it ended is judged without the pause.
    """
    running = await _running(session, complaint)
    ending = [deadline for deadline in running if not clocks or deadline.clock in clocks]
    await _run_on(session, ending, at)
    for deadline in ending:
        deadline.ended_at = at
    keep_due_at(complaint, running)


async def run_again(session: AsyncSession, complaint: Complaint, ended_at: datetime) -> None:
    """Lets the clocks that ended at a moment run on as if they had not, by the rules that there are now."""
    ended = await session.scalars(
        sa.select(Deadline).where(Deadline.complaint_id == complaint.id, Deadline.ended_at == ended_at)
    )
    calendar = await load_calendar(session)
    for deadline in ended:
        rule = await rule_for(session, complaint, deadline.clock, deadline.started_at)
        deadline.ended_at = None
        if rule is not None:
            deadline.rule_id = rule.id
            deadline.due_at = due(calendar, deadline.started_at, rule.working_days, deadline.pauses)
    await session.flush()
    keep_due_at(complaint, await _running(session, complaint))


async def pause(session: AsyncSession, complaint: Complaint, clock: Clock, at: datetime) -> None:
    """Pauses a clock where it runs: nobody is late while it stands still."""
    running = await _running(session, complaint)
    for deadline in _of(clock, running):
        if deadline.paused_at is None:
            deadline.paused_at = at
    keep_due_at(complaint, running)


async def resume(session: AsyncSession, complaint: Complaint, clock: Clock, at: datetime) -> None:
    """Lets a paused clock run on: it has as many working days left as when it was paused."""
    running = await _running(session, complaint)
    await _run_on(session, _of(clock, running), at)
    keep_due_at(complaint, running)


async def follow_classification(session: AsyncSession, complaint: Complaint, clock: Clock) -> None:
    """Gives a running clock the rule for what the complaint is classified as now, from the same start on.

    What pauses have added to the due time stays added.
    """
    running = await _running(session, complaint)
    for deadline in _of(clock, running):
        rule = await rule_for(session, complaint, clock, deadline.started_at)
        if rule is None or rule.id == deadline.rule_id:
            continue
        calendar = await load_calendar(session)
        deadline.rule_id = rule.id
        deadline.due_at = due(calendar, deadline.started_at, rule.working_days, deadline.pauses)
    keep_due_at(complaint, running)


async def _running(session: AsyncSession, complaint: Complaint) -> Sequence[Deadline]:
    """The runs that have not ended. What has changed of them here need not be written yet.

    So a step writes its complaint once, with its new status and due time.
    """
    found = await session.scalars(
        sa.select(Deadline).where(Deadline.complaint_id == complaint.id, Deadline.ended_at.is_(None))
    )
    new = [row for row in session.new if isinstance(row, Deadline) and row.complaint_id == complaint.id]
    return [deadline for deadline in (*found, *new) if deadline.ended_at is None]


def _of(clock: Clock, running: Sequence[Deadline]) -> Sequence[Deadline]:
    return [deadline for deadline in running if deadline.clock is clock]


async def _run_on(session: AsyncSession, deadlines: Iterable[Deadline], at: datetime) -> None:
    """Ends the pauses: each due time moves by the working days that its pause lasted, which is kept."""
    paused = [deadline for deadline in deadlines if deadline.paused_at is not None]
    if not paused:
        return
    calendar = await load_calendar(session)
    for deadline in paused:
        assert deadline.paused_at is not None
        if at > deadline.paused_at:
            pause = Range(deadline.paused_at, at)
            deadline.pauses = MultiRange([*deadline.pauses, pause])
            lasted = paused_days(calendar, [pause])
            deadline.due_at = end_of(calendar.add(local_day(deadline.due_at), lasted))
        deadline.paused_at = None


def keep_due_at(complaint: Complaint, deadlines: Iterable[Deadline | None]) -> None:
    """Keeps the complaint's own due time: the earliest among the clocks that run against the city."""
    complaint.due_at = min(
        (
            deadline.due_at
            for deadline in deadlines
            if deadline is not None
            and deadline.clock in AGAINST_THE_CITY
            and deadline.ended_at is None
            and deadline.paused_at is None
        ),
        default=None,
    )
