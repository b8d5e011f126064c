"""When are people at work, and when is something due tomorrow, today, or overdue by days, seen from then?"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import JAKARTA, Calendar, load_calendar, local_day

OPENS, CLOSES = time(7, 30), time(16, 0)
"""Nobody is reminded at night or on a holiday: who is, can do something about it."""
OFFICE_AFTER = 3
"""So many working days late a complaint is told to Diskominfo, too."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A moment within working hours, and what due times mean then."""

    now: datetime
    today: date
    next_day: datetime
    """The start of the next working day: what is due before it is due today."""
    day_after: datetime
    """The start of the working day after that: what is due before it is due tomorrow."""
    long_ago: datetime
    """What was due before this is late by as many working days as Diskominfo is told after."""


def hours_at(calendar: Calendar, now: datetime) -> Hours | None:
    """The working hours that a moment is in; None outside of them."""
    there, today = now.astimezone(JAKARTA), local_day(now)
    if not (calendar.is_working(today) and OPENS <= there.time() < CLOSES):
        return None
    return Hours(
        now,
        today,
        _start_of(calendar.add(today, 1)),
        _start_of(calendar.add(today, 2)),
        _start_of(_back(calendar, today, OFFICE_AFTER - 1)),
    )


async def working_hours(session: AsyncSession, now: datetime) -> Hours | None:
    """`hours_at` by the calendar as it is now."""
    return hours_at(await load_calendar(session), now)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), JAKARTA)


def _back(calendar: Calendar, day: date, working_days: int) -> date:
    """The working day that is so many before a working day."""
    left = working_days
    while left > 0:
        day -= timedelta(days=1)
        left -= calendar.is_working(day)
    return day
