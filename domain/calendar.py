"""Working days in Cilegon: Monday to Friday less the holidays in the table, in Asia/Jakarta."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.model.master import Holiday, WorkingCalendar

JAKARTA = ZoneInfo("Asia/Jakarta")
END_OF_DAY = time(23, 59, 59)
FIRST_DAY = date(2010, 1, 1)
LAST_DAY = date(2059, 12, 31)
"""The span of `working_calendar`: from before LAPOR began to beyond any deadline."""


def local_day(moment: datetime) -> date:
    """The day that a moment falls on in Cilegon."""
    return moment.astimezone(JAKARTA).date()


def end_of(day: date) -> datetime:
    """The last second of a day in Cilegon: until then something due that day is in time."""
    return datetime.combine(day, END_OF_DAY, JAKARTA)


class Calendar:
    """The working days of a set of holidays."""

    def __init__(self, holidays: Iterable[date]) -> None:
        self._holidays = sorted({day for day in holidays if day.weekday() < 5})

    def is_working(self, day: date) -> bool:
        index = bisect_right(self._holidays, day)
        return day.weekday() < 5 and not (index and self._holidays[index - 1] == day)

    def ordinal(self, day: date) -> int:
        """Working days from the calendar's first day up to and including this one."""
        days = (day - FIRST_DAY).days + 1
        weeks, rest = divmod(days, 7)
        weekdays = weeks * 5 + sum((FIRST_DAY.weekday() + i) % 7 < 5 for i in range(rest))
        first = bisect_right(self._holidays, FIRST_DAY - timedelta(days=1))
        return weekdays - (bisect_right(self._holidays, day) - first)

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative where `end` comes first."""
        return self.ordinal(end) - self.ordinal(start)

    def add(self, start: date, working_days: int) -> date:
        """The day that is so many working days after `start`."""
        day, left = start, working_days
        while left > 0:
            day += timedelta(days=1)
            left -= self.is_working(day)
        return day

    def due(self, start: datetime, working_days: int) -> datetime:
        """When something that began at `start` and may take so many working days is due."""
        return end_of(self.add(local_day(start), working_days))


async def load_calendar(session: AsyncSession) -> Calendar:
    """The calendar as the table of holidays has it now."""
    return Calendar(await session.scalars(sa.select(Holiday.date)))


def local_day_sql(moment: sa.ColumnElement[datetime]) -> sa.ColumnElement[date]:
    """`local_day`, in SQL."""
    return sa.cast(sa.func.timezone("Asia/Jakarta", moment), sa.Date)


def ordinal_of_day_sql(day: sa.ColumnElement[date]) -> sa.ScalarSelect[int]:
    """`Calendar.ordinal`, in SQL."""
    return sa.select(WorkingCalendar.ordinal).where(WorkingCalendar.day == day).scalar_subquery()


def ordinal_sql(moment: sa.ColumnElement[datetime]) -> sa.ScalarSelect[int]:
    """`Calendar.ordinal` of a moment's day, in SQL."""
    return ordinal_of_day_sql(local_day_sql(moment))


def today_sql() -> sa.ColumnElement[date]:
    """Today in Cilegon, in SQL."""
    return local_day_sql(sa.func.now())
