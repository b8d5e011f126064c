"""Are open deadlines worked out anew as their clocks would be, when rules and holidays change?"""

import asyncio
import datetime as dt
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.dialects.postgresql.ranges import MultiRange
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from api.database import Database
from domain import clocks, recalculation
from domain.actor import PUBLIC, Actor
from domain.calendar import JAKARTA, Calendar, load_calendar
from domain.errors import Forbidden, InvalidInput
from domain.model.complaint import Complaint, Deadline
from domain.model.master import Holiday, Recalculation, SlaRule, WorkingCalendar
from domain.recalculation_sql import changes
from domain.submission import Submission, submit
from domain.words import Classification, Clock, HolidayKind, ViewerKind
from tests.moments import end_of, moment
from tests.service import VAULT

OFFICE = Actor(ViewerKind.OFFICE, name="Siti Aminah")


async def running(session: AsyncSession, *starts: str, clock: Clock = Clock.RESOLUTION) -> list[Complaint]:
    """A complaint for each start of its only clock."""
    made = []
    for number, start in enumerate(starts):
        given = Submission(f"kunci-{number}-{start}", "Jalan rusak", "Lubang", Classification.COMPLAINT)
        complaint = (await submit(session, PUBLIC, VAULT, given)).complaint
        await session.execute(sa.delete(Deadline).where(Deadline.complaint_id == complaint.id))
        await clocks.start(session, complaint, clock, moment(start))
        made.append(complaint)
    await session.flush()
    return made


async def due(session: AsyncSession, complaint: Complaint) -> tuple[dt.datetime, dt.datetime | None]:
    """The due time of its clock, and the complaint's own, as stored."""
    await session.flush()
    deadline = sa.select(Deadline).where(Deadline.complaint_id == complaint.id)
    at = (await session.scalars(deadline, execution_options={"populate_existing": True})).one().due_at
    return at, await session.scalar(sa.select(Complaint.due_at).where(Complaint.id == complaint.id))


async def add_holiday(session: AsyncSession, day: str) -> None:
    session.add(Holiday(date=dt.date.fromisoformat(day), name="Libur", kind=HolidayKind.LOCAL))
    await session.flush()


async def test_a_holiday_moves_what_runs_across_it_and_its_removal_moves_it_back(
    session: AsyncSession,
) -> None:
    across, before, after = await running(session, "2023-01-02T08:00", "2022-12-01T08:00", "2023-01-12T08:00")
    (paused,) = await running(session, "2023-01-03T08:00")
    await clocks.pause(session, paused, Clock.RESOLUTION, moment("2023-01-05T09:00"))
    (ended,) = await running(session, "2023-01-04T08:00")
    await clocks.stop(session, ended, moment("2023-01-06T08:00"))
    assert (await recalculation.preview(session)).changed == 0

    await add_holiday(session, "2023-01-11")
    shown = await recalculation.preview(session)
    assert [(each.clock, each.changed, each.later, each.earlier) for each in shown.of_clocks] == [
        (Clock.RESOLUTION, 2, 2, 0)
    ]
    assert [(e.tracking_code, e.before, e.after) for e in shown.examples] == [
        (across.tracking_code, end_of("2023-01-20"), end_of("2023-01-24")),
        (paused.tracking_code, end_of("2023-01-24"), end_of("2023-01-25")),
    ]
    assert (await due(session, across))[0] == end_of("2023-01-20")

    done = await recalculation.recalculate(session, OFFICE, "Hari libur ditambah: 11 Januari 2023")
    assert done == shown
    assert await due(session, across) == (end_of("2023-01-24"), end_of("2023-01-24"))
    assert await due(session, paused) == (end_of("2023-01-25"), None)
    assert (await due(session, before))[0] == end_of("2022-12-21")
    assert (await due(session, after))[0] == end_of("2023-02-02")
    assert (await due(session, ended))[0] == end_of("2023-01-25"), "it is not rewritten"
    kept = (await session.scalars(sa.select(Recalculation))).one()
    assert (kept.author_name, kept.cause, kept.changed, kept.newly_overdue) == (
        "Siti Aminah",
        "Hari libur ditambah: 11 Januari 2023",
        2,
        0,
    )
    # The paused one has as many working days left as if the holiday had always been known.
    await clocks.resume(session, paused, Clock.RESOLUTION, moment("2023-01-12T09:00"))
    assert (await due(session, paused))[0] == end_of("2023-01-31")

    await session.execute(sa.delete(Holiday).where(Holiday.date == dt.date(2023, 1, 11)))
    await recalculation.recalculate(session, OFFICE, "Hari libur dihapus")
    assert (await due(session, across))[0] == end_of("2023-01-20")
    # The pause had taken a working day more than was counted when it ended.
    assert (await due(session, paused))[0] == end_of("2023-01-31")


async def test_a_rule_that_is_changed_added_or_ended_gives_its_days(session: AsyncSession) -> None:
    old, new = await running(session, "2026-03-02T08:00", "2026-06-02T08:00")
    (supervised,) = await running(session, "2026-06-03T08:00")
    supervised.supervised = True
    rule = (
        await session.scalars(
            sa.select(SlaRule).where(
                SlaRule.classification == Classification.COMPLAINT, SlaRule.supervised.is_(None)
            )
        )
    ).one()
    await recalculation.recalculate(session, OFFICE, "Sebelumnya")
    (before_old, _), (before_new, _) = await due(session, old), await due(session, new)
    assert before_new == end_of("2026-06-23")  # over 16 June

    added = SlaRule(
        clock=Clock.RESOLUTION,
        classification=Classification.COMPLAINT,
        working_days=10,
        legal_source="PermenPANRB 5/2025",
        valid_from=dt.date(2026, 6, 1),
    )
    session.add(added)
    assert (await recalculation.recalculate(session, OFFICE, "Aturan baru")).changed == 1
    assert (await due(session, old))[0] == before_old
    assert (await due(session, new))[0] == end_of("2026-06-17")
    used = sa.select(Deadline.rule_id).where(Deadline.complaint_id == new.id)
    assert await session.scalar(used) == added.id

    added.working_days = 200
    outcome = await recalculation.recalculate(session, OFFICE, "Lebih lama")
    assert (outcome.changed, outcome.of_clocks[0].later) == (1, 1)
    added.valid_until = dt.date(2026, 6, 1)
    assert (await recalculation.recalculate(session, OFFICE, "Berakhir")).changed == 1
    assert (await due(session, new))[0] == before_new
    rule.valid_until = dt.date(2026, 5, 1)
    with pytest.raises(InvalidInput, match="1 running deadlines would be left without a rule"):
        await recalculation.recalculate(session, OFFICE, "Berakhir")
    officer = Actor(ViewerKind.OFFICER)
    with pytest.raises(Forbidden):
        await recalculation.recalculate(session, officer, "Bukan wewenangnya")


async def test_it_counts_what_becomes_overdue_and_what_no_longer_is(session: AsyncSession) -> None:
    # The moment that this transaction takes for now, whatever the clock comes to meanwhile.
    now = (await session.execute(sa.select(sa.func.now()))).scalar_one().astimezone(JAKARTA)
    calendar = await load_calendar(session)
    starts = [now - dt.timedelta(days=days) for days in range(3, 40)]
    await running(session, *[f"{start:%Y-%m-%dT%H:%M:%S}" for start in starts], clock=Clock.FOLLOW_UP)
    rule = (await session.scalars(sa.select(SlaRule).where(SlaRule.clock == Clock.FOLLOW_UP))).one()
    late = {days: sum(calendar.due(start, days) < now for start in starts) for days in (1, 5, 20)}
    marks = set()
    for days, newly, no_longer in ((1, late[1] - late[5], 0), (20, 0, late[5] - late[20])):
        rule.working_days = days
        outcome = await recalculation.preview(session)
        assert outcome.changed == len(starts)
        assert (outcome.newly_overdue, outcome.no_longer_overdue) == (newly, no_longer)
        assert len(outcome.examples) == 10
        marks |= {outcome.mark, (await recalculation.preview(session)).mark}
    assert len(marks) == 2, "the same changes have the same mark, and others another"


# ------------------------------------------------------------------ SQL against Python

DAYS = st.dates(dt.date(2022, 12, 1), dt.date(2028, 2, 1))
MOMENTS = st.datetimes(
    dt.datetime(2023, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    dt.datetime(2027, 12, 1),  # noqa: DTZ001
    timezones=st.just(dt.UTC),
) | st.builds(
    # Around midnight in Cilegon, which is 17.00 in UTC.
    lambda day, seconds: dt.datetime.combine(day, dt.time(17), dt.UTC) + dt.timedelta(seconds=seconds),
    st.dates(dt.date(2023, 1, 1), dt.date(2027, 12, 1)),
    st.integers(-2, 2),
)
Case = tuple[dt.datetime, list[tuple[int, int]]]
CASES = st.lists(
    st.tuples(
        MOMENTS, st.lists(st.tuples(st.integers(0, 40 * 86_400), st.integers(1, 20 * 86_400)), max_size=3)
    ),
    min_size=10,
    max_size=10,
)


def pauses_after(start: dt.datetime, spans: list[tuple[int, int]]) -> MultiRange[dt.datetime]:
    """Pauses that follow each other: each so many seconds after the last, and so many long."""
    ranges = []
    for wait, length in spans:
        begin = start + dt.timedelta(seconds=wait + 1)
        start = begin + dt.timedelta(seconds=length)
        ranges.append(Range(begin, start))
    return MultiRange(ranges)


class Runs:
    """A database with ten running clocks, whose later transactions are rolled back."""

    def __init__(self, url: str) -> None:
        self.runner = asyncio.Runner()
        self.database = Database(url, size=1)
        self.checked = 0
        self.keys: list[UUID] = self.runner.run(self._first())

    async def _first(self) -> list[UUID]:
        async with self.database.write() as session:
            await running(session, *[f"2023-01-{day:02}T08:00" for day in range(1, 11)])
            return list(await session.scalars(sa.select(Deadline.id)))

    async def check(self, holidays: set[dt.date], days: int, cases: list[Case]) -> None:
        async with self.database.sessions() as session:
            await session.execute(sa.delete(Holiday))
            if holidays:
                rows = [{"date": day, "name": "Libur", "kind": HolidayKind.LOCAL} for day in holidays]
                await session.execute(sa.insert(Holiday).values([row | {"id": uuid7()} for row in rows]))
            await session.execute(sa.update(SlaRule).values(working_days=days))
            await session.flush()
            calendar, given = Calendar(holidays), {}
            for key, (start, spans) in zip(self.keys, cases, strict=True):
                given[key] = (start, pauses_after(start, spans))
                wrong = start + dt.timedelta(days=1, seconds=1.5)
                values = {"started_at": start, "due_at": wrong, "pauses": given[key][1]}
                await session.execute(sa.update(Deadline).where(Deadline.id == key).values(values))
            found = {row.id: row.after for row in await session.execute(changes())}
            days_of = {
                key: (start.astimezone(JAKARTA).date(), found[key].astimezone(JAKARTA).date())
                for key, (start, _) in given.items()
            }
            asked = [day for pair in days_of.values() for day in pair]
            counted = sa.select(WorkingCalendar.day, WorkingCalendar.ordinal)
            ordinals = dict((await session.execute(counted.where(WorkingCalendar.day.in_(asked)))).all())
            for key, (start, pauses) in given.items():
                assert found[key] == clocks.due(calendar, start, days, pauses), (start, pauses)
                # And backwards: so many working days lie between the two, and the last is one.
                first, last = days_of[key]
                wanted = days + clocks.paused_days(calendar, pauses)
                assert ordinals[last] - ordinals[first] == calendar.between(first, last) == wanted
                assert calendar.is_working(last)
                self.checked += 1

    def close(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()


def test_the_statement_and_the_clocks_agree_over_random_calendars(database_url: str) -> None:
    runs = Runs(database_url)

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.sets(DAYS, max_size=200), st.integers(1, 90), CASES)
    def check(holidays: set[dt.date], days: int, cases: list[Case]) -> None:
        runs.runner.run(runs.check(holidays, days, cases))

    try:
        check()
        assert runs.checked >= 150
    finally:
        runs.close()
