"""What may be chosen in the forms of a complaint's steps, and what is chosen at first?"""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from admin.forms import Choice
from domain.model.complaint import Complaint, Disposition
from domain.model.master import Category, Opd
from domain.policy import opd_is_active
from domain.succession_sql import opd_now
from domain.workflow import WITH_OPD


async def categories(session: AsyncSession, complaint: Complaint) -> tuple[list[Choice], str]:
    """The categories that a complaint may have, and the one that it has: nothing where that has ended."""
    group = sa.alias(Category.__table__)
    rows = await session.execute(
        sa.select(Category.id, Category.code, Category.name, group.c.name.label("group"))
        .outerjoin(group, group.c.id == Category.parent_id)
        .where(Category.active)
        .order_by(
            sa.func.lower(sa.func.coalesce(group.c.name, Category.name)),
            Category.parent_id.is_not(None),
            sa.func.lower(Category.name),
        )
    )
    found = rows.all()
    now = next((row.code for row in found if row.id == complaint.category_id), "")
    choices = [(row.code, f"{row.group}: {row.name}" if row.group else row.name) for row in found]
    if now:
        return choices, now
    none = "(tetap seperti sekarang)" if complaint.category_id else "(tanpa kategori)"
    return [("", none), *choices], ""


async def receiving_opds(session: AsyncSession, complaint: Complaint) -> tuple[list[Choice], str, str]:
    """The OPDs that the complaint may be given to, which one it is probably for, and why."""
    active = await _active(session, complaint.opd_id if complaint.status in WITH_OPD else None)
    found = {key: (code, name) for key, code, name in active}
    choices = [("", "Pilih OPD…"), *((code, name) for _, code, name in active)]
    for key, why in await _suggestions(session, complaint):
        if key in found:
            code, name = found[key]
            return choices, code, f"Usulan: {name}, {why}."
    return choices, "", ""


async def other_opds(session: AsyncSession, complaint: Complaint) -> list[Choice]:
    """The OPDs that the complaint may be for instead of the one that has it."""
    active = await _active(session, complaint.opd_id)
    return [("", "(tidak tahu)"), *((code, name) for _, code, name in active)]


async def _active(session: AsyncSession, but: UUID | None) -> list[tuple[UUID, str, str]]:
    rows = await session.execute(
        sa.select(Opd.id, Opd.code, Opd.name)
        .where(opd_is_active(Opd.__table__), Opd.id.is_distinct_from(but))
        .order_by(sa.func.lower(Opd.name))
    )
    return [(key, code, name) for key, code, name in rows]


async def _suggestions(session: AsyncSession, complaint: Complaint) -> Iterable[tuple[UUID | None, str]]:
    """Whose it may be, by who says so: the OPD that returned it last, its reporter, its category."""
    returned = await session.scalar(
        sa.select(Disposition.suggested_opd_id)
        .where(Disposition.complaint_id == complaint.id)
        .order_by(Disposition.started_at.desc(), Disposition.id.desc())
        .limit(1)
    )
    usual = await session.scalar(
        sa.select(opd_now(Category.__table__.c.default_opd_id)).where(Category.id == complaint.category_id)
    )
    return (
        (returned, "disarankan OPD yang mengembalikannya"),
        (complaint.requested_opd_id, "dituju pelapor"),
        (usual, "biasanya menangani kategori ini"),
    )
