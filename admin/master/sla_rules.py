"""How the rules of the deadlines are kept: a rule in use is ended and followed by another, not rewritten."""

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

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
        return Markup('<span class="state state-on">Sudah diperiksa</span>')
    return Markup('<span class="state state-warn">Belum diperiksa</span>')


async def uses(session: AsyncSession, rule: SlaRule, *, ended: bool) -> int:
    """How many deadlines that have ended, or have not, were worked out by a rule."""
    state = Deadline.ended_at.is_not(None) if ended else Deadline.ended_at.is_(None)
    query = sa.select(sa.func.count()).select_from(Deadline).where(Deadline.rule_id == rule.id, state)
    return await session.scalar(query) or 0


class SlaRuleView(EditableView, model=SlaRule):
    """The rules that say how many working days each step may take."""

    name = "Aturan tenggat"
    name_plural = "Aturan tenggat"
    noun = "aturan tenggat"
    icon = "fa-solid fa-stopwatch"
    menu_group = "Data induk"
    about = (
        "Berapa hari kerja tiap tahap boleh berlangsung, sejak kapan, dan menurut aturan apa. Bila diubah,"
        " tenggat yang masih berjalan dihitung ulang; dampaknya ditunjukkan dahulu."
    )
    search_label = "Cari dasar hukum"
    removal = Removal("Hapus", "Belum ada laporan yang dinilai menurut aturan ini.", "dihapus")
    moves_deadlines = True

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
        "confirmed": "Pemeriksaan",
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
        by_flag("in_force", "Masa berlaku", _IN_FORCE, "Sedang berlaku", "Tidak sedang berlaku"),
        by_flag(
            "confirmed", "Dasar hukum", SlaRule.confirmed.is_(True), "Sudah diperiksa", "Belum diperiksa"
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
            "Dasar hukum sudah diperiksa Diskominfo",
            Control.CHECK,
            "Centang setelah peraturannya dibaca dan cocok.",
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
        running = await uses(desk.session, row, ended=False)
        ended = await uses(desk.session, row, ended=True)
        note = f"Menentukan {running} tenggat yang berjalan; {ended} tenggat sudah berakhir menurutnya."
        return {"note": note if running or ended else "Belum pernah dipakai."}

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
        number = await uses(desk.session, row, ended=True)
        self._fill(row, typed)
        if number and before != [getattr(row, name) for name in _FOR_EVER]:
            reason = (
                f"{number} tenggat sudah berakhir menurut aturan ini, jadi tahap, klasifikasi, pengawasan,"
                " lama tenggat dan tanggal mulainya tetap. Buatlah aturan baru: yang mulai berlaku paling"
                " akhir didahulukan, juga bagi tenggat yang masih berjalan sejak hari itu."
            )
            given = urlencode({name: value for name, value in typed.values.items() if value})
            raise Problem(reason, way_on=(f"/sla-rule/create?{given}", "Buat aturan baru dari isian ini"))

    async def kept_because(self, desk: Desk, row: SlaRule) -> str | None:
        number = await uses(desk.session, row, ended=True)
        if not number:
            return None
        return (
            f"{number} tenggat sudah berakhir menurut aturan ini, jadi tidak dapat dihapus."
            " Isi 'Berlaku sampai' untuk mengakhirinya."
        )

    async def remove(self, desk: Desk, row: SlaRule) -> None:
        """Its running deadlines get another rule before the transaction ends."""
        await desk.session.execute(sa.text("SET CONSTRAINTS fk_deadline_rule_id DEFERRED"))
        await desk.session.delete(row)
