"""What waits with an OPD, or with Diskominfo, on a morning: figures, and a list that names nobody?"""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain.model.complaint import Action, Complaint, Disposition
from domain.model.master import Area, Category, Opd
from domain.policy import constant, one_of
from domain.reminding.hours import Hours
from domain.reminding.people import has_officer
from domain.words import ActionKind, ComplaintStatus, DispositionOutcome, Waiting

LISTED = 100
S = ComplaintStatus


async def what_waits(session: AsyncSession, opd_id: UUID | None, hours: Hours) -> dict[str, Any]:
    """The content of a daily digest: `counts` by why it waits, and the `rows` that press most."""
    c: FromClause = Complaint.__table__
    why = _why(c, hours)
    held = _is_held_by(c, opd_id, hours)
    counted = await session.execute(sa.select(why, sa.func.count()).where(held).group_by(why))
    counts = {Waiting(word): number for word, number in counted}
    if not counts:
        return {"total": 0, "counts": {}, "rows": []}
    return {
        "total": sum(counts.values()),
        "counts": {word.value: counts[word] for word in Waiting if word in counts},
        "rows": [
            {
                "waiting": row.waiting,
                "code": row.tracking_code,
                "category": row.category,
                "area": ", ".join(name for name in (row.area, row.district) if name) or None,
                "opd": row.opd,
                "due_at": row.due_at.isoformat() if row.due_at else None,
            }
            for row in await session.execute(_rows(c, why, held))
        ],
    }


def _rows(c: FromClause, why: ColumnElement[Any], held: ColumnElement[bool]) -> sa.Select[Any]:
    area, district = sa.alias(Area.__table__), sa.alias(Area.__table__)
    category, opd = Category.__table__, Opd.__table__
    places = {word.value: place for place, word in enumerate(Waiting)}
    return (
        sa.select(
            why.label("waiting"),
            c.c.tracking_code,
            c.c.due_at,
            category.c.name.label("category"),
            area.c.name.label("area"),
            district.c.name.label("district"),
            Opd.called.label("opd"),
        )
        .select_from(
            c.outerjoin(category, category.c.id == c.c.category_id)
            .outerjoin(area, area.c.id == c.c.area_id)
            .outerjoin(district, district.c.id == area.c.parent_id)
            .outerjoin(opd, opd.c.id == c.c.opd_id)
        )
        .where(held)
        .order_by(sa.case(places, value=why), c.c.due_at.asc().nulls_last(), c.c.id)
        .limit(LISTED)
    )


def _is_held_by(c: FromClause, opd_id: UUID | None, hours: Hours) -> ColumnElement[bool]:
    """What an OPD has to do; for Diskominfo what no OPD has, and what an OPD has that nobody works in.

    What waits for its reporter is only told of when a clock runs out meanwhile.
    """
    due = sa.func.coalesce(c.c.due_at < hours.day_after, sa.false())
    turn = sa.or_(
        one_of(c.c.status, {S.DISPATCHED, S.IN_PROGRESS}),
        sa.and_(one_of(c.c.status, {S.ANSWERED, S.ON_HOLD}), due),
    )
    if opd_id is not None:
        return sa.and_(c.c.opd_id == opd_id, turn)
    own = sa.or_(
        one_of(c.c.status, {S.SUBMITTED, S.VERIFIED}), sa.and_(c.c.status == constant(S.ON_HOLD), due)
    )
    return sa.or_(
        sa.and_(c.c.opd_id.is_(None), own),
        sa.and_(c.c.opd_id.is_not(None), turn, sa.not_(has_officer(c.c.opd_id))),
    )


def _why(c: FromClause, hours: Hours) -> ColumnElement[Any]:
    a, stay = sa.alias(Action.__table__), sa.alias(Disposition.__table__)
    last_said = (
        sa.select(a.c.kind)
        .where(a.c.complaint_id == c.c.id)
        .order_by(a.c.created_at.desc(), a.c.id.desc())
        .limit(sa.literal_column("1", sa.Integer()))
        .correlate(c)
        .scalar_subquery()
    )
    returned = (
        sa.exists()
        .where(stay.c.complaint_id == c.c.id, stay.c.outcome == constant(DispositionOutcome.RETURNED))
        .correlate(c)
    )
    first = (
        (Waiting.OVERDUE, c.c.due_at < hours.now),
        (Waiting.DUE_SOON, c.c.due_at < hours.day_after),
        (Waiting.REPLIED, last_said == constant(ActionKind.REPORTER_REPLY)),
        (Waiting.RETURNED, sa.and_(c.c.status == constant(S.VERIFIED), returned)),
        (Waiting.DISPATCHED, c.c.status == constant(S.DISPATCHED)),
        (Waiting.SUBMITTED, c.c.status == constant(S.SUBMITTED)),
        (Waiting.VERIFIED, c.c.status == constant(S.VERIFIED)),
    )
    return sa.case(*((when, constant(word)) for word, when in first), else_=constant(Waiting.IN_PROGRESS))
