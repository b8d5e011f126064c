"""How is the one sequence of events read? In the order of `(xid, id)`, and only below the horizon."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement

from domain.model.event import TransactionId

HORIZON: ColumnElement[Any] = sa.func.pg_snapshot_xmin(sa.func.pg_current_snapshot())
"""Below it every transaction has ended: nothing can appear there any more."""


def xid_sql(text: ColumnElement[Any]) -> ColumnElement[Any]:
    """The number of a transaction from its text, as it comes from and goes to the database."""
    return sa.cast(text, TransactionId)


def place_sql(xid: object, number: int) -> "sa.Tuple":
    """A place in the sequence."""
    return sa.tuple_(xid_sql(sa.literal(str(xid), sa.Text())), sa.literal(number, sa.BigInteger()))
