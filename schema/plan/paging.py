"""Keyset pages: rows in the order of a key and their id, from a cursor on, forward or backward."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from graphql import GraphQLObjectType
from sqlalchemy.sql.expression import BindParameter, ColumnElement, FromClause

from domain.restored import present_position
from schema.plan import fields as declared
from schema.plan.cursor import bad_cursor, cursor_sql, opened
from schema.plan.nearest import Part, nearest
from schema.plan.refusal import invalid
from schema.plan.scope import PAGE_MOST, Scope, is_blank
from schema.plan.stretches import number

if TYPE_CHECKING:
    from schema.plan.build import Builder

PAGE_DEFAULT = 20
SEPARATOR = "|"


def _size(argument: str, values: Mapping[str, Any]) -> int:
    asked = values.get(argument)
    if asked is None:
        return PAGE_DEFAULT
    if not 1 <= asked <= PAGE_MOST:
        raise invalid(argument, f"1..{PAGE_MOST}, not {asked}.")
    return int(asked)


class Page:
    """One connection's statement: the rows of the page and what is told about it."""

    def __init__(
        self,
        builder: "Builder",
        scope: Scope,
        plan: declared.Connection,
        target: GraphQLObjectType,
        order: declared.Order,
    ) -> None:
        self.builder, self.scope, self.plan, self.target = builder, scope, plan, target
        self.order = order
        values = scope.values
        if values.get("first") is not None and values.get("last") is not None:
            raise invalid("last", "first or last, not both.")
        self.backward = values.get("last") is not None
        self.size = _size("last" if self.backward else "first", values)
        self.bounds = {name: self.bound(name) for name in ("after", "before") if values.get(name) is not None}

    # -------------------------------------------------------------- which rows

    def base(self, row: FromClause) -> list[ColumnElement[bool]]:
        """The rows of the list, whatever the page."""
        return [*self.settled(row), *self.scattered(row)]

    def settled(self, row: FromClause) -> list[ColumnElement[bool]]:
        """The conditions of the list that its order, or PostgreSQL, can be left alone with."""
        listed = self.builder.listed(self.target, row, self.plan.beneath)
        return [self.plan.on(self.scope, row), listed, *self._filters(row, scattered=False)]

    def scattered(self, row: FromClause) -> list[ColumnElement[bool]]:
        """The conditions whose rows lie anywhere in the order."""
        return self._filters(row, scattered=True)

    def is_narrowed(self) -> bool:
        """Whether the list is a part of all rows even without its scattered filters."""
        row = self.builder.fresh(self.target)
        whole = isinstance(self.plan.on(self.scope, row), sa.True_)
        return not whole or bool(self._filters(row, scattered=False))

    def window(self) -> declared.Window | None:
        """How an index finds rows of a stretch of time, if the list is in the order of time."""
        windows = (getattr(made, "window", None) for made, _ in self._asked())
        return next(filter(None, windows), None) if self.order.by_time else None

    def _filters(self, row: FromClause, *, scattered: bool) -> list[ColumnElement[bool]]:
        return [
            made(self.scope, row, value)
            for made, value in self._asked()
            if isinstance(made, declared.Scattered) is scattered
        ]

    def _asked(self) -> list[tuple[declared.Filter, Any]]:
        return [
            (self.plan.filters[name], value)
            for name, value in (self.scope.values.get("filter") or {}).items()
            if value is not None and not (name == "search" and is_blank(value))
        ]

    def key(self, row: FromClause) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """What the rows are in order of."""
        return self.order.key(row), row.c.id

    def parts(self) -> tuple[Any, ...]:
        """The types of what a cursor bears: the row's key and its identifier."""
        return tuple(part.type for part in self.key(self.builder.fresh(self.target)))

    def bound(self, name: str) -> tuple[ColumnElement[Any], ...]:
        """What a cursor bears, as parameters; each checks the cursor by itself."""
        types = self.parts()

        def part(index: int) -> Callable[[Any], str]:
            def read(values: Any) -> str:
                parts = opened(self.secret(values), values[name]).split(SEPARATOR)
                if len(parts) != len(types):  # signed by us, when a cursor of this list bore something else
                    raise bad_cursor()
                return parts[index]

            return read

        borne = tuple(
            sa.cast(self.scope.bind(type_=sa.Text(), convert=part(index)), type_)
            for index, type_ in enumerate(types)
        )
        return present_position(*borne) if self.plan.sequence else borne

    def secret(self, values: Any) -> bytes:
        """What the cursors of this list are signed with."""
        scope = self.scope
        if self.plan.sequence:
            return scope.draft.list_key(*self.plan.sequence)
        identity = (scope.type_name, scope.field_name, values.get("filter"), values.get("orderBy"))
        return scope.draft.list_key(*identity)

    def _beyond(self, row: FromClause, name: str, *, on_the_other_side: bool = False) -> ColumnElement[bool]:
        """Rows past a cursor in the list's order, or those that it leaves behind."""
        forward = (name == "after") != self.order.descending
        key, bound = sa.tuple_(*self.key(row)), sa.tuple_(*self.bounds[name])
        if on_the_other_side:
            return key <= bound if forward else key >= bound
        return key > bound if forward else key < bound

    def rows(self, *, numbered: bool, spare: bool) -> FromClause:
        """The page in its order, numbered if asked for, and with one row more to see whether there is."""
        page = self.page(self.size + spare)
        if not numbered:
            return page
        place = sa.func.row_number().over().label("place")
        return sa.select(*page.c, place).select_from(page).subquery(self.scope.draft.name("t"))

    def page(self, most: int) -> FromClause:
        """So many rows between the cursors, in the order in which the page is read."""
        ends = ("before", "after") if self.order.descending else ("after", "before")
        since, until = (self.bounds[name][0] if name in self.bounds else None for name in ends)
        part = Part(lambda row: [self._beyond(row, name) for name in self.bounds], since, until)
        return nearest(
            self,
            part,
            descending=self.order.descending != self.backward,
            most=most,
        )

    # -------------------------------------------------------------- what is told

    def cursor(self, row: FromClause) -> ColumnElement[str]:
        """The cursor of a row."""
        key, identity = (sa.cast(part, sa.Text()) for part in self.key(row))
        payload = key.concat(sa.literal_column(f"'{SEPARATOR}'", sa.Text())).concat(identity)
        secret: BindParameter[Any] = self.scope.bind(type_=sa.LargeBinary(), convert=self.secret)
        return cursor_sql(secret, payload)

    def total(self) -> ColumnElement[int]:
        """How many rows the list has."""
        row = self.builder.fresh(self.target)
        return (
            sa.select(sa.func.count())
            .select_from(row)
            .where(*self.base(row))
            .correlate_except(row)
            .scalar_subquery()
        )

    def left_behind(self, name: str) -> ColumnElement[bool]:
        """Whether a cursor leaves rows on its other side."""
        if name not in self.bounds:
            return sa.false()
        row = self.builder.fresh(self.target)
        return (
            sa.exists()
            .where(*self.base(row), self._beyond(row, name, on_the_other_side=True))
            .correlate_except(row)
        )

    def more(self, page: FromClause, *, forward: bool) -> ColumnElement[bool]:
        """Whether the list goes on, forward or backward, from the page."""
        if forward != self.backward:
            return sa.func.count(page.c.id) > number(self.size)
        return self.left_behind("before" if forward else "after")
