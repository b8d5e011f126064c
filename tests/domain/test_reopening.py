"""Until when may a completed complaint be taken up again? The policy's SQL against the calendar's Python."""

import datetime as dt
from itertools import product

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import clocks
from domain.actor import PUBLIC
from domain.calendar import JAKARTA, load_calendar
from domain.model.complaint import Complaint
from domain.model.master import SlaRule
from domain.reopening_sql import may_still_reopen
from domain.submission import Submission, submit
from domain.words import Classification, Clock, ComplaintStatus
from tests.moments import moment
from tests.service import VAULT

TIMES = (dt.time(0, 0), dt.time(9, 30), dt.time(23, 59, 59))


async def completed(session: AsyncSession) -> Complaint:
    given = Submission("kunci-0001", "Jalan rusak", "Lubang besar", Classification.COMPLAINT)
    complaint = (await submit(session, PUBLIC, VAULT, given)).complaint
    complaint.status = ComplaintStatus.COMPLETED
    complaint.completed_at = moment("2023-01-02T09:00")
    await session.flush()
    return complaint


async def may(session: AsyncSession, at: dt.datetime) -> bool:
    row = Complaint.__table__
    found = await session.scalar(sa.select(may_still_reopen(row, sa.literal(at))).select_from(row))
    assert isinstance(found, bool)
    return found


@pytest.mark.parametrize(
    ("completed_at", "last"),
    [
        ("2023-01-02T09:00", "2023-01-16T23:59:59"),  # Monday to Monday
        ("2023-01-06T23:59:59", "2023-01-20T23:59:59"),  # a Friday: the weekend after is too late
        ("2023-01-07T10:00", "2023-01-20T23:59:59"),  # a Saturday
        ("2023-01-20T09:00", "2023-02-06T23:59:59"),  # Imlek with its joint leave
        ("2023-04-14T09:00", "2023-05-08T23:59:59"),  # over Idul Fitri and Labour Day
        ("2023-12-18T00:00", "2024-01-04T23:59:59"),  # Christmas and New Year
    ],
)
async def test_the_last_moment_is_the_end_of_the_tenth_working_day(
    session: AsyncSession, completed_at: str, last: str
) -> None:
    complaint = await completed(session)
    complaint.completed_at = moment(completed_at)
    await session.flush()
    assert await may(session, complaint.completed_at)
    assert await may(session, moment(last))
    assert not await may(session, moment(last) + dt.timedelta(seconds=1))
    assert not await may(session, moment(last) + dt.timedelta(days=3))


async def test_it_is_the_due_time_of_a_clock_that_started_then(session: AsyncSession) -> None:
    complaint, calendar = await completed(session), await load_calendar(session)
    for day in range(40):
        complaint.completed_at = moment("2023-04-01T00:30") + dt.timedelta(days=day)
        await session.flush()
        rule = await clocks.rule_for(session, complaint, Clock.REPORTER_REPLY, complaint.completed_at)
        assert rule is not None
        due = calendar.due(complaint.completed_at, rule.working_days)
        for later, time in product((-1, 0, 1, 2, 3), TIMES):
            at = dt.datetime.combine(due.date() + dt.timedelta(later), time, JAKARTA)
            assert await may(session, at) == (at <= due), (complaint.completed_at, at)


async def test_the_rule_is_the_one_in_force_on_the_day_of_completion(session: AsyncSession) -> None:
    complaint = await completed(session)

    def rule(days: int, since: str, until: str | None = None, **values: object) -> SlaRule:
        return SlaRule(
            clock=Clock.REPORTER_REPLY,
            working_days=days,
            legal_source="Uji",
            valid_from=dt.date.fromisoformat(since),
            valid_until=dt.date.fromisoformat(until) if until else None,
            **values,
        )

    session.add_all(
        [
            rule(3, "2023-03-01", "2023-03-31"),
            rule(5, "2023-02-01", classification=Classification.ASPIRATION),
            rule(4, "2023-02-15", supervised=True),
        ]
    )
    await session.flush()
    for completed_at, classification, supervised, days in (
        ("2023-01-31", Classification.ASPIRATION, True, 10),
        ("2023-02-01", Classification.ASPIRATION, False, 5),
        ("2023-02-14", Classification.COMPLAINT, True, 10),
        ("2023-02-15", Classification.ASPIRATION, True, 4),
        ("2023-03-01", Classification.COMPLAINT, False, 3),
        ("2023-03-31", Classification.COMPLAINT, False, 3),
        ("2023-04-01", Classification.COMPLAINT, False, 10),
    ):
        complaint.completed_at = moment(f"{completed_at}T12:00")
        complaint.classification, complaint.supervised = classification, supervised
        await session.flush()
        found = await clocks.rule_for(session, complaint, Clock.REPORTER_REPLY, complaint.completed_at)
        assert found is not None
        assert found.working_days == days
        due = (await load_calendar(session)).due(complaint.completed_at, days)
        assert await may(session, due)
        assert not await may(session, due + dt.timedelta(seconds=1))


async def test_without_a_rule_there_is_no_time(session: AsyncSession) -> None:
    complaint = await completed(session)
    await session.execute(sa.delete(SlaRule).where(SlaRule.clock == Clock.REPORTER_REPLY))
    assert complaint.completed_at is not None
    assert not await may(session, complaint.completed_at)
