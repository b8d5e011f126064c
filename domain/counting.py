"""Which complaints count in a viewer's statistics? Of confidential ones the public learns a year's number.

Whatever is counted can be compared with the list of complaints, and the difference is the confidential ones.
So whoever is not of the staff has them counted only in figures of the whole city, by whole calendar years and
by status: docs/adr/0003-confidential-reports-in-figures.md.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain.actor import Actor
from domain.policy import SEES_ALL, constant, holds_or_held
from domain.words import ComplaintStatus, Privacy, ViewerKind


@dataclass(frozen=True)
class Days:
    """A period as days in SQL; each span goes from its first day to the one after its last."""

    all: tuple[ColumnElement[Any], ColumnElement[Any]]
    months: tuple[ColumnElement[Any], ColumnElement[Any]]
    """Its whole months; where it has none, the first comes after the last or is the same day."""
    years: tuple[ColumnElement[Any], ColumnElement[Any]]
    """Its whole calendar years; the present one is whole if it goes to today."""


@dataclass(frozen=True)
class Counted:
    """The complaints that a viewer's statistics count, of a period and perhaps narrowed."""

    actor: Actor
    days: Days
    narrowed: Callable[[FromClause], Sequence[ColumnElement[bool]]]
    """What is asked of them, over a row that has the keys."""
    narrowed_by: AbstractSet[str]
    """The keys that it is asked of, or by which it is told apart."""

    @property
    def is_sealed(self) -> bool:
        """To the viewer confidential reports are numbers: of the staff only they are not."""
        return self.actor.kind not in SEES_ALL and self.actor.kind is not ViewerKind.OFFICER

    def sealed(self, c: FromClause, value: ColumnElement[Any], instead: Any = None) -> ColumnElement[Any]:
        """A value, which a confidential one does not have for whom it is sealed."""
        if not self.is_sealed or self.narrowed_by:
            return value
        return sa.case((_is_open(c), value), else_=instead)

    def published(self, c: FromClause) -> Sequence[ColumnElement[bool]]:
        """What counts whatever the viewer's OPD has had to do with it: of rows, or of cells of the tally."""
        everything = self.actor.kind in SEES_ALL
        return (*([] if everything else [_is_published(c)]), *self._seal(c), *self.narrowed(c))

    def held(self, c: FromClause) -> Sequence[ColumnElement[bool]] | None:
        """What counts beside that: unpublished ones that an officer's OPD holds or held."""
        if self.actor.kind is not ViewerKind.OFFICER:
            return None
        return (_is_unpublished(c), holds_or_held(c), *self.narrowed(c))

    def counts(self, c: FromClause) -> Sequence[ColumnElement[bool]]:
        """All that counts."""
        held = self.held(c)
        published = sa.and_(sa.true(), *self.published(c))
        return (published if held is None else sa.or_(published, sa.and_(*held)),)

    def measures(self, c: FromClause) -> Sequence[ColumnElement[bool]]:
        """Those that measures are made of: what a mean says of one confidential report it may not say."""
        return (*self.counts(c), *([_is_open(c)] if self.is_sealed else []))

    def _seal(self, c: FromClause) -> Sequence[ColumnElement[bool]]:
        if not self.is_sealed:
            return ()
        if self.narrowed_by:
            return (_is_open(c),)
        return (sa.or_(_is_open(c), sa.and_(*between(c, *self.days.years))),)


def midnight(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """The first moment of a day in Cilegon."""
    return sa.func.timezone("Asia/Jakarta", sa.cast(day, sa.TIMESTAMP()))


def between(
    c: FromClause, start: ColumnElement[Any], until: ColumnElement[Any]
) -> Sequence[ColumnElement[bool]]:
    """Submitted from one day until before another; of a cell of the tally its whole month."""
    if "month" in c.c:
        return (c.c.month >= start, c.c.month < until)
    return (c.c.submitted_at >= midnight(start), c.c.submitted_at < midnight(until))


def _is_open(c: FromClause) -> ColumnElement[bool]:
    if "confidential" in c.c:
        return sa.not_(c.c.confidential)
    return c.c.privacy != constant(Privacy.CONFIDENTIAL)


def _is_published(c: FromClause) -> ColumnElement[bool]:
    """The public's statistics know of it: from its verification on, unless it is archived or merged."""
    if "published" in c.c:
        return c.c.published
    kept = [c.c.status != constant(status) for status in (ComplaintStatus.ARCHIVED, ComplaintStatus.MERGED)]
    return sa.and_(c.c.verified_at.is_not(None), *kept)


def _is_unpublished(c: FromClause) -> ColumnElement[bool]:
    """The rest, less what was merged; the first condition is that of an index."""
    hidden = sa.or_(c.c.verified_at.is_(None), c.c.status == constant(ComplaintStatus.ARCHIVED))
    return sa.and_(hidden, c.c.status != constant(ComplaintStatus.MERGED))
