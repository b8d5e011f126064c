"""Which rule is in force on a day? `clocks.in_force`, in SQL."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain.model.master import SlaRule


def rule_in_force(
    wanted: str,
    clock: ColumnElement[Any],
    classification: ColumnElement[Any],
    supervised: ColumnElement[bool],
    day: ColumnElement[date],
) -> sa.ScalarSelect[Any]:
    """A column of the rule for a clock that starts on a day: the most particular one, then the newest."""
    r: FromClause = SlaRule.__table__.alias()
    return (
        sa.select(r.c[wanted])
        .where(
            r.c.clock == clock,
            sa.or_(r.c.classification.is_(None), r.c.classification == classification),
            sa.or_(r.c.supervised.is_(None), r.c.supervised == supervised),
            r.c.valid_from <= day,
            sa.or_(r.c.valid_until.is_(None), r.c.valid_until >= day),
        )
        .order_by(r.c.supervised.is_(None), r.c.classification.is_(None), r.c.valid_from.desc(), r.c.id)
        .limit(sa.literal_column("1", sa.Integer()))
        .correlate_except(r)
        .scalar_subquery()
    )
