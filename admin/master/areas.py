"""How kecamatan and kelurahan are kept, by their official codes."""

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin import links, wording
from admin.desk import Desk
from admin.editing import EditableView
from admin.filters import by_word
from admin.forms import Control, Field, Problem, Typed, Values, words
from admin.master.opds import NOBODY
from domain.model.master import Area
from domain.words import AreaKind


def _parent(area: Area, _: str, request: Request) -> Markup:
    name = request.state.district_names.get(area.parent_id)
    return links.anchor(links.row(request, "area", area.parent_id), name) if name else wording.NONE


class AreaView(EditableView, model=Area):
    """The areas that complaints are placed in."""

    name = "Wilayah"
    name_plural = "Wilayah"
    noun = "wilayah"
    icon = "fa-solid fa-map-location-dot"
    menu_group = "Data induk"
    about = "Kecamatan dan kelurahan Kota Cilegon, dengan kode resmi Kemendagri."
    search_label = "Cari nama atau kode"

    column_list = ("name", "kind", "parent_id", "code")
    column_details_list = ("name", "kind", "parent_id", "code")
    column_labels: ClassVar[dict[Any, str]] = {
        "name": "Nama",
        "kind": "Jenis",
        "parent_id": "Kecamatan",
        "code": "Kode Kemendagri",
    }
    column_formatters: ClassVar[dict[Any, Any]] = {"parent_id": _parent}
    column_formatters_detail: ClassVar[dict[Any, Any]] = {"parent_id": _parent}
    column_searchable_list = ("name", "code")
    column_sortable_list = ("name", "code")
    column_default_sort = "code"
    column_filters: ClassVar[Sequence[Any]] = (by_word(Area.kind, "Jenis", AreaKind),)

    async def prepare(self, desk: Desk, rows: Sequence[Any]) -> None:  # noqa: ARG002
        found = await desk.session.execute(
            sa.select(Area.id, Area.name).where(Area.kind == AreaKind.DISTRICT)
        )
        desk.request.state.district_names = dict(found.all())

    async def fields(self, desk: Desk, row: Area | None) -> Sequence[Field]:  # noqa: ARG002
        districts = await desk.session.execute(
            sa.select(Area.code, Area.name).where(Area.kind == AreaKind.DISTRICT).order_by(Area.name)
        )
        return (
            Field("name", "Nama", required=True, most=200),
            Field("kind", "Jenis", Control.CHOICE, required=True, choices=[("", "Pilih…"), *words(AreaKind)]),
            Field(
                "parent",
                "Kecamatan",
                Control.CHOICE,
                "Diisi untuk kelurahan saja.",
                choices=[NOBODY, *((code, name) for code, name in districts)],
            ),
            Field(
                "code",
                "Kode Kemendagri",
                hint="Kode resmi, misalnya 36.72.01.1001. Aplikasi lain menyebut wilayah dengan kode ini.",
                required=True,
                most=32,
            ),
        )

    async def values(self, desk: Desk, row: Area) -> Values:
        parent = await desk.session.scalar(sa.select(Area.code).where(Area.id == row.parent_id))
        return {"name": row.name, "kind": row.kind.value, "parent": parent or "", "code": row.code}

    async def _fill(self, session: AsyncSession, area: Area, typed: Typed) -> Area:
        area.name = typed.required("name", 200)
        area.code = typed.required("code", 32)
        kind = typed.word("kind", AreaKind)
        parent = await session.scalar(
            sa.select(Area.id).where(
                Area.code == (typed.optional("parent", 32) or ""), Area.kind == AreaKind.DISTRICT
            )
        )
        if kind is AreaKind.VILLAGE and parent is None:
            raise Problem("Pilih kecamatan tempat kelurahan ini berada.", "parent")
        if kind is AreaKind.DISTRICT and parent is not None:
            raise Problem("Kecamatan tidak berada di kecamatan lain. Pilih (tidak ada).", "parent")
        area.kind, area.parent_id = kind, parent
        return area

    async def add(self, desk: Desk, typed: Typed) -> Area:
        area = await self._fill(desk.session, Area(), typed)
        desk.session.add(area)
        await desk.session.flush()
        return area

    async def change(self, desk: Desk, row: Area, typed: Typed) -> None:
        await self._fill(desk.session, row, typed)
        await self._keep_children(desk.session, row)

    async def _keep_children(self, session: AsyncSession, area: Area) -> None:
        """A kecamatan that has kelurahan stays one."""
        if area.kind is AreaKind.VILLAGE and await session.scalar(
            sa.select(Area.id).where(Area.parent_id == area.id).limit(1)
        ):
            raise Problem("Kecamatan ini memiliki kelurahan, jadi tetap kecamatan.", "kind")
