"""Who is reminded of a deadline, on which day and at which hour, and of what nobody is?"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import clocks
from domain.model.complaint import Complaint, Deadline
from domain.model.master import Holiday
from domain.model.notice import Notice, Reminder
from domain.reminding import notices
from domain.words import Clock, ComplaintStatus, HolidayKind, StaffRole
from tests.moments import end_of, moment
from tests.reminding import hired, notices_of, opd_id, running, told

OFFICER, OFFICE, ADMIN = StaffRole.OFFICER, StaffRole.OFFICE, StaffRole.ADMIN
S = ComplaintStatus


async def test_the_ladder_is_climbed_one_rung_at_a_time_within_working_hours(session: AsyncSession) -> None:
    one, two = await hired(session, OFFICER, "DPUPR"), await hired(session, OFFICER, "DPUPR")
    gone, office = await hired(session, OFFICER, "DPUPR", active=False), await hired(session, OFFICE)
    other, admin = await hired(session, OFFICER, "DLH"), await hired(session, ADMIN)
    await running(session, "2026-03-25")
    # Nyepi, Idul Fitri and joint leave: after Tuesday, 17 March, people work again on the 25th.
    days = sa.select(Holiday.date).where(Holiday.kind == HolidayKind.JOINT_LEAVE)
    assert {day.isoformat() for day in await session.scalars(days)} >= {"2026-03-20", "2026-03-24"}
    for at, expected in (
        ("2026-03-16T09:00", []),
        ("2026-03-17T07:29:59", []),
        ("2026-03-17T07:30", [("DUE_TOMORROW", "DPUPR", 1)]),
        ("2026-03-17T07:35", []),
        ("2026-03-18T09:00", []),
        ("2026-03-20T09:00", []),
        ("2026-03-22T09:00", []),
        ("2026-03-24T09:00", []),
        ("2026-03-25T07:29:59", []),
        ("2026-03-25T16:00", []),
        ("2026-03-25T15:59:59", [("DUE_TODAY", "DPUPR", 1)]),
        ("2026-03-26T00:00", []),
        ("2026-03-26T07:30", [("OVERDUE", "DPUPR", 1)]),
        ("2026-03-27T09:00", []),
        ("2026-03-28T09:00", []),
        ("2026-03-30T07:30", [("OVERDUE_OFFICE", "DISKOMINFO", 1)]),
        ("2026-04-30T09:00", []),
    ):
        assert await told(session, moment(at)) == expected, at
    for account, number in ((one, 3), (two, 3), (gone, 0), (other, 0), (office, 1), (admin, 0)):
        assert await notices_of(session, account) == number, account.name
    assert set(await session.scalars(sa.select(Reminder.told))) == {1, 2}


async def test_tomorrow_is_the_next_working_day(session: AsyncSession) -> None:
    await hired(session, OFFICER, "DPUPR")
    for due, before in (
        ("2026-11-24", "2026-11-23"),
        ("2026-11-30", "2026-11-27"),  # Monday, after a Friday
        ("2027-01-04", "2026-12-31"),  # beyond New Year's Day and a weekend
        ("2026-12-28", "2026-12-23"),  # beyond Christmas and its joint leave
    ):
        await running(session, due)
        assert await told(session, moment(f"{before}T10:00")) == [("DUE_TOMORROW", "DPUPR", 1)], due
        assert await told(session, moment(f"{due}T10:00")) == [("DUE_TODAY", "DPUPR", 1)], due
        await session.execute(sa.update(Deadline).values(ended_at=end_of(due)))


async def test_after_a_week_without_a_worker_each_hears_the_one_thing_that_is_true(
    session: AsyncSession,
) -> None:
    await hired(session, OFFICER, "DPUPR")
    await hired(session, OFFICE)
    for day in ("2026-11-10", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"):
        await running(session, day)
    await running(session, "2026-11-20", None, Clock.VERIFICATION, S.SUBMITTED)
    await running(session, "2026-11-10", None, Clock.VERIFICATION, S.SUBMITTED)
    assert await told(session, moment("2026-11-24T10:00")) == [
        ("DUE_TODAY", "DPUPR", 1),
        ("DUE_TOMORROW", "DPUPR", 1),
        ("OVERDUE", "DISKOMINFO", 1),
        ("OVERDUE", "DPUPR", 2),
        ("OVERDUE_OFFICE", "DISKOMINFO", 2),
    ]


async def test_no_clock_reminds_that_is_paused_or_ended_or_the_reporters(session: AsyncSession) -> None:
    await hired(session, OFFICER, "DPUPR")
    await hired(session, OFFICE)
    paused = await running(session, "2026-11-24", status=S.DISPATCHED)
    met = await running(session, "2026-11-24")
    await running(session, "2026-11-24", clock=Clock.REPORTER_REPLY, status=S.ANSWERED)
    await running(session, "2026-11-24", status=S.ARCHIVED)
    complaint = await session.get_one(Complaint, paused.complaint_id)
    await clocks.pause(session, complaint, Clock.RESOLUTION, moment("2026-11-23T10:00"))
    met.ended_at = moment("2026-11-23T10:00")
    for at in ("2026-11-23T11:00", "2026-11-24T11:00", "2026-11-25T11:00"):
        assert await told(session, moment(at)) == [], at
    # It runs on, with as many working days left as it had.
    await clocks.resume(session, complaint, Clock.RESOLUTION, moment("2026-11-26T09:00"))
    assert paused.due_at == end_of("2026-11-27")
    assert await told(session, moment("2026-11-26T11:00")) == [("DUE_TOMORROW", "DPUPR", 1)]


async def test_another_due_time_or_holder_starts_the_ladder_again(session: AsyncSession) -> None:
    for role, opd in ((OFFICER, "DPUPR"), (OFFICER, "DLH"), (OFFICE, None)):
        await hired(session, role, opd)
    deadline = await running(session, "2026-11-24")
    complaint = await session.get_one(Complaint, deadline.complaint_id)
    now = moment("2026-11-24T08:00")
    assert await told(session, now) == [("DUE_TODAY", "DPUPR", 1)]
    complaint.opd_id = await opd_id(session, "DLH")
    assert await told(session, moment("2026-11-24T08:05")) == [("DUE_TODAY", "DLH", 1)]
    complaint.opd_id = await opd_id(session, "DPUPR")
    assert await told(session, moment("2026-11-24T08:10")) == []
    complaint.opd_id, complaint.status = None, S.VERIFIED
    assert await told(session, moment("2026-11-24T08:15")) == [("DUE_TODAY", "DISKOMINFO", 1)]
    complaint.opd_id, complaint.status = await opd_id(session, "DLH"), S.DISPATCHED
    deadline.due_at = end_of("2026-11-25")
    assert await told(session, moment("2026-11-24T08:20")) == [("DUE_TOMORROW", "DLH", 1)]


async def test_what_nobody_could_be_told_is_told_once_there_is_somebody(session: AsyncSession) -> None:
    await running(session, "2026-11-23")
    await running(session, "2026-11-10")
    await hired(session, OFFICER, "DPUPR", active=False)
    assert await told(session, moment("2026-11-24T08:00")) == []
    assert await session.scalar(sa.select(sa.func.count()).select_from(Reminder)) == 0
    admin = await hired(session, ADMIN)
    # In the place of an OPD without officers, an office without accounts: one reminder of each.
    expected = [("OVERDUE", "DISKOMINFO", 1), ("OVERDUE_OFFICE", "DISKOMINFO", 1)]
    assert await told(session, moment("2026-11-24T08:05")) == expected
    assert await notices_of(session, admin) == 2
    await hired(session, OFFICER, "DPUPR")
    assert await told(session, moment("2026-11-24T08:10")) == [("OVERDUE", "DPUPR", 1)]


async def test_notices_are_read_one_by_one_or_together_and_go_after_their_time(session: AsyncSession) -> None:
    one, two = await hired(session, OFFICER, "DPUPR"), await hired(session, OFFICER, "DPUPR")
    for _ in range(4):
        await running(session, "2026-11-24")
    now = moment("2026-11-24T08:00")
    await told(session, now)
    own = sa.select(Notice.id).where(Notice.account_id == one.id).order_by(Notice.id)
    keys = (await session.scalars(own)).all()
    assert (await notices.unread(session, one.id), await notices.unread(session, two.id)) == (4, 4)
    await notices.read(session, one.id, keys[3], now)
    await notices.read(session, two.id, keys[0], now)  # not theirs
    assert (await notices.unread(session, one.id), await notices.unread(session, two.id)) == (3, 4)
    await notices.read_until(session, one.id, keys[1], now)
    assert await notices.unread(session, one.id) == 1
    assert await notices.forget_old(session, moment("2027-02-22T07:59")) == 0
    assert await notices.forget_old(session, moment("2027-02-22T08:01")) == 8
    assert await session.scalar(sa.select(sa.func.count()).select_from(Reminder)) == 4
    assert await told(session, moment("2026-11-24T08:05")) == []
