"""Which rows does a filter let through? Those filters that several lists and figures have."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain.model import master
from schema.finding.known import CODES, known_codes
from schema.plan.scope import Filter, Scope


def words(name: str) -> Filter:
    """The column of the filter's name has one of the given words."""
    return lambda s, row, _value: row.c[name] == sa.any_(s.bind("filter", name, type_=CODES))


def with_opd(s: Scope, c: FromClause, _value: Any) -> ColumnElement[bool]:
    """The complaint is with, or was finished by, one of the OPDs with the given codes."""
    codes = known_codes(s, master.Opd.__table__, "opds", "opd")
    return c.c.opd_id.in_(sa.select(master.Opd.id).where(master.Opd.code == sa.any_(codes)))


def _in_tree(table: Any, listed: str, name: str) -> Filter:
    """The complaint names one of the nodes with the given codes, or a node below one."""

    def within(s: Scope, c: FromClause, _value: Any) -> ColumnElement[bool]:
        codes, top, below = known_codes(s, table, listed, name), table.alias(), table.alias()
        named = sa.select(top.c.id).where(top.c.code == sa.any_(codes))
        found = named.cte(s.draft.name("tree"), recursive=True)
        found = found.union(sa.select(below.c.id).join(found, below.c.parent_id == found.c.id))
        return c.c[f"{name}_id"].in_(sa.select(found.c.id).correlate_except(found))

    return within


in_category = _in_tree(master.Category.__table__, "categories", "category")
in_area = _in_tree(master.Area.__table__, "areas", "area")
