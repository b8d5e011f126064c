"""Which fields are figures? An object of sums over cells, breakdowns of it, and figures of single values."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from graphql import FieldNode, GraphQLObjectType
from sqlalchemy.sql.expression import ColumnElement

from schema.plan.fields import Column, Keys, declares
from schema.plan.scope import Draft, Planned, Scope, objects_of, plan_of
from schema.plan.sql import json_list, scalar
from schema.statistics.cells import COUNT, WHOLE, Cells, Figures, Measure


@dataclass(frozen=True)
class Aggregate(Planned):
    """One object of sums over all cells: grouping by nothing gives it even where there is none."""

    source: Callable[[Scope], Cells]

    def sql(self, s: Scope) -> ColumnElement[Any]:
        of = self.source(s)
        cells = of.cells(_asked(s.draft, s.target, s.nodes))
        row = cells[WHOLE].alias(s.draft.name("t"))
        s.draft.shared[row] = Figures(of, cells)
        return scalar(s.object(row), row, grouped_by=[sa.text("()")])


@dataclass(frozen=True)
class Grouped(Planned):
    """A list of objects of sums, one for each value that a key has."""

    by: str
    order: Keys = field(kw_only=True)

    def sql(self, s: Scope) -> ColumnElement[Any]:
        figures: Figures = s.draft.shared[s.row]
        member = figures.cells[self.by].alias(s.draft.name("g"))
        keys = [key.label(s.draft.name("o")) for key in self.order(member)]
        groups = (
            sa.select(s.object(member).label("made"), *keys)
            .where(member.c[self.by].is_not(None))
            .group_by(member.c[self.by])
            .having(sa.func.sum(member.c[COUNT]) > sa.literal_column("0", sa.Integer()))
            .correlate_except(member)
            .subquery(s.draft.name("t"))
        )
        return scalar(json_list(groups.c.made, [groups.c[key.name] for key in keys]), groups)


@dataclass(frozen=True)
class OfValues(Planned):
    """A figure that is not a sum: an aggregate over the values of single rows."""

    name: str
    figure: Callable[[ColumnElement[Any]], ColumnElement[Any]]

    def sql(self, s: Scope) -> ColumnElement[Any]:
        figures: Figures = s.draft.shared[s.row]
        single = figures.of.values(self.name).alias(s.draft.name("t"))
        return scalar(self.figure(single.c.value), single)


def _asked(draft: Draft, target: GraphQLObjectType, nodes: Iterable[FieldNode]) -> dict[str, set[str]]:
    """Which measures are asked, of the whole and of each breakdown."""
    asked: dict[str, set[str]] = {WHOLE: set()}
    for found in draft.selected(target, nodes).values():
        definition = target.fields.get(found[0].name.value)
        match plan_of(definition) if definition else None:
            case Column(Measure(reads)):
                asked[WHOLE] |= reads
            case Grouped(by) if definition:
                below = _asked(draft, objects_of(definition), found)
                asked.setdefault(by, {COUNT}).update(below[WHOLE])
    return asked


aggregate = declares(Aggregate)
grouped = declares(Grouped)
of_values = declares(OfValues)
