"""Where do statistics find their numbers? Whole months in the tally, the rest in the complaints themselves.

They come as cells: a status, the keys that are asked for, and numbers to be summed. Each number has rows of
its own among them, with zero for the others, so that every breakdown is a sum over cells.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain.calendar import local_day_sql
from domain.counting import Counted, between
from domain.model.complaint import Complaint, Deadline
from domain.model.master import WorkingCalendar
from domain.model.tally import TALLY
from domain.policy import constant
from domain.words import Clock, ComplaintStatus

CUBES = {
    "ALL": frozenset[str](),
    "OPD": frozenset({"opd_id", "channel"}),
    "CATEGORY": frozenset({"category_id"}),
    "AREA": frozenset({"area_id"}),
}
"""What each cube of the tally tells apart, beside what all of them do: month and status."""
IN_ALL = frozenset({"status", "month"})
NUMBERS = {
    "n": ("n",),
    "rating": ("rating_sum", "rated"),
    "overdue": ("overdue",),
    "response": ("response_days", "responded"),
    "on_time": ("met", "known"),
}
"""The numbers of each measure; `n` counts complaints."""
SPANS = {"response": ("dispatched_at", "first_responded_at"), "resolution": ("verified_at", "completed_at")}
"""Between which two moments working days are counted."""

_INTEGER: Any = sa.Integer()
_ZERO: ColumnElement[Any] = sa.literal_column("0", _INTEGER)
Name = Callable[[str], str]
"""Gives a name that the statement has not used yet."""
Part = "sa.Select[Any]"


def cube_for(keys: AbstractSet[str]) -> str | None:
    """The cube that tells these keys apart, None where only the complaints do."""
    return next((cube for cube, known in CUBES.items() if keys <= known | IN_ALL), None)


def is_overdue(c: FromClause) -> ColumnElement[bool]:
    """A deadline of the city's has passed unmet."""
    return sa.func.coalesce(c.c.due_at < sa.func.now(), sa.false())


def working_days(counted: Counted, span: str, name: Name) -> "sa.Select[Any]":
    """The working days between a span's moments, of each complaint that has both."""
    c = Complaint.__table__.alias(name("t"))
    joined, days = _with_days(c, span, name)
    where = (*between(c, *counted.days.all), *counted.measures(c))
    return sa.select(days.label("value")).select_from(joined).where(*where).correlate_except(joined)


def _with_days(c: FromClause, span: str, name: Name) -> tuple[FromClause, ColumnElement[Any]]:
    start, end = (WorkingCalendar.__table__.alias(name("w")) for _ in range(2))
    first, last = SPANS[span]
    joined = c.join(start, start.c.day == local_day_sql(c.c[first]))
    return joined.join(end, end.c.day == local_day_sql(c.c[last])), end.c.ordinal - start.c.ordinal


@dataclass(frozen=True)
class Cells:
    """The cells of what is counted, by some keys and with some measures."""

    counted: Counted
    keys: AbstractSet[str]
    measures: AbstractSet[str]
    name: Name

    def select(self) -> "sa.CompoundSelect[Any]":
        """All of them."""
        parts: list[sa.Select[Any]] = []
        if self.measures & {"n", "rating"}:
            parts += self._counts()
        for measure in ("overdue", "response", "on_time"):
            if measure in self.measures:
                parts.append(getattr(self, f"_{measure}")())
        return sa.union_all(*parts)

    def _counts(self) -> "Sequence[sa.Select[Any]]":
        counted, (start, until), (first, last) = self.counted, self.counted.days.all, self.counted.days.months
        cube = cube_for(self.keys | counted.narrowed_by)
        if cube is None:
            return [self._rows(counted.counts, start, until)]
        parts = [
            self._tallied(cube),
            self._rows(counted.published, start, sa.func.least(first, until)),
            self._rows(counted.published, sa.func.greatest(first, last), until),
        ]
        if counted.held(Complaint.__table__) is not None:
            parts.append(self._rows(counted.held, start, until))
        return parts

    def _tallied(self, cube: str) -> "sa.Select[Any]":
        """What the tally has of the whole months."""
        t, counted = TALLY.alias(self.name("t")), self.counted
        numbers = {"n": t.c.n} | {key: counted.sealed(t, t.c[key], _ZERO) for key in NUMBERS["rating"]}
        where = (t.c.cube == constant(cube), *between(t, *counted.days.months), *counted.published(t))
        return sa.select(*self._keys(t), *self._numbers(numbers)).where(*where).correlate_except(t)

    def _rows(self, counts: Any, start: ColumnElement[Any], until: ColumnElement[Any]) -> "sa.Select[Any]":
        """What the complaints of some days make."""
        c = self._complaint()
        rating = self.counted.sealed(c, c.c.rating)
        numbers = {
            "n": sa.func.count(),
            "rating_sum": sa.func.coalesce(sa.func.sum(rating), _ZERO),
            "rated": sa.func.count(rating),
        }
        return self._made(c, c, numbers, *between(c, start, until), *counts(c))

    def _overdue(self) -> "sa.Select[Any]":
        c = self._complaint()
        return self._made(c, c, {"overdue": sa.func.count()}, *self._measured(c), is_overdue(c))

    def _response(self) -> "sa.Select[Any]":
        c = self._complaint()
        joined, days = _with_days(c, "response", self.name)
        numbers = {"response_days": sa.func.sum(days), "responded": sa.func.count()}
        return self._made(c, joined, numbers, *self._measured(c))

    def _on_time(self) -> "sa.Select[Any]":
        """Of the finished ones with a deadline for it: which met it, each time that they had one."""
        c, d = self._complaint(), Deadline.__table__.alias(self.name("t"))
        joined = c.join(d, sa.and_(d.c.complaint_id == c.c.id, d.c.clock == constant(Clock.RESOLUTION)))
        keys = self._keys(c)
        each = (
            sa.select(*keys, sa.func.bool_and(d.c.ended_at <= d.c.due_at).label("met"))
            .select_from(joined)
            .where(*self._measured(c), c.c.status == constant(ComplaintStatus.COMPLETED))
            .group_by(c.c.id, *keys)
            .correlate_except(joined)
            .subquery(self.name("t"))
        )
        numbers = {"met": sa.func.count().filter(each.c.met), "known": sa.func.count(each.c.met)}
        named = [each.c[key.name] for key in keys]
        return sa.select(*named, *self._numbers(numbers)).group_by(*named)

    # ------------------------------------------------------------------ what parts are made of

    def _complaint(self) -> FromClause:
        return Complaint.__table__.alias(self.name("t"))

    def _measured(self, c: FromClause) -> Sequence[ColumnElement[bool]]:
        return (*between(c, *self.counted.days.all), *self.counted.measures(c))

    def _keys(self, c: FromClause) -> "Sequence[sa.Label[Any]]":
        """The status, which all have, and the keys, which a confidential one may be without."""
        found = {key: _month(c) if key == "month" else c.c[key] for key in sorted(self.keys - {"status"})}
        return [c.c.status.label("status")] + [
            self.counted.sealed(c, value).label(key) for key, value in found.items()
        ]

    def _numbers(self, made: Mapping[str, ColumnElement[Any]]) -> "Sequence[sa.Label[Any]]":
        names = [name for measure in sorted(self.measures) for name in NUMBERS[measure]]
        return [sa.cast(made.get(name, _ZERO), _INTEGER).label(name) for name in names]

    def _made(
        self,
        c: FromClause,
        source: FromClause,
        numbers: Mapping[str, ColumnElement[Any]],
        *where: ColumnElement[bool],
    ) -> "sa.Select[Any]":
        keys = self._keys(c)
        return (
            sa.select(*keys, *self._numbers(numbers))
            .select_from(source)
            .where(*where)
            .group_by(*keys)
            .correlate_except(source)
        )


def _month(c: FromClause) -> ColumnElement[Any]:
    """The month of its submission, as the first day."""
    if "month" in c.c:
        return c.c.month
    local = sa.func.timezone(sa.literal_column("'Asia/Jakarta'"), c.c.submitted_at)
    return sa.cast(sa.func.date_trunc(sa.literal_column("'month'"), local), sa.Date())
