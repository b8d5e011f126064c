"""Do clocks pause, run on and end as working days say? Known spans of 2023."""

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import clocks
from domain.actor import PUBLIC
from domain.model.complaint import Complaint, Deadline
from domain.model.master import SlaRule
from domain.submission import Submission, submit
from domain.words import Classification, Clock
from tests.moments import end_of, moment
from tests.service import VAULT

MONDAY = "2023-01-02T08:00"
"""Fourteen working days from here end on Friday, 20 January; the Monday after it is joint leave."""


async def reported(session: AsyncSession) -> Complaint:
    """A complaint without any clock."""
    given = Submission("kunci-0001", "Jalan rusak", "Lubang besar", Classification.COMPLAINT)
    complaint = (await submit(session, PUBLIC, VAULT, given)).complaint
    await session.execute(sa.delete(Deadline))
    session.expire_all()
    await session.refresh(complaint)
    return complaint


async def started(session: AsyncSession, at: str = MONDAY) -> tuple[Complaint, Deadline]:
    """A complaint that is to be resolved in fourteen working days, and its deadline."""
    complaint = await reported(session)
    await clocks.start(session, complaint, Clock.RESOLUTION, moment(at))
    deadline = await session.scalar(sa.select(Deadline))
    assert deadline is not None
    return complaint, deadline


@pytest.mark.parametrize(
    ("start", "paused", "resumed", "due"),
    [
        (MONDAY, "2023-01-10T09:00", "2023-01-10T17:00", "2023-01-20"),  # within a day
        (MONDAY, "2023-01-10T09:00", "2023-01-11T08:00", "2023-01-24"),  # overnight: the 23rd is joint leave
        (MONDAY, "2023-01-06T15:00", "2023-01-09T09:00", "2023-01-24"),  # Friday to Monday: one working day
        (MONDAY, "2023-01-06T23:59:59", "2023-01-09T00:00", "2023-01-24"),
        (MONDAY, "2023-01-07T09:00", "2023-01-08T20:00", "2023-01-20"),  # a weekend is no working day
        (MONDAY, "2023-01-07T09:00", "2023-01-09T09:00", "2023-01-24"),  # Saturday to Monday
        (MONDAY, "2023-01-03T09:00", "2023-01-17T09:00", "2023-02-06"),  # ten working days: two weeks more
        (MONDAY, "2023-01-20T09:00", "2023-01-24T09:00", "2023-01-24"),  # from the last day, over joint leave
        (MONDAY, "2023-01-25T09:00", "2023-01-27T09:00", "2023-01-25"),  # late by two days: still late by two
        ("2023-04-10T08:00", "2023-04-18T10:00", "2023-04-26T10:00", "2023-05-09"),  # over Idul Fitri
        ("2023-04-10T08:00", "2023-04-19T10:00", "2023-04-25T10:00", "2023-05-08"),  # within it: nothing lost
        ("2023-12-18T08:00", "2023-12-22T10:00", "2024-01-02T10:00", "2024-01-16"),  # Christmas and New Year
    ],
)
async def test_a_due_time_moves_by_the_working_days_of_the_pause(
    session: AsyncSession, start: str, paused: str, resumed: str, due: str
) -> None:
    complaint, deadline = await started(session, start)
    before = deadline.due_at
    await clocks.pause(session, complaint, Clock.RESOLUTION, moment(paused))
    assert (deadline.paused_at, deadline.due_at) == (moment(paused), before)
    assert complaint.due_at is None
    await clocks.resume(session, complaint, Clock.RESOLUTION, moment(resumed))
    assert deadline.paused_at is None
    assert deadline.due_at == complaint.due_at == end_of(due)


async def test_pauses_add_up(session: AsyncSession) -> None:
    complaint, deadline = await started(session)
    for paused, resumed in (("2023-01-04", "2023-01-05"), ("2023-01-09", "2023-01-11")):
        await clocks.pause(session, complaint, Clock.RESOLUTION, moment(paused))
        await clocks.resume(session, complaint, Clock.RESOLUTION, moment(resumed))
    assert deadline.due_at == end_of("2023-01-26")


async def test_pausing_twice_and_resuming_what_runs_change_nothing(session: AsyncSession) -> None:
    complaint, deadline = await started(session)
    await clocks.resume(session, complaint, Clock.RESOLUTION, moment("2023-01-05T09:00"))
    assert deadline.due_at == end_of("2023-01-20")
    await clocks.pause(session, complaint, Clock.RESOLUTION, moment("2023-01-05T09:00"))
    await clocks.pause(session, complaint, Clock.RESOLUTION, moment("2023-01-09T09:00"))
    assert deadline.paused_at == moment("2023-01-05T09:00")


async def test_only_the_named_clock_is_paused(session: AsyncSession) -> None:
    complaint, resolution = await started(session)
    await clocks.start(session, complaint, Clock.FOLLOW_UP, moment(MONDAY))
    await clocks.pause(session, complaint, Clock.RESOLUTION, moment("2023-01-04T09:00"))
    assert complaint.due_at == end_of("2023-01-09")
    await clocks.stop(session, complaint, moment("2023-01-05T09:00"), Clock.FOLLOW_UP)
    assert complaint.due_at is None
    assert resolution.ended_at is None


async def test_what_ends_while_it_is_paused_is_judged_without_the_pause(session: AsyncSession) -> None:
    complaint, deadline = await started(session)
    await clocks.pause(session, complaint, Clock.RESOLUTION, moment("2023-01-19T09:00"))
    await clocks.stop(session, complaint, moment("2023-02-01T09:00"))
    # One working day was left, so one is left: the clock was met.
    assert deadline.due_at == end_of("2023-02-02")
    assert (deadline.paused_at, deadline.ended_at) == (None, moment("2023-02-01T09:00"))
    assert complaint.due_at is None


async def test_a_new_run_starts_only_where_the_last_has_ended(session: AsyncSession) -> None:
    complaint, first = await started(session)
    await clocks.start_again(session, complaint, Clock.RESOLUTION, moment("2023-01-05T09:00"))
    assert await session.scalar(sa.select(sa.func.count()).select_from(Deadline)) == 1
    await clocks.stop(session, complaint, moment("2023-01-06T09:00"))
    await clocks.start_again(session, complaint, Clock.RESOLUTION, moment("2023-01-09T09:00"))
    await session.flush()
    due = (await session.scalars(sa.select(Deadline.due_at).order_by(Deadline.started_at))).all()
    assert due == [end_of("2023-01-20"), end_of("2023-01-30")]
    assert complaint.due_at == end_of("2023-01-30")
    assert first.ended_at == moment("2023-01-06T09:00")


async def test_a_new_classification_gives_its_rule_and_keeps_the_pause(session: AsyncSession) -> None:
    complaint, deadline = await started(session)
    await clocks.pause(session, complaint, Clock.RESOLUTION, moment("2023-01-03T09:00"))
    await clocks.resume(session, complaint, Clock.RESOLUTION, moment("2023-01-05T09:00"))
    assert deadline.due_at == end_of("2023-01-25")
    complaint.classification = Classification.ASPIRATION
    await clocks.follow_classification(session, complaint, Clock.RESOLUTION)
    assert deadline.due_at == complaint.due_at == end_of("2023-01-11")  # five and the two of the pause
    complaint.classification, complaint.supervised = Classification.COMPLAINT, True
    await clocks.follow_classification(session, complaint, Clock.RESOLUTION)
    rule = await session.get_one(SlaRule, deadline.rule_id)
    assert (rule.working_days, deadline.started_at) == (60, moment(MONDAY))
    assert deadline.due_at == end_of("2023-04-03")  # over Nyepi with its joint leave
