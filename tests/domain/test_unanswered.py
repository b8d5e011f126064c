"""When does an answer that nobody replied to complete the complaint, and what does that leave?"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import clocks, unanswered
from domain.actor import CLOCK, PUBLIC
from domain.deadline_sql import deadline_state
from domain.model.complaint import Action, Complaint, Deadline, Disposition
from domain.model.event import ComplaintEvent
from domain.model.master import Opd
from domain.steps import begin_stay
from domain.submission import Submission, submit
from domain.words import (
    ActionKind,
    Classification,
    Clock,
    ComplaintEventType,
    ComplaintStatus,
    DispositionOutcome,
)
from tests.moments import moment
from tests.service import VAULT

ANSWERED = "2023-04-14T09:00"
"""A Friday: the tenth working day after it, beyond Idul Fitri and Labour Day, is Monday, 8 May."""
LAST_SECOND = "2023-05-08T23:59:59"
JUST_AFTER = "2023-05-09T00:00:00"


async def answered(session: AsyncSession, key: str) -> Complaint:
    """A complaint that an OPD has answered."""
    given = Submission(f"kunci-{key}", "Jalan rusak", "Lubang besar", Classification.COMPLAINT)
    complaint = (await submit(session, PUBLIC, VAULT, given)).complaint
    at = moment(ANSWERED)
    begin_stay(session, complaint, await session.get_one(Opd, await any_opd(session)), at)
    complaint.submitted_at = complaint.verified_at = complaint.answered_at = at
    complaint.status = ComplaintStatus.ANSWERED
    await session.execute(sa.delete(Deadline).where(Deadline.complaint_id == complaint.id))
    await clocks.start(session, complaint, Clock.RESOLUTION, at)
    await clocks.start(session, complaint, Clock.REPORTER_REPLY, at)
    return complaint


async def any_opd(session: AsyncSession) -> object:
    return await session.scalar(sa.select(Opd.id).where(Opd.code == "DPUPR"))


async def states(session: AsyncSession, complaint: Complaint) -> dict[Clock, str]:
    """How the clocks of a complaint stand."""
    d = Deadline.__table__
    found = await session.execute(
        sa.select(d.c.clock, deadline_state(d)).where(d.c.complaint_id == complaint.id)
    )
    return dict(found.all())


async def test_ten_working_days_after_the_answer_and_not_a_second_before(session: AsyncSession) -> None:
    waiting, replied = await answered(session, "satu"), await answered(session, "dua")
    replied.status = ComplaintStatus.IN_PROGRESS
    await clocks.stop(session, replied, moment(ANSWERED), Clock.REPORTER_REPLY)
    await session.flush()

    assert await unanswered.lapsed(session, moment(LAST_SECOND), 10) == []
    assert not await unanswered.complete_lapsed(session, CLOCK, waiting.id, moment(LAST_SECOND))
    after = moment(JUST_AFTER)
    assert await unanswered.lapsed(session, after, 10) == [waiting.id]
    assert not await unanswered.complete_lapsed(session, CLOCK, replied.id, after)
    assert await unanswered.complete_lapsed(session, CLOCK, waiting.id, after)
    assert not await unanswered.complete_lapsed(session, CLOCK, waiting.id, after)

    assert (waiting.status, waiting.completed_at) == (ComplaintStatus.COMPLETED, after)
    of_it = Deadline.complaint_id == waiting.id
    assert set(await session.scalars(sa.select(Deadline.ended_at).where(of_it))) == {after}
    # The city was in time; of the reporter it is not said that they were.
    assert await states(session, waiting) == {Clock.RESOLUTION: "MET", Clock.REPORTER_REPLY: "MISSED"}
    outcome = sa.select(Disposition.outcome).where(Disposition.complaint_id == waiting.id)
    assert await session.scalar(outcome) is DispositionOutcome.COMPLETED
    said = (await session.scalars(sa.select(Action).where(Action.complaint_id == waiting.id))).one()
    assert (said.kind, said.author_id, said.to_status) == (ActionKind.SYSTEM, None, waiting.status)
    assert "tidak membalas tanggapan dalam 10 hari kerja" in said.body
    happened = sa.select(ComplaintEvent.type).where(
        ComplaintEvent.complaint_id == waiting.id, ComplaintEvent.type != ComplaintEventType.SUBMITTED
    )
    assert list(await session.scalars(happened)) == [ComplaintEventType.COMPLETED]
