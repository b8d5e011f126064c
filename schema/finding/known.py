"""Are the codes that a filter names known? Asked in front of the statement that they narrow, as part of it.

A code that nobody has would give an empty list only after the whole of the list was looked through.
"""

from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.sql.expression import BindParameter, ColumnElement, FromClause

from schema.finding.stretches import materialized
from schema.plan.refusal import invalid
from schema.plan.sql import number

if TYPE_CHECKING:
    from schema.plan.scope import Draft, Scope

CODES: Any = sa.ARRAY(sa.Text())
SHOWN_MOST = 40
"""So much of an unknown code is said again."""


def known_codes(s: "Scope", table: FromClause, listed: str, *path: str) -> BindParameter[Any]:
    """The codes that an argument names, as a parameter; `listed` is the field that tells which there are."""
    key = (s.number, path)
    if key not in s.draft.unknown:
        s.draft.unknown[key] = _unknown(s, table, listed, path)
    return s.bind(*path, type_=CODES)


def _unknown(s: "Scope", table: FromClause, listed: str, path: tuple[str, ...]) -> ColumnElement[Any]:
    """The argument, where its codes are listed, and one that no row has; NULL if all are known."""
    name = s.draft.name
    each = sa.func.unnest(s.bind(*path, type_=CODES)).table_valued("code", name=name("asked"))
    asked, row = each.render_derived(), table.alias(name("t"))
    has_it = sa.exists().where(row.c.code == asked.c.code).correlate_except(row)
    words = [sa.literal_column(f"'{word}'::text", sa.Text()) for word in (".".join(path), listed)]
    return (
        sa.select(sa.func.json_build_array(*words, asked.c.code, type_=JSON()))
        .select_from(asked)
        .where(~has_it)
        .limit(number(1))
        .correlate_except(asked)
        .scalar_subquery()
    )


def first_unknown(draft: "Draft") -> ColumnElement[Any]:
    """What is told of the first argument with an unknown code, NULL if there is none."""
    return sa.func.coalesce(*draft.unknown.values(), sa.literal_column("NULL::json", JSON()))


def if_known(draft: "Draft", value: ColumnElement[Any]) -> "sa.Select[Any]":
    """The value, and what is unknown; where something is, the value is not worked out."""
    if not draft.unknown:
        return sa.select(value)
    found = materialized(draft.name, sa.select(first_unknown(draft).label("unknown")))
    unknown = sa.select(found.c.unknown).scalar_subquery()
    return sa.select(sa.case((unknown.is_(None), value)), unknown)


def refuse_unknown(found: str | None = None) -> None:
    """Raises what is told of an unknown code."""
    if found is not None:
        argument, listed, code = orjson.loads(found)
        shown = code if len(code) <= SHOWN_MOST else f"{code[:SHOWN_MOST]}..."
        raise invalid(argument, f'no such code as "{shown}"; `{listed}` lists those that there are.')
