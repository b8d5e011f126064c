"""Is what starts, pauses and is reopened from 2023 to 2027 due on the days that are counted by hand?"""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from domain import clocks, recalculation
from domain.actor import PUBLIC, Actor
from domain.calendar import load_calendar
from domain.deadline_sql import deadline_state
from domain.model.complaint import Complaint, Deadline
from domain.model.master import Holiday, SlaRule
from domain.recalculation_sql import changes
from domain.submission import Submission, submit
from domain.words import Classification, Clock, HolidayKind, ViewerKind
from tests.domain import known_dates as known
from tests.moments import end_of, moment
from tests.service import VAULT, Service

S = Clock.RESOLUTION
OFFICE = Actor(ViewerKind.OFFICE, name="Siti Aminah")


async def reported(session: AsyncSession, *, supervised: bool = False) -> Complaint:
    """A complaint without any clock."""
    number = await session.scalar(sa.select(sa.func.count()).select_from(Complaint))
    given = Submission(f"kunci-{number:05}", "Jalan rusak", "Lubang besar", Classification.COMPLAINT)
    complaint = (await submit(session, PUBLIC, VAULT, given)).complaint
    await session.execute(sa.delete(Deadline).where(Deadline.complaint_id == complaint.id))
    complaint.supervised = supervised
    return complaint


async def started(
    session: AsyncSession, clock: Clock, at: str, *, supervised: bool = False
) -> tuple[Complaint, Deadline]:
    complaint = await reported(session, supervised=supervised)
    await clocks.start(session, complaint, clock, moment(at))
    deadline = await session.scalar(sa.select(Deadline).where(Deadline.complaint_id == complaint.id))
    assert deadline is not None
    return complaint, deadline


async def stored(session: AsyncSession) -> list[tuple[dt.datetime, dt.datetime | None]]:
    """The due times in the database, and their complaints', in the order of their start here."""
    await session.flush()
    query = sa.select(Deadline.due_at, Complaint.due_at).join(Complaint).order_by(Deadline.id)
    return [(due, of_complaint) for due, of_complaint in await session.execute(query)]


async def in_sql(session: AsyncSession) -> list[dt.datetime]:
    """The same times as the statement that works all out anew finds them, from due times that are wrong."""
    wrong = Deadline.started_at + dt.timedelta(seconds=1)
    await session.execute(
        sa.update(Deadline).values(due_at=wrong), execution_options={"synchronize_session": False}
    )
    found = changes().subquery()
    return list(await session.scalars(sa.select(found.c.after).order_by(found.c.id)))


async def test_the_days_off_are_those_that_were_decreed(session: AsyncSession) -> None:
    rows = (await session.scalars(sa.select(Holiday))).all()
    for kind, years in ((HolidayKind.NATIONAL, known.NATIONAL), (HolidayKind.JOINT_LEAVE, known.JOINT_LEAVE)):
        for year, days in years.items():
            seeded = {f"{row.date:%m-%d}" for row in rows if row.date.year == year and row.kind is kind}
            assert seeded == set(days.split()), (year, kind)
    # A date that is not decided says so by its name, and no other does.
    assert {row.date.isoformat() for row in rows if "perkiraan" in row.name} == known.ESTIMATED


@pytest.mark.parametrize("year", known.DUE)
async def test_what_starts_in_a_year_is_due_on_the_known_day(session: AsyncSession, year: int) -> None:
    calendar = await load_calendar(session)
    rows = known.DUE[year]
    for clock, start, _ in rows:
        await started(session, clock, start)
    expected = [end_of(day) for _, _, day in rows]
    by_hand = {(clock, start): due for (clock, start, _), due in zip(rows, expected, strict=True)}
    assert {(c, at): calendar.due(moment(at), known.DAYS[c]) for c, at, _ in rows} == by_hand
    kept = await stored(session)
    assert {(c, at): due for (c, at, _), (due, _) in zip(rows, kept, strict=True)} == by_hand
    own = [
        None if clock is Clock.REPORTER_REPLY else due
        for (clock, *_), due in zip(rows, expected, strict=True)
    ]
    assert [of_complaint for _, of_complaint in kept] == own
    assert await in_sql(session) == expected


async def test_what_is_supervised_is_due_on_the_known_day(session: AsyncSession) -> None:
    for start, day in known.SUPERVISED:
        _, deadline = await started(session, S, start, supervised=True)
        assert deadline.due_at == end_of(day)
    assert await in_sql(session) == [end_of(day) for _, day in known.SUPERVISED]


async def test_what_is_paused_over_days_off_is_due_on_the_known_day(session: AsyncSession) -> None:
    calendar = await load_calendar(session)
    for start, paused, resumed, day in known.PAUSED:
        complaint, deadline = await started(session, S, start)
        await clocks.pause(session, complaint, S, moment(paused))
        assert complaint.due_at is None
        await clocks.resume(session, complaint, S, moment(resumed))
        pause = Range(moment(paused), moment(resumed))
        worked_out = clocks.due(calendar, moment(start), known.DAYS[S], [pause])
        assert deadline.due_at == complaint.due_at == worked_out == end_of(day), (start, paused)
    await session.flush()
    assert await in_sql(session) == [end_of(day) for *_, day in known.PAUSED]


async def test_what_is_reopened_has_its_days_again_from_then_on(session: AsyncSession) -> None:
    for start, ended, due, again, due_again in known.REOPENED:
        complaint, first = await started(session, S, start)
        await clocks.stop(session, complaint, moment(ended))
        await clocks.start_again(session, complaint, S, moment(again))
        second = (
            await session.scalars(
                sa.select(Deadline).where(Deadline.complaint_id == complaint.id, Deadline.ended_at.is_(None))
            )
        ).one()
        assert (first.due_at, second.due_at, complaint.due_at) == (end_of(due), *[end_of(due_again)] * 2)
    assert await in_sql(session) == [end_of(row[-1]) for row in known.REOPENED]


async def decree(session: AsyncSession, year: str, days: str) -> None:
    """Days that are added (+) or taken away (-)."""
    added, gone = (
        [dt.date.fromisoformat(f"{year}-{day[1:]}") for day in days.split() if day[0] == sign]
        for sign in "+-"
    )
    if gone:
        await session.execute(sa.delete(Holiday).where(Holiday.date.in_(gone)))
    session.add_all(Holiday(date=day, name="Libur", kind=HolidayKind.JOINT_LEAVE) for day in added)
    await session.flush()


async def test_what_is_decreed_later_moves_what_runs(session: AsyncSession) -> None:
    for clock, start, before, due, decreed, due_since in known.DECREED_LATER:
        await decree(session, start[:4], before)
        complaint, deadline = await started(session, clock, start)
        assert deadline.due_at == end_of(due), start
        await decree(session, start[:4], decreed)
        assert (await recalculation.recalculate(session, OFFICE, "SKB perubahan")).changed == 1
        await session.refresh(deadline, ["due_at"])
        await session.refresh(complaint, ["due_at"])
        calendar = await load_calendar(session)
        worked_out = calendar.due(moment(start), known.DAYS[clock])
        assert deadline.due_at == worked_out == end_of(due_since), start
        assert complaint.due_at == (None if clock is Clock.REPORTER_REPLY else worked_out)


async def test_a_clock_is_met_until_midnight_of_its_last_day_in_cilegon(session: AsyncSession) -> None:
    found = []
    for ended in ("2023-04-28T23:59:59", "2023-04-29T00:00"):
        complaint, deadline = await started(session, Clock.VERIFICATION, "2023-04-22T12:00")
        await clocks.stop(session, complaint, moment(ended))
        await session.flush()
        row = Deadline.__table__
        found.append(await session.scalar(sa.select(deadline_state(row)).where(row.c.id == deadline.id)))
    assert found == ["MET", "MISSED"]


async def test_a_rule_counts_from_the_first_minute_of_its_day_in_cilegon(session: AsyncSession) -> None:
    session.add(
        SlaRule(
            clock=Clock.FOLLOW_UP,
            working_days=1,
            legal_source="Uji",
            valid_from=dt.date(2026, 1, 1),
            valid_until=dt.date(2026, 3, 18),
        )
    )
    for start, day in (
        ("2025-12-31T23:59", "2026-01-08"),  # five days: 2, 5-8
        ("2026-01-01T00:00", "2026-01-02"),
        ("2026-03-18T23:59", "2026-03-25"),
        ("2026-03-19T00:00", "2026-03-31"),
    ):
        assert (await started(session, Clock.FOLLOW_UP, start))[1].due_at == end_of(day), start
    assert (await recalculation.preview(session)).changed == 0


async def test_first_responses_are_charged_in_working_days(service: Service) -> None:
    await service.dispatched()
    query = (
        '{ statistics(period: {from: "2020-01-01", until: "2099-12-31"}) { mean: meanFirstResponseDays } }'
    )
    for dispatched, responded, days in known.FIRST_RESPONSES:
        async with service.database.write() as session:
            values = {"dispatched_at": moment(dispatched), "first_responded_at": moment(responded)}
            await session.execute(sa.update(Complaint).values(values))
        assert (await service.data(query))["statistics"] == {"mean": days}, (dispatched, responded)
