"""Which rows does a filter let through? Those filters that several lists and figures have."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from domain import policy
from domain.model import master
from schema.finding.known import CODES, known_codes
from schema.finding.streams import Valued
from schema.plan.scope import Filter, Scope


def words(name: str) -> Filter:
    """The column of the filter's name has one of the given words."""
    return lambda s, row, _value: row.c[name] == sa.any_(s.bind("filter", name, type_=CODES))


def one_word_of(name: str, apart: str | None = "status") -> Valued:
    """The same, where an index has each word's rows in the order of time."""

    def given(s: Scope) -> "sa.Select[Any]":
        each = sa.func.unnest(s.bind("filter", name, type_=CODES)).table_valued(
            "word", name=s.draft.name("w")
        )
        asked = each.render_derived()
        return sa.select(asked.c.word).distinct().correlate_except(asked)

    return Valued(words(name), name, given, apart=apart)


def _with_status() -> Valued:
    """The complaint has one of the given statuses."""
    asked = one_word_of("status", apart=None)

    def listed(s: Scope) -> list[str]:
        return sorted(policy.listed_statuses(s.viewer))

    def given(s: Scope) -> "sa.Select[Any]":
        select = asked.values(s)
        return select.where(select.selected_columns[0].in_(map(policy.constant, listed(s))))

    def every(s: Scope) -> "sa.Select[Any]":
        each = sa.union_all(*(sa.select(policy.constant(status).label("word")) for status in listed(s)))
        found = each.subquery(s.draft.name("w"))
        return sa.select(found.c.word).correlate_except(found)

    return replace(asked, values=given, every=every)


def _with_opd() -> Valued:
    """The complaint is with, or was finished by, one of the OPDs with the given codes."""

    def given(s: Scope) -> "sa.Select[Any]":
        o = master.Opd.__table__.alias()
        codes = known_codes(s, master.Opd.__table__, "opds", "opd")
        return sa.select(o.c.id).where(o.c.code == sa.any_(codes)).correlate_except(o)

    return Valued(lambda s, c, _value: c.c.opd_id.in_(given(s)), "opd_id", given, apart="status")


def _in_tree(table: Any, listed: str, name: str) -> Valued:
    """The complaint names one of the nodes with the given codes, or a node below one."""
    column = f"{name}_id"

    def given(s: Scope) -> "sa.Select[Any]":
        codes, top, below = known_codes(s, table, listed, name), table.alias(), table.alias()
        named = sa.select(top.c.id).where(top.c.code == sa.any_(codes))
        found = named.cte(s.draft.name("tree"), recursive=True)
        found = found.union(sa.select(below.c.id).join(found, below.c.parent_id == found.c.id))
        return sa.select(found.c.id).correlate_except(found)

    return Valued(lambda s, c, _value: c.c[column].in_(given(s)), column, given, apart="status")


with_status, with_opd = _with_status(), _with_opd()
in_category = _in_tree(master.Category.__table__, "categories", "category")
in_area = _in_tree(master.Area.__table__, "areas", "area")
