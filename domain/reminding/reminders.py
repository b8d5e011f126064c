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
from sqlalchemy.dialects.postgresql import ARRAY, array, insert
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
from domain.words import Clock, LetterKind, Rung
from domain.workflow import OPEN

MOST = 1000
"""How many a transaction tells at most; who has more gets the rest in another letter."""


async def pending(session: AsyncSession, hours: Hours) -> dict[UUID | None, list[UUID]]:
    """Which deadlines whom is to be told of now, the longest overdue first: OPDs, and Diskominfo as None."""
    found: dict[UUID | None, list[UUID]] = {}
    for audience, deadline in await session.execute(_Pending(hours).found()):
        found.setdefault(audience, []).append(deadline)
    return found


async def remind(
    session: AsyncSession, audience: UUID | None, deadlines: Sequence[UUID], hours: Hours
) -> int:
    """Tells an audience of those that it has not been told of, and records it; how many these are."""
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
        for row in await session.execute(_Pending(hours, locking=True).among(deadlines, audience))
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

    def __init__(self, hours: Hours, *, locking: bool = False) -> None:
        self._until = hours.day_after
        self._d: FromClause = Deadline.__table__
        self._c: FromClause = Complaint.__table__
        if not locking:
            # One look for each of the few deadlines that run, where a join might read every complaint.
            own = sa.select(self._c).where(self._c.c.id == self._d.c.complaint_id)
            self._c = own.correlate(self._d).offset(0).lateral("held")
        self._holder: ColumnElement[Any] = sa.case(
            (self._d.c.clock == constant(Clock.VERIFICATION), sa.null()), else_=self._c.c.opd_id
        )
        office_alone = sa.or_(self._holder.is_(None), sa.not_(has_officer(self._c.c.opd_id)))
        self._ladder = _true_rungs(self._d.c.due_at, hours, office_alone)
        self._rung = self._ladder.c.rung
        for_office = sa.or_(self._rung == constant(Rung.OVERDUE_OFFICE), office_alone)
        self._audience: ColumnElement[Any] = sa.case((for_office, sa.null()), else_=self._holder)

    def found(self) -> sa.Select[Any]:
        """All of them, with the audience of each."""
        audience = self._audience.label("audience")
        return self._select(audience, self._d.c.id).order_by("audience", self._d.c.due_at, self._d.c.id)

    def among(self, deadlines: Sequence[UUID], audience: UUID | None) -> sa.Select[Any]:
        """Those that are still to be told of, locked."""
        d, c = self._d, self._c
        named = sa.func.unnest(sa.literal(list(deadlines), ARRAY(sa.Uuid()))).column_valued()
        return (
            self._select(d.c.id, d.c.due_at, self._rung.label("rung"), self._holder.label("holder"))
            .where(
                d.c.id.in_(sa.select(named)),
                self._audience.is_not_distinct_from(sa.literal(audience, sa.Uuid())),
            )
            .order_by(d.c.due_at, d.c.id)
            .with_for_update(of=[c, d], key_share=True, skip_locked=True)
        )

    def _select(self, *columns: ColumnElement[Any]) -> sa.Select[Any]:
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
                one_of(c.c.status, OPEN),
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
