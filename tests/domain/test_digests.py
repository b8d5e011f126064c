"""Why does each report wait, with whom, and what are the figures of a week?"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import load_calendar
from domain.model.complaint import Action, Complaint, Deadline, Disposition
from domain.reminding.hours import Hours, hours_at
from domain.reminding.waiting import what_waits
from domain.reminding.week import figures
from domain.words import (
    ActionKind,
    Clock,
    ComplaintStatus,
    DispositionOutcome,
    StaffRole,
    Visibility,
)
from tests.moments import moment
from tests.reminding import hired, opd_id, running

S = ComplaintStatus
NOW = moment("2026-11-24T08:00")
AMPLE, SOON, LATE = "2026-12-10", "2026-11-25", "2026-11-20"


async def hours(session: AsyncSession, now: datetime = NOW) -> Hours:
    found = hours_at(await load_calendar(session), now)
    assert found is not None
    return found


async def said(session: AsyncSession, deadline: Deadline, kind: ActionKind, at: str) -> None:
    session.add(
        Action(
            complaint_id=deadline.complaint_id,
            kind=kind,
            visibility=Visibility.PUBLIC,
            body="Isi",
            created_at=moment(at),
        )
    )
    await session.flush()


async def counts(session: AsyncSession, opd: str | None) -> dict[str, int]:
    content = await what_waits(session, await opd_id(session, opd), await hours(session))
    assert content["total"] == sum(content["counts"].values()) == len(content["rows"])
    found: dict[str, int] = content["counts"]
    return found


async def test_each_report_waits_for_one_reason_with_one_holder(session: AsyncSession) -> None:
    await hired(session, StaffRole.OFFICER, "DPUPR")
    for day, status in (
        (AMPLE, S.DISPATCHED),
        (SOON, S.DISPATCHED),
        (LATE, S.IN_PROGRESS),
        (LATE, S.ANSWERED),  # the reporter's turn, but the resolution is late
        (AMPLE, S.ANSWERED),
        (AMPLE, S.IN_PROGRESS),
    ):
        await running(session, day, status=status)
    replied = await running(session, AMPLE, status=S.IN_PROGRESS)
    await said(session, replied, ActionKind.ANSWER, "2026-11-20T09:00")
    await said(session, replied, ActionKind.REPORTER_REPLY, "2026-11-21T09:00")
    seen = await running(session, AMPLE, status=S.IN_PROGRESS)
    await said(session, seen, ActionKind.REPORTER_REPLY, "2026-11-20T09:00")
    await said(session, seen, ActionKind.PROGRESS, "2026-11-21T09:00")
    assert await counts(session, "DPUPR") == {
        "OVERDUE": 2,
        "DUE_SOON": 1,
        "REPLIED": 1,
        "DISPATCHED": 1,
        "IN_PROGRESS": 2,
    }
    assert await counts(session, "DLH") == {}

    await running(session, AMPLE, None, Clock.VERIFICATION, S.SUBMITTED)
    await running(session, AMPLE, None)
    returned = await running(session, AMPLE, None)
    session.add(
        Disposition(
            complaint_id=returned.complaint_id,
            opd_id=await opd_id(session, "DLH"),
            opd_name="DLH",
            started_at=moment("2026-11-20T09:00"),
            ended_at=moment("2026-11-21T09:00"),
            outcome=DispositionOutcome.RETURNED,
        )
    )
    await running(session, LATE, "DLH")  # nobody works there
    await session.flush()
    assert await counts(session, None) == {"OVERDUE": 1, "RETURNED": 1, "SUBMITTED": 1, "VERIFIED": 1}


async def test_the_figures_of_a_week_are_of_the_one_before(session: AsyncSession) -> None:
    changes = {
        "submitted_at": (
            "2026-11-15T23:59:59",
            "2026-11-16T00:00",
            "2026-11-22T23:59:59",
            "2026-11-23T00:00",
        ),
        "first_responded_at": (
            "2026-11-13T09:00",
            "2026-11-17T09:00",
            "2026-11-20T09:00",
            "2026-11-23T09:00",
        ),
    }
    for number in range(4):
        made = await running(session, LATE if number < 3 else AMPLE, "DPUPR" if number else "DLH")
        values = {name: moment(moments[number]) for name, moments in changes.items()}
        values["dispatched_at"] = moment("2026-11-16T08:00" if number else "2026-11-12T08:00")
        await session.execute(sa.update(Complaint).where(Complaint.id == made.complaint_id).values(**values))
    found = await figures(session, await hours(session))
    assert (found["from"], found["until"]) == ("2026-11-16", "2026-11-22")
    assert (found["new"], found["completed"], found["overdue"]) == (2, 0, 3)
    assert [(row["code"], row["number"]) for row in found["overdue_by_opd"]] == [("DPUPR", 2), ("DLH", 1)]
    # One working day, and four.
    assert found["follow_up"] == {"days": 2.5, "number": 2}
    assert len(found["longest"]) == 3
