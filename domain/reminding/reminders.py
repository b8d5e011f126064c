"""Which deadlines reach a rung of the ladder now, and how is each reminded of once?

The holder of a clock is reminded on the working day before it is due, on the day, and once it is overdue:
the OPD's officers, or Diskominfo, which holds what no OPD has. After some working days Diskominfo hears of
what is overdue at an OPD. Only the rung that is true now is sent, however long nobody looked; a due time that
was worked out anew, or another holder, starts the ladder again. A clock that is paused, ended, or the
reporter's own reminds nobody.

Rows are locked like a step locks them: a step that happens at the same time is waited for by nobody, and what
it leaves is looked at in the next run. The rows of `reminder` are written together with those who are told
of them, so that each is told once, wherever a worker is killed and however many work.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import ColumnElement, FromClause
from uuid_utils.compat import uuid7

from domain.model.complaint import Complaint, Deadline
from domain.model.notice import Reminder
from domain.policy import constant, one_of
from domain.reminding.hours import Hours
from domain.reminding.notices import tell
from domain.reminding.people import has_officer, people_of
from domain.words import Clock, Rung
from domain.workflow import OPEN

MOST = 1000
"""How many a transaction tells at most; who has more gets the rest in another letter."""


async def audiences(session: AsyncSession, hours: Hours) -> Sequence[UUID | None]:
    """The OPDs, and Diskominfo as None, that there is something to tell now."""
    pending = _Pending(hours)
    told = pending.select(pending.audience.label("audience")).distinct().order_by("audience")
    return (await session.scalars(told)).all()


async def remind(session: AsyncSession, audience: UUID | None, hours: Hours) -> int:
    """Tells an audience all that it has not been told, and records it; how many reminders those are."""
    people = await people_of(session, audience)
    if not people:
        return 0  # nothing is recorded as told: whoever comes first is told all of it
    batch = uuid7()
    written = [
        {
            "id": uuid7(),
            "deadline_id": row.id,
            "rung": row.rung,
            "due_at": row.due_at,
            "opd_id": row.holder,
            "to_office": audience is None,
            "told": len(people),
            "batch": batch,
            "at": hours.now,
        }
        for row in await session.execute(_Pending(hours).of(audience))
    ]
    if not written:
        return 0
    # What another worker has told between its look and ours is there already.
    new = await session.scalars(
        insert(Reminder).values(written).on_conflict_do_nothing().returning(Reminder.id)
    )
    reminders = new.all()
    await tell(session, people, hours.now, reminders=reminders)
    return len(reminders)


class _Pending:
    """The deadlines that have reached a rung of which nobody was told, as a statement."""

    def __init__(self, hours: Hours) -> None:
        self._hours = hours
        self._d: FromClause = Deadline.__table__
        self._c: FromClause = Complaint.__table__
        self._rung: ColumnElement[Any] = (
            sa.values(sa.column("rung", sa.Text()), name="ladder")
            .data([(rung.value,) for rung in Rung])
            .c.rung
        )
        self._holder: ColumnElement[Any] = sa.case(
            (self._d.c.clock == constant(Clock.VERIFICATION), sa.null()), else_=self._c.c.opd_id
        )
        self._office_alone = sa.or_(self._holder.is_(None), sa.not_(has_officer(self._c.c.opd_id)))
        self.audience: ColumnElement[Any] = sa.case(
            (sa.or_(self._rung == constant(Rung.OVERDUE_OFFICE), self._office_alone), sa.null()),
            else_=self._holder,
        )

    def of(self, audience: UUID | None) -> sa.Select[Any]:
        """What an audience has to be told, locked, the longest overdue first."""
        d, c = self._d, self._c
        return (
            self.select(d.c.id, d.c.due_at, self._rung.label("rung"), self._holder.label("holder"))
            .where(self.audience.is_not_distinct_from(sa.literal(audience, sa.Uuid())))
            .order_by(d.c.due_at, d.c.id)
            .limit(MOST)
            .with_for_update(of=[c, d], key_share=True, skip_locked=True)
        )

    def select(self, *columns: ColumnElement[Any]) -> sa.Select[Any]:
        d, c, r = self._d, self._c, sa.alias(Reminder.__table__)
        told = sa.exists().where(
            r.c.deadline_id == d.c.id,
            r.c.rung == self._rung,
            r.c.due_at == d.c.due_at,
            r.c.opd_id.is_not_distinct_from(self._holder),
        )
        return (
            sa.select(*columns)
            .select_from(d.join(c, c.c.id == d.c.complaint_id).join(self._rung.table, self._is_reached()))
            .where(
                d.c.ended_at.is_(None),
                d.c.paused_at.is_(None),
                d.c.due_at < self._hours.day_after,
                d.c.clock != constant(Clock.REPORTER_REPLY),
                one_of(c.c.status, OPEN),
                sa.not_(told.correlate_except(r)),
            )
        )

    def _is_reached(self) -> ColumnElement[bool]:
        """That this rung is the true one; where Diskominfo alone is told, it hears of one only."""
        due, hours = self._d.c.due_at, self._hours
        late, long_late = due < hours.now, due < hours.long_ago
        reached = {
            Rung.DUE_TOMORROW: sa.and_(due >= hours.next_day, due < hours.day_after),
            Rung.DUE_TODAY: sa.and_(sa.not_(late), due < hours.next_day),
            Rung.OVERDUE: sa.and_(late, sa.not_(sa.and_(long_late, self._office_alone))),
            Rung.OVERDUE_OFFICE: long_late,
        }
        return sa.or_(*(sa.and_(self._rung == constant(rung), when) for rung, when in reached.items()))
