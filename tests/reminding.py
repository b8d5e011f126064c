"""Deadlines and people for tests of reminders, and whom a moment's reminders have told."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from domain import calendar
from domain.model.complaint import Complaint, Deadline, Disposition
from domain.model.master import Opd, SlaRule
from domain.model.notice import Notice, Reminder
from domain.model.people import Account
from domain.reminding import reminders
from domain.reminding.hours import hours_at
from domain.tracking import new_code
from domain.words import Channel, Classification, Clock, ComplaintStatus, Privacy, StaffRole
from tests.moments import end_of, moment

VERIFIED = moment("2023-01-02T09:00")


async def opd_id(session: AsyncSession, code: str | None) -> UUID | None:
    found: UUID | None = await session.scalar(sa.select(Opd.id).where(Opd.code == code))
    return found


async def hired(
    session: AsyncSession, role: StaffRole, opd: str | None = None, *, active: bool = True, name: str = ""
) -> Account:
    """An account that nobody signs in with."""
    number = await session.scalar(sa.select(sa.func.count()).select_from(Account))
    account = Account(
        email=f"orang{number}@cilegon.go.id",
        name=name or f"{role.value} {opd or ''}".strip(),
        role=role,
        opd_id=await opd_id(session, opd),
        password_hash="tidak dipakai",
        active=active,
    )
    session.add(account)
    await session.flush()
    return account


async def running(
    session: AsyncSession,
    day: str,
    opd: str | None = "DPUPR",
    clock: Clock = Clock.RESOLUTION,
    status: ComplaintStatus | None = None,
) -> Deadline:
    """A clock that runs on a complaint at an OPD, or at Diskominfo, until the end of a day."""
    [deadline] = await several_running(session, 1, day, opd, clock=clock, status=status)
    return deadline


async def several_running(
    session: AsyncSession,
    number: int,
    day: str,
    opd: str | None = "DPUPR",
    *,
    clock: Clock = Clock.RESOLUTION,
    status: ComplaintStatus | None = None,
) -> list[Deadline]:
    """The same on so many complaints."""
    due, held_by = end_of(day), await opd_id(session, opd)
    rule = await session.scalar(sa.select(SlaRule.id).where(SlaRule.clock == clock).limit(1))
    status = status or (ComplaintStatus.DISPATCHED if opd else ComplaintStatus.VERIFIED)
    deadlines = []
    for _ in range(number):
        complaint = Complaint(
            id=uuid7(),
            tracking_code=new_code(),
            channel=Channel.CITY_APP,
            classification=Classification.COMPLAINT,
            title="Jalan rusak",
            body="Lubang besar",
            privacy=Privacy.PUBLIC,
            status=status,
            submitted_at=VERIFIED,
            verified_at=None if status is ComplaintStatus.SUBMITTED else VERIFIED,
            dispatched_at=VERIFIED if opd else None,
            updated_at=VERIFIED,
            opd_id=held_by,
            due_at=due,
        )
        session.add(complaint)
        of_it = {"complaint_id": complaint.id, "started_at": due - timedelta(days=20)}
        if opd is not None:
            session.add(Disposition(opd_id=held_by, opd_name=opd, **of_it))
        deadlines.append(Deadline(clock=clock, rule_id=rule, due_at=due, **of_it))
    session.add_all(deadlines)
    await session.flush()
    return deadlines


async def told(session: AsyncSession, now: datetime) -> list[tuple[str, str, int]]:
    """What the worker's run at a moment tells: the rung, who is told (an OPD's code), and of how many."""
    await session.flush()
    hours = hours_at(await calendar.load_calendar(session), now)
    if hours is None:
        return []
    for audience, deadlines in (await reminders.pending(session, hours)).items():
        await reminders.remind(session, audience, deadlines, hours)
        assert await reminders.remind(session, audience, deadlines, hours) == 0
    rows = await session.execute(
        sa.select(Reminder.rung, Reminder.to_office, Opd.code)
        .outerjoin(Opd, Opd.id == Reminder.opd_id)
        .where(Reminder.at == now)
    )
    said = Counter((rung.value, "DISKOMINFO" if office else code) for rung, office, code in rows)
    return sorted((*what, number) for what, number in said.items())


async def notices_of(session: AsyncSession, account: Account) -> int:
    """How many notices an account has."""
    query = sa.select(sa.func.count()).select_from(Notice).where(Notice.account_id == account.id)
    return await session.scalar(query) or 0
