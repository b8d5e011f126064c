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
from sqlalchemy.dialects.postgresql import array, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import ColumnElement, FromClause
from uuid_utils.compat import uuid7

from domain.mail.outbox import Letter, ToAccount, put
from domain.model.complaint import Complaint, Deadline
from domain.model.notice import Reminder
from domain.policy import constant, one_of
from domain.reminding.hours import Hours
from domain.reminding.notices import tell
from domain.reminding.people import has_officer, people_of
from domain.words import Clock, ComplaintStatus, LetterKind, Rung
from domain.workflow import OPEN

CLOSED = frozenset(ComplaintStatus) - OPEN
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
    new = set(
        await session.scalars(
            insert(Reminder).values(written).on_conflict_do_nothing().returning(Reminder.id)
        )
    )
    # The most pressing comes last, and so stands first among the notices, where the newest does.
    reminders = [row["id"] for row in reversed(written) if row["id"] in new]
    if reminders:
        await tell(session, people, hours.now, reminders=reminders)
        for person in people:
            about = {"batch": str(batch)}
            await put(
                session, Letter(LetterKind.REMINDER, ToAccount(person), f"reminder:{batch}:{person}", about)
            )
    return len(reminders)


class _Pending:
    """The deadlines that have reached a rung of which nobody was told, as a statement."""

    def __init__(self, hours: Hours) -> None:
        self._until = hours.day_after
        self._d: FromClause = Deadline.__table__
        self._c: FromClause = Complaint.__table__
        self._holder: ColumnElement[Any] = sa.case(
            (self._d.c.clock == constant(Clock.VERIFICATION), sa.null()), else_=self._c.c.opd_id
        )
        office_alone = sa.or_(self._holder.is_(None), sa.not_(has_officer(self._c.c.opd_id)))
        self._ladder = _true_rungs(self._d.c.due_at, hours, office_alone)
        self._rung = self._ladder.c.rung
        for_office = sa.or_(self._rung == constant(Rung.OVERDUE_OFFICE), office_alone)
        self.audience: ColumnElement[Any] = sa.case((for_office, sa.null()), else_=self._holder)

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
            .select_from(d.join(c, c.c.id == d.c.complaint_id).join(self._ladder, sa.true()))
            .where(
                d.c.ended_at.is_(None),
                d.c.paused_at.is_(None),
                d.c.due_at < self._until,
                d.c.clock != constant(Clock.REPORTER_REPLY),
                # Not the open ones by name: the few deadlines that run are the way to find them.
                sa.not_(one_of(c.c.status, CLOSED)),
                sa.not_(told.correlate_except(r)),
            )
        )


def _true_rungs(due: ColumnElement[Any], hours: Hours, office_alone: ColumnElement[bool]) -> Any:
    """The rung that is true now; long overdue, it is one for the OPD and one for Diskominfo."""

    def rungs(*words: Rung) -> ColumnElement[Any]:
        return array([constant(word) for word in words])

    found = sa.case(
        (due >= hours.next_day, rungs(Rung.DUE_TOMORROW)),
        (due >= hours.now, rungs(Rung.DUE_TODAY)),
        (due >= hours.long_ago, rungs(Rung.OVERDUE)),
        (office_alone, rungs(Rung.OVERDUE_OFFICE)),
        else_=rungs(Rung.OVERDUE, Rung.OVERDUE_OFFICE),
    )
    return sa.func.unnest(found).table_valued("rung", name="ladder").render_derived()
