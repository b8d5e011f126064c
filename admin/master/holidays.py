"""How the days off are kept that working days are counted around."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin import wording
from admin.desk import Desk
from admin.editing import EditableView, Removal
from admin.filters import Choice, Filter, RunQuery, by_word
from admin.forms import Control, Field, Problem, Typed, Values, words
from domain.calendar import FIRST_DAY, JAKARTA, LAST_DAY, ordinal_sql
from domain.model.complaint import Deadline
from domain.model.master import Holiday, SlaRule
from domain.words import HolidayKind

WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


def _date(holiday: Holiday, *_: object) -> str:
    return f"{WEEKDAYS[holiday.date.weekday()]}, {wording.day(holiday.date)}"


def _in_year(year: str) -> sa.ColumnElement[bool]:
    known = year.isdecimal() and len(year) == 4 and FIRST_DAY.year <= int(year) <= LAST_DAY.year
    return Holiday.date.between(date(int(year), 1, 1), date(int(year), 12, 31)) if known else sa.false()


class YearFilter(Filter):
    """Holidays of one year, among the years that have any; nothing chosen shows them all."""

    def __init__(self) -> None:
        super().__init__("year", "Tahun", _in_year)

    async def lookups(self, request: Request, model: Any, run_query: RunQuery) -> list[Choice]:  # noqa: ARG002
        year = sa.cast(sa.extract("year", Holiday.date), sa.Integer)
        found = await run_query(sa.select(year).distinct().order_by(year.desc()))
        return [(str(year), str(year)) for (year,) in found]


async def uses(session: AsyncSession, day: date) -> int:
    """How many deadlines were worked out around a day off.

    Those that run across it and have their full number of working days without it: had it not been known
    when the deadline was worked out, one would be missing.
    """
    if day.weekday() > 4:
        return 0
    midnight = datetime.combine(day, time.min, JAKARTA)
    counted = ordinal_sql(Deadline.__table__.c.due_at) - ordinal_sql(Deadline.__table__.c.started_at)
    return (
        await session.scalar(
            sa.select(sa.func.count())
            .select_from(Deadline)
            .join(SlaRule, SlaRule.id == Deadline.rule_id)
            .where(
                Deadline.started_at < midnight,
                Deadline.due_at >= midnight,
                counted >= SlaRule.working_days,
            )
        )
        or 0
    )


class HolidayView(EditableView, model=Holiday):
    """The holidays: national, joint leave and local ones."""

    name = "Hari libur"
    name_plural = "Hari libur"
    noun = "hari libur"
    icon = "fa-solid fa-calendar-day"
    menu_group = "Data induk"
    about = (
        "Hari kerja dihitung Senin sampai Jumat tanpa hari-hari ini. Bila diubah, tenggat yang masih berjalan"
        " dihitung ulang; dampaknya ditunjukkan dahulu."
    )
    search_label = "Cari nama"
    removal = Removal("Hapus", "Hari itu kembali menjadi hari kerja.", "dihapus")
    moves_deadlines = True

    column_list = ("date", "name", "kind")
    column_details_list = ("date", "name", "kind")
    column_labels: ClassVar[dict[Any, str]] = {"date": "Tanggal", "name": "Nama", "kind": "Jenis"}
    column_formatters: ClassVar[dict[Any, Any]] = {"date": _date}
    column_formatters_detail: ClassVar[dict[Any, Any]] = column_formatters
    column_searchable_list = ("name",)
    column_sortable_list = ("date", "name")
    column_default_sort = ("date", True)
    column_filters: ClassVar[Sequence[Any]] = (
        YearFilter(),
        by_word(Holiday.kind, "Jenis", HolidayKind),
    )

    questions = (
        Field("date", "Tanggal", Control.DATE, required=True),
        Field("name", "Nama", hint="Misalnya Hari Raya Idulfitri 1448 H.", required=True, most=200),
        Field("kind", "Jenis", Control.CHOICE, required=True, choices=[("", "Pilih…"), *words(HolidayKind)]),
    )

    def title_of(self, row: Holiday) -> str:
        return row.name

    def cause(self, row: Holiday, done: str) -> str:
        return f"{super().cause(row, done)}, {wording.day(row.date)}"

    async def around(self, desk: Desk, row: Holiday) -> dict[str, Any]:
        number = await uses(desk.session, row.date)
        note = f"Ikut menentukan {number} tenggat." if number else "Belum menentukan tenggat apa pun."
        return {"note": note}

    async def values(self, desk: Desk, row: Holiday) -> Values:  # noqa: ARG002
        return {"date": row.date.isoformat(), "name": row.name, "kind": row.kind.value}

    def _fill(self, holiday: Holiday, typed: Typed) -> Holiday:
        holiday.date = typed.day("date")
        if not FIRST_DAY <= holiday.date <= LAST_DAY:
            span = f"Kalender kerja berlaku {FIRST_DAY.year} sampai {LAST_DAY.year}."
            raise Problem(span, "date")
        holiday.name = typed.required("name", 200)
        holiday.kind = typed.word("kind", HolidayKind)
        return holiday

    async def add(self, desk: Desk, typed: Typed) -> Holiday:
        holiday = self._fill(Holiday(), typed)
        desk.session.add(holiday)
        await desk.session.flush()
        return holiday

    async def change(self, desk: Desk, row: Holiday, typed: Typed) -> None:  # noqa: ARG002
        self._fill(row, typed)
