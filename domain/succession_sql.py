"""Which OPD does the work of an OPD today: itself, or its nearest successor that is active? In SQL."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement

from domain.model.master import Opd
from domain.policy import opd_is_active

_FIRST, _NEXT = Opd.__table__.alias(), Opd.__table__.alias()
_LINE = sa.select(
    _FIRST.c.id.label("first_id"), _FIRST.c.id, _FIRST.c.successor_id, opd_is_active(_FIRST).label("active")
).cte("opd_line", recursive=True)
# A line ends at the first that is active. Identical rows count once, so that no ring goes on for ever.
_LINE = _LINE.union(
    sa.select(_LINE.c.first_id, _NEXT.c.id, _NEXT.c.successor_id, opd_is_active(_NEXT))
    .join(_NEXT, _NEXT.c.id == _LINE.c.successor_id)
    .where(~_LINE.c.active)
)


def opd_now(opd_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """The OPD that complaints for an OPD are dispatched to today; NULL where nobody takes them any more."""
    return (
        sa.select(_LINE.c.id).where(_LINE.c.first_id == opd_id, _LINE.c.active).correlate_except(_LINE)
    ).scalar_subquery()
