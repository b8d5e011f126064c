"""Working days: the Python of a calendar against the table of the database, and known spans of years."""

import datetime as dt

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from api.database import Database
from domain.calendar import FIRST_DAY, Calendar, load_calendar
from domain.model.master import Holiday, WorkingCalendar
from tests.moments import moment

DAYS = st.dates(FIRST_DAY, dt.date(2058, 12, 31))


@given(st.sets(DAYS, max_size=60), DAYS, st.integers(0, 90))
def test_adding_and_counting_agree(holidays: set[dt.date], start: dt.date, days: int) -> None:
    calendar = Calendar(holidays)
    end = calendar.add(start, days)
    assert calendar.between(start, end) == days
    assert end == start if days == 0 else calendar.is_working(end)
    span = [start + dt.timedelta(n) for n in range(1, (end - start).days + 1)]
    assert sum(day.weekday() < 5 and day not in holidays for day in span) == days


@given(st.sets(DAYS, max_size=60), DAYS)
def test_the_ordinal_counts_from_the_first_day(holidays: set[dt.date], day: dt.date) -> None:
    day = min(day, FIRST_DAY + dt.timedelta(3_000))
    span = [FIRST_DAY + dt.timedelta(n) for n in range((day - FIRST_DAY).days + 1)]
    expected = sum(d.weekday() < 5 and d not in holidays for d in span)
    assert Calendar(holidays).ordinal(day) == expected


async def test_the_table_of_the_database_is_the_same_calendar(database_url: str) -> None:
    database = Database(database_url, size=2)
    for change in (
        None,
        sa.delete(Holiday).where(Holiday.date < dt.date(2025, 1, 1)),
        sa.update(Holiday).values(date=Holiday.date + 3_000),
    ):
        async with database.write() as session:
            if change is not None:
                await session.execute(change)
            calendar = await load_calendar(session)
            rows = (await session.execute(sa.select(WorkingCalendar.day, WorkingCalendar.ordinal))).all()
        assert len(rows) == 18_262
        assert [(day, ordinal) for day, ordinal in rows if calendar.ordinal(day) != ordinal] == []
    await database.close()


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2023-01-02T08:00", 5, "2023-01-09T23:59:59"),
        ("2023-01-06T23:59:59", 1, "2023-01-09T23:59:59"),  # Friday night: Monday
        ("2023-01-07T10:00", 1, "2023-01-09T23:59:59"),  # Saturday: Monday
        ("2023-01-20T09:00", 1, "2023-01-24T23:59:59"),  # Imlek on Sunday, joint leave on Monday
        ("2023-04-18T09:00", 3, "2023-04-28T23:59:59"),  # over Idul Fitri with its joint leave
        ("2023-12-22T15:00", 3, "2023-12-29T23:59:59"),  # Christmas and its joint leave
        ("2024-12-31T23:59:59", 2, "2025-01-03T23:59:59"),  # over New Year
        ("2025-03-27T08:00", 5, "2025-04-14T23:59:59"),  # Nyepi and Idul Fitri
    ],
)
async def test_due_days_over_holidays(database_url: str, start: str, days: int, due: str) -> None:
    database = Database(database_url, size=1)
    async with database.write() as session:
        calendar = await load_calendar(session)
    await database.close()
    assert calendar.due(moment(start), days) == moment(due)


def test_a_day_begins_at_midnight_in_jakarta() -> None:
    calendar = Calendar([])
    just_before = dt.datetime(2023, 1, 2, 16, 59, 59, tzinfo=dt.UTC)  # Monday 23.59.59 in Cilegon
    assert calendar.due(just_before, 1) == moment("2023-01-03T23:59:59")
    assert calendar.due(just_before + dt.timedelta(seconds=1), 1) == moment("2023-01-04T23:59:59")
