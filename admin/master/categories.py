"""How the categories are kept: what a complaint is about, and which OPD it usually goes to."""

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin import links, wording
from admin.desk import Desk
from admin.editing import EditableView
from admin.filters import by_code, by_flag
from admin.forms import YES, Control, Field, Problem, Typed, Values
from admin.master.opds import NOBODY, opd_choices, opd_code
from domain import lookup, text
from domain.model.master import Category, Opd
from domain.succession_sql import opd_now


def _parent(category: Category, _: str, request: Request) -> Markup:
    name = request.state.category_names.get(category.parent_id)
    return links.anchor(links.row(request, "category", category.parent_id), name) if name else wording.NONE


_OPD_NOW = opd_now(Category.__table__.c.default_opd_id)
HAS_LOST_ITS_OPD = sa.and_(Category.active, Category.default_opd_id.is_not(None), _OPD_NOW.is_(None))
"""The OPD that used to get its complaints takes none any more, and nobody follows it."""


def _opd(category: Category, _: str, request: Request) -> Markup:
    """Who gets its complaints today; and who used to, where that is another one."""
    names, now = request.state.opd_names, request.state.opds_now.get(category.id)
    if category.default_opd_id is None:
        return wording.NONE
    given = links.anchor(links.row(request, "opd", category.default_opd_id), names[category.default_opd_id])
    if now == category.default_opd_id:
        return given
    if now is None:
        return Markup('{} <span class="state state-warn">Tidak aktif: pilih OPD lain</span>').format(given)
    heir = links.anchor(links.row(request, "opd", now), names[now])
    return Markup('{} <span class="sub">penerus {}</span>').format(heir, given)


def _active(category: Category, *_: object) -> Markup:
    if category.active:
        return Markup('<span class="state state-on">Dipakai</span>')
    return Markup('<span class="state state-off">Tidak dipakai</span>')


class CategoryView(EditableView, model=Category):
    """The categories: one that is not used any more is switched off, and keeps its complaints."""

    name = "Kategori"
    name_plural = "Kategori"
    noun = "kategori"
    icon = "fa-solid fa-tags"
    menu_group = "Data induk"
    about = "Pokok laporan, dan OPD yang biasanya menanganinya."
    search_label = "Cari nama atau kode"

    column_list = ("name", "parent_id", "default_opd_id", "code", "active")
    column_details_list = ("name", "parent_id", "default_opd_id", "code", "active")
    column_labels: ClassVar[dict[Any, str]] = {
        "name": "Nama",
        "parent_id": "Kelompok",
        "default_opd_id": "Biasanya ditangani",
        "code": "Kode",
        "active": "Keadaan",
    }
    column_formatters: ClassVar[dict[Any, Any]] = {
        "parent_id": _parent,
        "default_opd_id": _opd,
        "active": _active,
    }
    column_formatters_detail: ClassVar[dict[Any, Any]] = column_formatters
    column_searchable_list = ("name", "code")
    column_sortable_list = ("name", "code")
    column_default_sort = "name"
    column_filters: ClassVar[Sequence[Any]] = (
        by_code(Category.default_opd_id, "opd", "Biasanya ditangani", Opd, Opd.name),
        by_flag("lost", "Penerima", HAS_LOST_ITS_OPD, "Tidak aktif lagi", "Masih ada"),
        by_flag("active", "Keadaan", Category.active.is_(True), "Dipakai", "Tidak dipakai"),
    )

    async def prepare(self, desk: Desk, rows: Sequence[Any]) -> None:
        opds_now = await desk.session.execute(
            sa.select(Category.id, _OPD_NOW).where(Category.id.in_([row.id for row in rows]))
        )
        desk.request.state.opds_now = dict(opds_now.all())
        opds = await desk.session.execute(sa.select(Opd.id, Opd.called))
        desk.request.state.opd_names = dict(opds.all())
        categories = await desk.session.execute(sa.select(Category.id, Category.name))
        desk.request.state.category_names = dict(categories.all())

    async def fields(self, desk: Desk, row: Category | None) -> Sequence[Field]:
        groups = await desk.session.execute(
            sa.select(Category.id, Category.code, Category.name).order_by(Category.name)
        )
        return (
            Field("name", "Nama", required=True, most=200),
            Field(
                "code",
                "Kode",
                hint="Huruf besar, angka dan tanda hubung. Aplikasi lain menyebut kategori dengan kode ini.",
                required=True,
                most=32,
            ),
            Field(
                "parent",
                "Kelompok",
                Control.CHOICE,
                "Kategori yang lebih luas, bila ada.",
                choices=[
                    NOBODY,
                    *((code, name) for key, code, name in groups if row is None or key != row.id),
                ],
            ),
            Field(
                "opd",
                "Biasanya ditangani",
                Control.CHOICE,
                "OPD yang disarankan saat laporan didisposisikan; bila sudah berakhir, penerusnya.",
                choices=await opd_choices(desk.session, active_only=True),
            ),
            Field(
                "active",
                "Dipakai untuk laporan baru",
                Control.CHECK,
                "Laporan lama tetap memakai kategori ini walaupun tidak dipakai lagi.",
            ),
        )

    async def values(self, desk: Desk, row: Category) -> Values:
        parent = await desk.session.scalar(sa.select(Category.code).where(Category.id == row.parent_id))
        return {
            "name": row.name,
            "code": row.code,
            "parent": parent or "",
            "opd": await opd_code(desk.session, row.default_opd_id),
            "active": YES if row.active else "",
        }

    async def _fill(self, session: AsyncSession, category: Category, typed: Typed) -> Category:
        parent = await self._parent(session, category, typed)
        opd = await lookup.opd(session, typed.optional("opd", 32), "opd")
        category.name = typed.required("name", 200)
        category.code = text.code("code", typed.raw("code"))
        category.parent_id = parent.id if parent else None
        category.default_opd_id = opd.id if opd else None
        category.active = typed.flag("active")
        return category

    async def _parent(self, session: AsyncSession, category: Category, typed: Typed) -> Category | None:
        """The group; going up from it must never lead back to the category."""
        code = typed.optional("parent", 32)
        if code is None:
            return None
        parent = await session.scalar(sa.select(Category).where(Category.code == code))
        if parent is None:
            raise Problem("Pilih salah satu dari daftar.", "parent")
        above: Category | None = parent
        while above is not None:
            if above is category:
                raise Problem("Kategori ini berada di atas kelompok itu; pilih kelompok lain.", "parent")
            above = await session.get(Category, above.parent_id) if above.parent_id else None
        return parent

    async def add(self, desk: Desk, typed: Typed) -> Category:
        category = await self._fill(desk.session, Category(), typed)
        desk.session.add(category)
        await desk.session.flush()
        return category

    async def change(self, desk: Desk, row: Category, typed: Typed) -> None:
        await self._fill(desk.session, row, typed)
