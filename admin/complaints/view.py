"""Which complaints an officer lists, and how they find one among them."""

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import defer, selectinload
from starlette.exceptions import HTTPException
from starlette.requests import Request

from admin import links, wording
from admin.complaints import details, dues
from admin.complaints.identity import identity
from admin.complaints.offers import offers
from admin.complaints.periods import PeriodFilter
from admin.complaints.step_forms import STEP_FORMS
from admin.complaints.uploads import hint
from admin.desk import Desk
from admin.filters import Filter, by_code, by_flag, by_word
from admin.views import View
from admin.visitor import actor_of
from domain import policy
from domain.attachments.rules import rules_of
from domain.model.complaint import Complaint
from domain.model.master import Category, Opd
from domain.tracking import read_code
from domain.words import Channel, Classification, ComplaintStatus, label
from domain.workflow import OPEN


def is_overdue() -> sa.ColumnElement[bool]:
    """A clock that runs against the city has passed its time."""
    return sa.func.coalesce(Complaint.due_at < sa.func.now(), sa.false())


class StatusFilter(Filter):
    """One status, or all in which somebody still has something to do."""

    def __init__(self) -> None:
        choices = [("OPEN", "Semua yang belum selesai")]
        choices += [(status.value, label(status)) for status in ComplaintStatus]
        super().__init__("status", "Status", self._where, choices=choices)

    def _where(self, value: str) -> sa.ColumnElement[bool]:
        if value == "OPEN":
            return Complaint.status.in_(OPEN)
        if value in ComplaintStatus.__members__:
            return Complaint.status == ComplaintStatus(value)
        return sa.false()


_CATEGORIES = sa.select(Category.code, Category.name).order_by(sa.func.lower(Category.name))


def _in_category(code: str) -> sa.ColumnElement[bool]:
    """The category, and those that it is the group of."""
    group = sa.alias(Category.__table__)
    return Complaint.category_id.in_(
        sa.select(Category.id)
        .outerjoin(group, group.c.id == Category.parent_id)
        .where(sa.or_(Category.code == code, group.c.code == code))
    )


def _status(complaint: Complaint, *_: object) -> Markup:
    return wording.status_badge(complaint.status)


def _title(complaint: Complaint, _: str, request: Request) -> Markup:
    return links.anchor(links.row(request, "complaint", complaint.tracking_code), complaint.title)


def _submitted(complaint: Complaint, *_: object) -> Markup:
    return wording.two_lines(complaint.submitted_at)


def _due(complaint: Complaint, _: str, request: Request) -> Markup:
    return dues.shown(complaint, request.state.dues.get(complaint.id))


class ComplaintView(View, model=Complaint):
    """The complaints: what happens to them is decided by the workflow, through the forms of their steps."""

    name = "Laporan"
    name_plural = "Laporan"
    noun = "laporan"
    icon = "fa-solid fa-inbox"
    about = "Laporan warga yang boleh Anda lihat, dari semua kanal."
    search_label = "Cari kode, nomor LAPOR! atau judul"
    details_page = "panel/complaint.html"

    column_list = ("tracking_code", "title", "status", "opd", "submitted_at", "due_at")
    column_labels: ClassVar[dict[Any, str]] = {
        "tracking_code": "Kode",
        "title": "Judul",
        "status": "Status",
        "opd": "OPD",
        "submitted_at": "Masuk",
        "due_at": "Tenggat",
    }
    column_formatters: ClassVar[dict[Any, Any]] = {
        "title": _title,
        "status": _status,
        "submitted_at": _submitted,
        "due_at": _due,
    }
    column_searchable_list = ("tracking_code", "external_tracking_id", "title")
    column_sortable_list = ("submitted_at", "due_at")
    column_default_sort = ("submitted_at", True)
    column_filters: ClassVar[Sequence[Any]] = (
        StatusFilter(),
        by_flag("overdue", "Tenggat", is_overdue(), "Terlambat", "Tidak terlambat"),
        by_code(
            Complaint.opd_id,
            "opd",
            "OPD",
            Opd,
            Opd.called,
            none="Belum di OPD mana pun",
        ),
        Filter("category", "Kategori", _in_category, query=_CATEGORIES),
        by_word(Complaint.channel, "Kanal", Channel),
        by_word(Complaint.classification, "Klasifikasi", Classification),
        PeriodFilter(),
    )

    def key_of(self, row: Complaint) -> str:
        return row.tracking_code

    async def prepare(self, desk: Desk, rows: Sequence[Any]) -> None:
        desk.request.state.dues = await dues.earliest(desk.session, [row.id for row in rows])

    def list_query(self, request: Request) -> sa.Select[Any]:
        actor = actor_of(request)
        statement = sa.select(Complaint).where(policy.lists_complaint(actor, Complaint.__table__))
        return statement.options(defer(Complaint.body), selectinload(Complaint.opd)).params(
            policy.viewer_values(actor)
        )

    def search_query(self, stmt: sa.Select[Any], term: str) -> sa.Select[Any]:
        """The one complaint whose code this is, however it is typed; else words, as in any list."""
        code = read_code(term.replace("\x00", ""))
        if code is not None:
            return stmt.where(Complaint.tracking_code == code)
        return super().search_query(stmt, term)

    async def details(self, desk: Desk, key: str) -> dict[str, Any]:
        page = await details.load(desk, key)
        if page is None:
            raise HTTPException(404)
        known = page.has_reporter and not page.asks_before_naming
        return {
            "row": page.complaint,
            "page": page,
            "identity": await identity(desk, page) if known else None,
            "offers": await offers(desk, page.complaint),
            "steps": STEP_FORMS.values(),
            "files_hint": hint(rules_of(desk.session)),
        }
