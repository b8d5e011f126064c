"""How the rules of the deadlines are kept: a rule in use is ended and followed by another, not rewritten."""

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.desk import Desk
from admin.editing import EditableView, Removal
from admin.filters import by_flag, by_word
from admin.forms import YES, Control, Field, Problem, Typed, Values, words
from domain.calendar import today_sql
from domain.errors import InvalidInput
from domain.model.complaint import Deadline
from domain.model.master import SlaRule
from domain.words import Classification, Clock, label

_SUPERVISED = {"": "Semua", "ya": "Berkadar pengawasan saja", "tidak": "Bukan berkadar pengawasan"}
_ANSWERS: dict[bool | None, str] = {None: "", True: "ya", False: "tidak"}
_IN_FORCE = sa.and_(
    SlaRule.valid_from <= today_sql(),
    sa.or_(SlaRule.valid_until.is_(None), SlaRule.valid_until >= today_sql()),
)
_FOR_EVER = ("clock", "classification", "supervised", "working_days", "valid_from")
"""What deadlines were worked out from."""


def _classification(rule: SlaRule, *_: object) -> str:
    return label(rule.classification) if rule.classification else "Semua"


def _supervised(rule: SlaRule, *_: object) -> str:
    return _SUPERVISED[_ANSWERS[rule.supervised]]


def _working_days(rule: SlaRule, *_: object) -> str:
    return f"{rule.working_days} hari kerja"


def _confirmed(rule: SlaRule, *_: object) -> Markup:
    if rule.confirmed:
        return Markup('<span class="state state-on">Sudah dipastikan</span>')
    return Markup('<span class="state state-warn">Belum dipastikan</span>')


async def uses(session: AsyncSession, rule: SlaRule) -> int:
    """How many deadlines were worked out by a rule."""
    return (
        await session.scalar(
            sa.select(sa.func.count()).select_from(Deadline).where(Deadline.rule_id == rule.id)
        )
        or 0
    )


class SlaRuleView(EditableView, model=SlaRule):
    """The rules that say how many working days each step may take."""

    name = "Aturan tenggat"
    name_plural = "Aturan tenggat"
    noun = "aturan tenggat"
    icon = "fa-solid fa-stopwatch"
    menu_group = "Data induk"
    about = "Berapa hari kerja tiap tahap boleh berlangsung, sejak kapan, dan menurut aturan apa."
    search_label = "Cari dasar hukum"
    removal = Removal(
        "Hapus", "Aturan ini belum dipakai laporan mana pun dan akan dihapus selamanya.", "dihapus"
    )

    column_list = (
        "clock",
        "classification",
        "supervised",
        "working_days",
        "valid_from",
        "valid_until",
        "confirmed",
    )
    column_details_list = (*column_list, "legal_source")
    column_labels: ClassVar[dict[Any, str]] = {
        "clock": "Tahap",
        "classification": "Klasifikasi",
        "supervised": "Pengawasan",
        "working_days": "Tenggat",
        "valid_from": "Berlaku sejak",
        "valid_until": "Berlaku sampai",
        "confirmed": "Kepastian",
        "legal_source": "Dasar hukum",
    }
    column_formatters: ClassVar[dict[Any, Any]] = {
        "classification": _classification,
        "supervised": _supervised,
        "working_days": _working_days,
        "confirmed": _confirmed,
    }
    column_formatters_detail: ClassVar[dict[Any, Any]] = column_formatters
    column_searchable_list = ("legal_source",)
    column_sortable_list = ("working_days", "valid_from", "valid_until")
    column_filters: ClassVar[Sequence[Any]] = (
        by_word(SlaRule.clock, "Tahap", Clock),
        by_flag("in_force", "Hari ini", _IN_FORCE, "Berlaku", "Tidak berlaku"),
        by_flag(
            "confirmed", "Kepastian", SlaRule.confirmed.is_(True), "Sudah dipastikan", "Belum dipastikan"
        ),
    )

    questions = (
        Field("clock", "Tahap", Control.CHOICE, required=True, choices=[("", "Pilih…"), *words(Clock)]),
        Field(
            "classification",
            "Klasifikasi laporan",
            Control.CHOICE,
            "Aturan untuk satu klasifikasi didahulukan dari aturan untuk semua.",
            choices=[("", "Semua"), *words(Classification)],
        ),
        Field("supervised", "Pengawasan", Control.CHOICE, choices=list(_SUPERVISED.items())),
        Field("working_days", "Tenggat dalam hari kerja", Control.NUMBER, required=True, most=365),
        Field("valid_from", "Berlaku sejak", Control.DATE, required=True),
        Field(
            "valid_until",
            "Berlaku sampai",
            Control.DATE,
            "Hari terakhir aturan ini berlaku. Kosongkan bila belum ada akhirnya.",
        ),
        Field(
            "legal_source",
            "Dasar hukum",
            Control.AREA,
            "Peraturan dan pasalnya, misalnya PermenPANRB 62/2018.",
            required=True,
            most=500,
        ),
        Field(
            "confirmed",
            "Sudah dipastikan Diskominfo",
            Control.CHECK,
            "Centang setelah dasar hukumnya diperiksa.",
        ),
    )

    def title_of(self, row: SlaRule) -> str:
        return f"{label(row.clock)}: {row.working_days} hari kerja"

    def sort_query(self, stmt: sa.Select[Any], request: Request) -> sa.Select[Any]:
        """Unless asked otherwise, in the order in which a complaint meets the rules."""
        if request.query_params.get("sortBy"):
            return super().sort_query(stmt, request)
        step = sa.case({clock.value: order for order, clock in enumerate(Clock)}, value=SlaRule.clock)
        return stmt.order_by(
            step, SlaRule.classification.nulls_first(), SlaRule.supervised.nulls_first(), SlaRule.valid_from
        )

    async def around(self, desk: Desk, row: SlaRule) -> dict[str, Any]:
        number = await uses(desk.session, row)
        return {"note": f"Sudah dipakai menghitung {number} tenggat." if number else "Belum pernah dipakai."}

    async def values(self, desk: Desk, row: SlaRule) -> Values:  # noqa: ARG002
        return {
            "clock": row.clock.value,
            "classification": row.classification.value if row.classification else "",
            "supervised": _ANSWERS[row.supervised],
            "working_days": str(row.working_days),
            "valid_from": row.valid_from.isoformat(),
            "valid_until": row.valid_until.isoformat() if row.valid_until else "",
            "legal_source": row.legal_source,
            "confirmed": YES if row.confirmed else "",
        }

    def _fill(self, rule: SlaRule, typed: Typed) -> SlaRule:
        rule.clock = typed.word("clock", Clock)
        rule.classification = typed.optional_word("classification", Classification)
        supervised = typed.raw("supervised")
        rule.supervised = {"": None, "ya": True, "tidak": False}.get(supervised)
        rule.working_days = typed.number("working_days", 1, 365)
        rule.valid_from = typed.day("valid_from")
        rule.valid_until = typed.optional_day("valid_until")
        if rule.valid_until is not None and rule.valid_until < rule.valid_from:
            raise InvalidInput("bad_period", field="valid_until")
        rule.legal_source = typed.required("legal_source", 500)
        rule.confirmed = typed.flag("confirmed")
        return rule

    async def add(self, desk: Desk, typed: Typed) -> SlaRule:
        rule = self._fill(SlaRule(), typed)
        desk.session.add(rule)
        await desk.session.flush()
        return rule

    async def change(self, desk: Desk, row: SlaRule, typed: Typed) -> None:
        before = [getattr(row, name) for name in _FOR_EVER]
        number = await uses(desk.session, row)
        self._fill(row, typed)
        if number and before != [getattr(row, name) for name in _FOR_EVER]:
            reason = (
                f"Aturan ini sudah dipakai menghitung {number} tenggat, jadi tahap, klasifikasi, pengawasan,"
                " lama tenggat dan tanggal mulainya tetap. Isi 'Berlaku sampai', lalu tambahkan aturan baru."
            )
            raise Problem(reason)

    async def kept_because(self, desk: Desk, row: SlaRule) -> str | None:
        number = await uses(desk.session, row)
        if not number:
            return None
        return (
            f"Aturan ini sudah dipakai menghitung {number} tenggat, jadi tidak dapat dihapus."
            " Isi 'Berlaku sampai' untuk mengakhirinya."
        )
