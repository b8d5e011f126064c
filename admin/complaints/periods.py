"""Which complaints came in, were followed up or completed within a span of days?"""

from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from starlette.requests import Request

from admin import wording
from admin.filters import Choice, Filter, RunQuery
from domain.calendar import JAKARTA, local_day
from domain.model.complaint import Complaint

_MOMENTS: dict[str, tuple[str, Any]] = {
    "submitted": ("Masuk", Complaint.submitted_at),
    "responded": ("Ditindaklanjuti", Complaint.first_responded_at),
    "completed": ("Selesai", Complaint.completed_at),
}


def _read(value: str) -> tuple[str, date, date] | None:
    """What happened, from which day to which, of a value like `completed:2026-11-16..2026-11-22`."""
    what, _, span = value.partition(":")
    first, _, last = span.partition("..")
    try:
        since, until = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    return (what, since, until) if what in _MOMENTS and until < date.max else None


def _where(value: str) -> sa.ColumnElement[bool]:
    read = _read(value)
    if read is None:
        return sa.false()
    what, since, until = read
    column = _MOMENTS[what][1]
    start, end = (
        datetime.combine(day, time(), JAKARTA) for day in (max(since, date(1900, 1, 1)), until + timedelta(1))
    )
    return sa.and_(column >= start, column < end)


class PeriodFilter(Filter):
    """The week before this one may be chosen; an address may name any span."""

    def __init__(self) -> None:
        super().__init__("period", "Periode", _where)

    async def lookups(self, request: Request, model: Any, run_query: RunQuery) -> list[Choice]:  # noqa: ARG002
        today = local_day(datetime.now(JAKARTA))
        monday = today - timedelta(days=today.weekday())
        span = f"{monday - timedelta(days=7)}..{monday - timedelta(days=1)}"
        choices = [(f"{what}:{span}", f"{title} minggu lalu") for what, (title, _) in _MOMENTS.items()]
        asked = request.query_params.get(self.parameter_name, "")
        read = _read(asked)
        if read is not None and asked not in dict(choices):
            what, since, until = read
            choices.append((asked, f"{_MOMENTS[what][0]} {wording.day(since)} sampai {wording.day(until)}"))
        return choices
