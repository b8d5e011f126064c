"""How the OPDs are kept in the panel, by the same rules as through the API."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin import links, wording
from admin.desk import Desk
from admin.editing import EditableView
from admin.filters import by_flag, by_word
from admin.forms import Choice, Control, Field, Typed, Values, words
from domain import opds, policy
from domain.model.complaint import Complaint
from domain.model.master import Opd
from domain.opds import OpdDetails
from domain.policy import opd_is_active
from domain.words import OpdKind
from domain.workflow import OPEN

_IS_ACTIVE = opd_is_active(Opd.__table__)
NOBODY: Choice = ("", "(tidak ada)")


async def opd_choices(
    session: AsyncSession, *, but: UUID | None = None, active_only: bool = False
) -> list[Choice]:
    """OPDs by code, to choose from."""
    query = sa.select(Opd.id, Opd.code, Opd.name).order_by(sa.func.lower(Opd.name))
    found = await session.execute(query.where(_IS_ACTIVE) if active_only else query)
    return [NOBODY, *((code, name) for key, code, name in found if key != but)]


async def opd_code(session: AsyncSession, opd_id: UUID | None) -> str:
    """The code by which a form names an OPD."""
    return await session.scalar(sa.select(Opd.code).where(Opd.id == opd_id)) or ""


def _active(opd: Opd, _: str, request: Request) -> Markup:
    if opd.id in request.state.active_opds:
        return Markup('<span class="state state-on">Aktif</span>')
    return Markup('<span class="state state-off">Tidak aktif</span>')


def _open_complaints(opd: Opd, _: str, request: Request) -> Markup:
    number = request.state.open_complaints.get(opd.id, 0)
    href = links.rows(request, "complaint", opd=opd.code, status="OPEN")
    return links.anchor(href, number) if number else Markup("0")


def _other_opd(opd: Opd, attribute: str, request: Request) -> Markup:
    key = getattr(opd, attribute)
    name = request.state.opd_names.get(key)
    return links.anchor(links.row(request, "opd", key), name) if name else wording.NONE


class OpdView(EditableView, model=Opd):
    """The OPDs: one that has ended is given an end date elsewhere, never deleted."""

    name = "OPD"
    name_plural = "OPD"
    noun = "OPD"
    icon = "fa-solid fa-building-columns"
    menu_group = "Data induk"
    about = "Organisasi perangkat daerah yang menerima disposisi laporan."
    search_label = "Cari nama, singkatan atau kode"

    column_list = ("name", "short_name", "code", "kind", "active", "open_complaints")
    column_details_list = (
        "name",
        "short_name",
        "code",
        "kind",
        "parent_id",
        "active",
        "active_from",
        "active_until",
        "successor_id",
        "open_complaints",
        "address",
        "phone",
        "email",
        "website",
        "updated_at",
    )
    column_labels: ClassVar[dict[Any, str]] = {
        "name": "Nama",
        "short_name": "Singkatan",
        "code": "Kode",
        "kind": "Jenis",
        "active": "Keadaan",
        "open_complaints": "Laporan terbuka",
        "parent_id": "Induk",
        "address": "Alamat",
        "phone": "Telepon",
        "email": "Surel",
        "website": "Situs web",
        "active_from": "Aktif sejak",
        "active_until": "Aktif sampai",
        "successor_id": "Penerus",
        "updated_at": "Terakhir diubah",
    }
    column_formatters: ClassVar[dict[Any, Any]] = {"active": _active, "open_complaints": _open_complaints}
    column_formatters_detail: ClassVar[dict[Any, Any]] = {
        "active": _active,
        "open_complaints": _open_complaints,
        "parent_id": _other_opd,
        "successor_id": _other_opd,
    }
    column_searchable_list = ("name", "short_name", "code")
    column_sortable_list = ("name", "short_name", "code")
    column_default_sort = "name"
    column_filters: ClassVar[Sequence[Any]] = (
        by_word(Opd.kind, "Jenis", OpdKind),
        by_flag("active", "Keadaan", _IS_ACTIVE, "Aktif", "Tidak aktif"),
    )

    async def prepare(self, desk: Desk, rows: Sequence[Any]) -> None:  # noqa: ARG002
        session, state, actor = desk.session, desk.request.state, desk.actor
        counts = await session.execute(
            sa.select(Complaint.opd_id, sa.func.count())
            .where(Complaint.status.in_(OPEN), policy.lists_complaint(actor, Complaint.__table__))
            .group_by(Complaint.opd_id),
            policy.viewer_values(actor),
        )
        state.open_complaints = dict(counts.all())
        names = (await session.execute(sa.select(Opd.id, Opd.name, _IS_ACTIVE))).all()
        state.opd_names = {key: name for key, name, _ in names}
        state.active_opds = {key for key, _, active in names if active}

    async def fields(self, desk: Desk, row: Opd | None) -> Sequence[Field]:
        code = (
            Field("code", "Kode", Control.FIXED, "Kode dipakai aplikasi lain, jadi tidak dapat diubah.")
            if row
            else Field(
                "code",
                "Kode",
                hint="Huruf besar, angka dan tanda hubung, misalnya DPUPR. Tidak dapat diubah lagi nanti.",
                required=True,
                most=32,
            )
        )
        return (
            Field("name", "Nama lengkap", required=True, most=200),
            Field("short_name", "Singkatan", hint="Nama yang biasa dipakai di daftar.", most=40),
            code,
            Field("kind", "Jenis", Control.CHOICE, required=True, choices=[("", "Pilih…"), *words(OpdKind)]),
            Field(
                "parent_code",
                "Induk",
                Control.CHOICE,
                "OPD yang membawahi, misalnya kecamatan bagi kelurahan.",
                choices=await opd_choices(desk.session, but=row.id if row else None),
            ),
            Field(
                "active_from",
                "Aktif sejak",
                Control.DATE,
                "Sebelum tanggal ini OPD tidak dapat menerima disposisi. Kosongkan bila sudah aktif.",
            ),
            Field("address", "Alamat", Control.AREA, most=500),
            Field("phone", "Telepon", Control.TEL, most=40),
            Field("email", "Surel", Control.EMAIL, most=254),
            Field("website", "Situs web", Control.URL, "Diawali http:// atau https://", most=500),
        )

    async def values(self, desk: Desk, row: Opd) -> Values:
        return {
            "name": row.name,
            "short_name": row.short_name or "",
            "code": row.code,
            "kind": row.kind.value,
            "parent_code": await opd_code(desk.session, row.parent_id),
            "active_from": row.active_from.isoformat() if row.active_from else "",
            "address": row.address or "",
            "phone": row.phone or "",
            "email": row.email or "",
            "website": row.website or "",
        }

    def _details(self, typed: Typed) -> dict[str, Any]:
        return {
            "name": typed.raw("name"),
            "short_name": typed.raw("short_name"),
            "kind": typed.word("kind", OpdKind),
            "parent_code": typed.raw("parent_code"),
            "address": typed.raw("address"),
            "phone": typed.raw("phone"),
            "email": typed.raw("email"),
            "website": typed.raw("website"),
            "active_from": typed.optional_day("active_from"),
        }

    async def add(self, desk: Desk, typed: Typed) -> Opd:
        details = OpdDetails(**self._details(typed))
        return await opds.create(desk.session, desk.actor, typed.raw("code"), details)

    async def change(self, desk: Desk, row: Opd, typed: Typed) -> None:
        await opds.update(desk.session, desk.actor, row.code, self._details(typed))
