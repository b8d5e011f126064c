"""Pages of a ranked list: its newest rows by relevance, the older ones by time.

The newest rows are the front; where it ends is its edge, the place of its oldest row. A cursor bears the
edge that its first page had, so that for whoever goes on from it no row changes sides, and none is repeated
or skipped, whatever is added meanwhile.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import BindParameter, ColumnElement, FromClause

from schema.cursor import cursor_sql
from schema.finding.nearest import Found, FoundPage, Part
from schema.finding.stretches import materialized
from schema.plan.paging import SEPARATOR, Connection, Key, Page
from schema.plan.scope import Scope
from schema.plan.sql import number

Place = tuple[ColumnElement[Any], ColumnElement[Any]]
MOMENT: Any = sa.TIMESTAMP(timezone=True)
BEGINNING = "-infinity", "00000000-0000-0000-0000-000000000000"
"""The edge of a front that holds the whole list."""


@dataclass(frozen=True)
class Ranked(Found):
    """The newest `front` rows by relevance, the most relevant first; then the older ones by the key."""

    relevance: Key = lambda row: row.c.id
    front: int = 0

    def page(self, s: Scope, plan: Connection) -> Page:
        return RankedPage(s, plan, self)


class RankedPage(FoundPage):
    """One page of a ranked list; everything in it is read from the high end down."""

    order: Ranked

    def parts(self) -> tuple[Any, ...]:
        """Of a cursor: the edge's time and identifier, the row's relevance, time and identifier."""
        return MOMENT, sa.Uuid(), sa.Double(), MOMENT, sa.Uuid()

    # -------------------------------------------------------------- the front and what is older

    def _borne_edge(self) -> Place | None:
        """The edge that the cursors bear, if there is one."""
        return next(((bound[0], bound[1]) for bound in self.bounds.values()), None)

    def _front(self) -> FromClause:
        """The rows of the front, each with its relevance and the edge."""
        name = self.scope.draft.name
        if (borne := self._borne_edge()) is not None:
            edge = borne
            rows = self.nearest(
                Part(lambda row: [_not_below(self.key(row), borne)], since=borne[0]),
                descending=True,
                most=None,
            )
        else:
            rows = self.nearest(Part(lambda _row: []), descending=True, most=self.order.front)
            time, identity = self.key(rows)
            full = sa.func.count().over() >= number(self.order.front)
            edge = tuple(
                sa.case((full, sa.func.first_value(part).over(order_by=(time, identity))), else_=least)
                for part, least in zip((time, identity), _constants(), strict=True)
            )  # type: ignore[assignment]
        return sa.select(
            *rows.c,
            sa.literal_column("1", sa.Integer()).label("in_front"),
            self.order.relevance(rows).label("relevance"),
            edge[0].label("edge_time"),
            edge[1].label("edge_id"),
        ).subquery(name("t"))

    def _older(
        self, most: int, edge: Place, *, descending: bool, beyond: bool = True, behind: str | None = None
    ) -> Any:
        """Rows below the edge, from one end; between the cursors, or on the other side of one."""

        def within(row: FromClause) -> list[ColumnElement[bool]]:
            found = [_below(self.key(row), edge)]
            for name, bound in self.bounds.items():
                here = _in_front(bound, edge)
                if name == behind:
                    side = _not_below if name == "after" else _not_above
                    kept = sa.false() if name == "after" else sa.true()
                    found.append(sa.case((here, kept), else_=side(self.key(row), bound[3:])))
                elif beyond and name == "after":
                    start = tuple(sa.case((here, e), else_=b) for e, b in zip(edge, bound[3:], strict=True))
                    found.append(_below(self.key(row), start))
                elif beyond:
                    found += [sa.not_(here), _above(self.key(row), bound[3:])]
            return found

        since, until = None, edge[0]
        if beyond and "before" in self.bounds:
            since = self.bounds["before"][3]
        if beyond and "after" in self.bounds:
            until = sa.func.least(until, self.bounds["after"][3])
        rows = self.nearest(Part(within, since, until), descending=descending, most=most)
        return sa.select(
            *rows.c,
            sa.literal_column("0", sa.Integer()).label("in_front"),
            self.order.relevance(rows).label("relevance"),
            edge[0].label("edge_time"),
            edge[1].label("edge_id"),
        )

    def _in_rank(self, row: FromClause) -> tuple[ColumnElement[Any], ...]:
        return row.c.relevance, *self.key(row)

    # -------------------------------------------------------------- as every page

    def between_cursors(self, most: int) -> FromClause:
        name, front, edge = self.scope.draft.name, self._front(), self._borne_edge()
        if edge is None and (self.backward or most > self.order.front):
            # What is older begins where the front ends, and asks for it often: it is found once for all.
            front = materialized(name, sa.select(*front.c))
            edge = _edge_of(front)
        kept: list[ColumnElement[bool]] = []
        for bound_name, bound in self.bounds.items():
            here = _in_front(bound, (bound[0], bound[1]))
            key, mark = sa.tuple_(*self._in_rank(front)), sa.tuple_(*bound[2:])
            kept.append(sa.and_(here, key < mark) if bound_name == "after" else sa.or_(~here, key > mark))
        ranked = self._cut(sa.select(*front.c).where(*kept), front, most, ranked=True)
        if edge is None:
            made: FromClause = ranked.subquery(name("t"))
            return made
        older = self._older(most, edge, descending=not self.backward).subquery(name("t"))
        union = sa.union_all(sa.select(*ranked.subquery(name("t")).c), sa.select(*older.c))
        if isinstance(front, sa.CTE):
            union = union.add_cte(front, nest_here=True)
        both = union.subquery(name("t"))
        result: FromClause = self._cut(sa.select(*both.c), both, most, ranked=False).subquery(name("t"))
        return result

    def _cut(self, select: Any, row: FromClause, most: int, *, ranked: bool) -> Any:
        """So many rows in order; below the edge relevance does not count."""
        weight = row.c.relevance if ranked else row.c.relevance * row.c.in_front
        keys = [row.c.in_front, weight, *self.key(row)]
        ends = [key.asc() if self.backward else key.desc() for key in keys]
        return select.order_by(*ends).limit(number(most))

    def cursor(self, row: FromClause) -> ColumnElement[str]:
        parts = (row.c.edge_time, row.c.edge_id, row.c.relevance, *self.key(row))
        payload = sa.func.concat_ws(sa.literal_column(f"'{SEPARATOR}'"), *parts, type_=sa.Text())
        secret: BindParameter[Any] = self.scope.bind(type_=sa.LargeBinary(), convert=self.secret())
        return cursor_sql(secret, payload)

    def left_behind(self, name: str) -> ColumnElement[bool]:
        edge = self._borne_edge()
        if edge is None or name not in self.bounds:
            return sa.false()
        bound, front = self.bounds[name], self._front()
        here = _in_front(bound, edge)
        key, mark = sa.tuple_(*self._in_rank(front)), sa.tuple_(*bound[2:])
        side = sa.or_(~here, key >= mark) if name == "after" else sa.and_(here, key <= mark)
        ranked = sa.exists().where(side).select_from(front)
        older = self._older(1, edge, descending=True, beyond=False, behind=name)
        return sa.or_(ranked, sa.exists(older))


def _edge_of(front: FromClause) -> Place:
    """The place of the front's oldest row; the beginning, where it holds the whole list."""
    time, identity = (
        sa.func.coalesce(
            sa.select(value).select_from(front).limit(number(1)).scalar_subquery(), least, type_=value.type
        )
        for value, least in zip((front.c.edge_time, front.c.edge_id), _constants(), strict=True)
    )
    return time, identity


def _constants() -> Place:
    time, identity = BEGINNING
    return (
        sa.literal_column(f"'{time}'::timestamptz", MOMENT),
        sa.literal_column(f"'{identity}'::uuid", sa.Uuid()),
    )


def _in_front(bound: Any, edge: Place) -> ColumnElement[bool]:
    return _not_below(bound[3:], edge)


def _below(place: Any, mark: Any) -> ColumnElement[bool]:
    return sa.tuple_(*place) < sa.tuple_(*mark)


def _above(place: Any, mark: Any) -> ColumnElement[bool]:
    return sa.tuple_(*place) > sa.tuple_(*mark)


def _not_below(place: Any, mark: Any) -> ColumnElement[bool]:
    return sa.tuple_(*place) >= sa.tuple_(*mark)


def _not_above(place: Any, mark: Any) -> ColumnElement[bool]:
    return sa.tuple_(*place) <= sa.tuple_(*mark)
