"""Are the codes that a filter names known? Asked in front of the statement that they narrow, as part of it.

A code that nobody has would give an empty list only after the whole of the list was looked through.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.sql.expression import BindParameter, ColumnElement, FromClause

from schema.plan.scope import Scope
from schema.plan.sql import number, word

CODES: Any = sa.ARRAY(sa.Text())
SHOWN_MOST = 40
"""So much of an unknown code is said again."""


def known_codes(s: Scope, table: FromClause, listed: str, name: str) -> BindParameter[Any]:
    """The codes that a filter names, as a parameter; `listed` is the field that tells which there are."""
    key = (s.number, name)
    if key not in s.draft.checks:
        s.draft.checks[key] = _unknown(s, table, listed, name)
    return s.bind("filter", name, type_=CODES)


def _unknown(s: Scope, table: FromClause, listed: str, name: str) -> ColumnElement[Any]:
    """The argument, and that one of its codes is not known; NULL if all are."""
    codes = sa.func.unnest(s.bind("filter", name, type_=CODES))
    asked = codes.table_valued("code", name=s.draft.name("asked")).render_derived()
    row = table.alias(s.draft.name("t"))
    code = asked.c.code
    has_it = sa.exists().where(row.c.code == code).correlate_except(row)
    most = number(SHOWN_MOST)
    shown = sa.case((sa.func.length(code) > most, sa.func.left(code, most).concat(word("..."))), else_=code)
    problem = sa.func.concat(
        word('no such code as "'), shown, word(f'"; `{listed}` lists those that there are.')
    )
    return (
        sa.select(sa.func.json_build_array(word(f"filter.{name}"), problem, type_=JSON()))
        .select_from(asked)
        .where(~has_it)
        .limit(number(1))
        .correlate_except(asked)
        .scalar_subquery()
    )
