"""What an officer reads of one complaint: each part of it only as far as the policy shows it to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from admin import wording
from admin.complaints.files import Files, files
from admin.desk import Desk
from admin.wording import Due
from domain import policy
from domain.actor import Actor
from domain.clocks import AGAINST_THE_CITY
from domain.deadline_sql import deadline_state, working_days_left
from domain.model.complaint import (
    Action,
    Complaint,
    Deadline,
    Disposition,
    IdentityReading,
    Reporter,
)
from domain.model.master import Area, Opd, SlaRule
from domain.model.notice import Reminder
from domain.model.people import Account
from domain.tracking import read_code
from domain.words import Clock as ClockName
from domain.words import DeadlineState, Privacy, label

_RUNNING = (DeadlineState.RUNNING, DeadlineState.DUE_SOON, DeadlineState.OVERDUE)
_REPLY = {DeadlineState.MET: "Dibalas pelapor", DeadlineState.MISSED: "Tidak dibalas"}
MOST = 500
"""More entries than any complaint should have; the newest are shown."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One deadline: the step it measures, when it is due and how it stands."""

    deadline: Deadline
    rule: SlaRule
    state: DeadlineState
    due: Due | None

    @property
    def words(self) -> str:
        """How it stands: the reporter's own time is no deadline of anybody's."""
        if self.due is not None:
            return self.due.words.capitalize()
        if self.deadline.clock is ClockName.REPORTER_REPLY:
            return _REPLY.get(self.state, label(self.state))
        return label(self.state)

    @property
    def tone(self) -> str:
        """What colour that has."""
        unanswered = self.deadline.clock is ClockName.REPORTER_REPLY and self.state is DeadlineState.MISSED
        return "none" if unanswered else self.state.lower().replace("_", "-")

    reminders: Sequence[Reminder]
    """Who was reminded of it, for those who may know who has worked on it."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay with an OPD; what Diskominfo and the OPD wrote to each other only for those who may know."""

    disposition: Disposition
    knows_custody: bool
    suggested: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One action, with its author only for those who may know."""

    action: Action
    opd: Opd | None
    author: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """A complaint as one visitor may see it."""

    complaint: Complaint
    district: str | None
    requested_opd: str | None
    merged_into: str | None
    waits_for: str | None
    knows_reporter: bool
    has_reporter: bool
    """There is an identity that the visitor may know."""
    clocks: Sequence[Clock]
    stays: Sequence[Stay]
    steps: Sequence[Step]
    files: Files
    readings: Sequence[tuple[datetime, str, str | None]] = field(default_factory=tuple)

    @property
    def asks_before_naming(self) -> bool:
        """The reporter wishes to stay unknown: each look at who they are is deliberate, and is kept."""
        return self.complaint.privacy is Privacy.ANONYMOUS

    @property
    def presses(self) -> Due | None:
        """The earliest deadline that runs against the city."""
        running = [
            clock.due
            for clock in self.clocks
            if clock.due is not None and clock.deadline.clock in AGAINST_THE_CITY
        ]
        return min(running, key=lambda due: due.at, default=None)


async def load(desk: Desk, key: str) -> Page | None:
    """The page of a tracking code; None where there is none for this visitor."""
    session, actor = desk.session, desk.actor
    code, table, values = read_code(key), Complaint.__table__, policy.viewer_values(actor)
    found = (
        code
        and (
            await session.execute(
                sa.select(Complaint, policy.knows_reporter(actor, table))
                .where(Complaint.tracking_code == code, policy.sees_complaint(actor, table))
                .options(
                    joinedload(Complaint.category), joinedload(Complaint.opd), joinedload(Complaint.area)
                ),
                values,
            )
        ).one_or_none()
    )
    if not found:
        return None
    complaint, knows_reporter = found
    area = complaint.area
    merged = sa.select(Complaint.tracking_code).where(
        Complaint.id == complaint.merged_into_id, policy.sees_complaint(actor, table)
    )
    return Page(
        complaint,
        await session.scalar(sa.select(Area.name).where(Area.id == area.parent_id)) if area else None,
        await session.scalar(sa.select(Opd.name).where(Opd.id == complaint.requested_opd_id)),
        await session.scalar(merged, values),
        wording.waits_for(complaint, complaint.opd),
        knows_reporter,
        knows_reporter and await _has_reporter(session, complaint),
        await _clocks(session, actor, complaint),
        await _stays(session, actor, complaint),
        await _steps(session, actor, complaint),
        await files(desk, complaint),
        await _readings(session, complaint) if actor.kind in policy.SEES_ALL else (),
    )


async def _has_reporter(session: AsyncSession, complaint: Complaint) -> bool:
    """Whether anything is known of the reporter, without reading it."""
    given = sa.func.num_nonnulls(Reporter.name, Reporter.email, Reporter.phone)
    return bool(await session.scalar(sa.select(given).where(Reporter.complaint_id == complaint.id)))


async def _clocks(session: AsyncSession, actor: Actor, complaint: Complaint) -> list[Clock]:
    table, reminded = Deadline.__table__, await _reminders(session, actor, complaint)
    rows = await session.execute(
        sa.select(Deadline, SlaRule, deadline_state(table), working_days_left(table))
        .join(SlaRule, SlaRule.id == Deadline.rule_id)
        .where(Deadline.complaint_id == complaint.id)
        .order_by(Deadline.started_at.desc(), Deadline.id.desc())
        .limit(MOST)
    )
    return [
        Clock(
            deadline,
            rule,
            DeadlineState(state),
            Due.of(deadline.due_at, left) if state in _RUNNING else None,
            [reminder for reminder in reminded if reminder.deadline_id == deadline.id],
        )
        for deadline, rule, state, left in rows
    ]


async def _reminders(session: AsyncSession, actor: Actor, complaint: Complaint) -> Sequence[Reminder]:
    table = Deadline.__table__
    rows = await session.scalars(
        sa.select(Reminder)
        .join(table, table.c.id == Reminder.deadline_id)
        .where(table.c.complaint_id == complaint.id, policy.knows_custody(actor, table))
        .options(joinedload(Reminder.opd))
        .order_by(Reminder.at, Reminder.id)
        .limit(MOST),
        policy.viewer_values(actor),
    )
    return rows.all()


async def _stays(session: AsyncSession, actor: Actor, complaint: Complaint) -> list[Stay]:
    table = Disposition.__table__
    rows = await session.execute(
        sa.select(Disposition, policy.knows_custody(actor, table), Opd.name)
        .outerjoin(Opd, Opd.id == Disposition.suggested_opd_id)
        .where(Disposition.complaint_id == complaint.id, policy.sees_disposition(actor, table))
        .order_by(Disposition.started_at.desc(), Disposition.id.desc())
        .limit(MOST),
        policy.viewer_values(actor),
    )
    return [Stay(stay, knows, suggested if knows else None) for stay, knows, suggested in rows]


async def _steps(session: AsyncSession, actor: Actor, complaint: Complaint) -> list[Step]:
    table = Action.__table__
    rows = await session.execute(
        sa.select(Action, Opd, policy.knows_author(actor, table))
        .outerjoin(Opd, Opd.id == Action.opd_id)
        .where(Action.complaint_id == complaint.id, policy.sees_action(actor, table))
        .order_by(Action.created_at.desc(), Action.id.desc())
        .limit(MOST),
        policy.viewer_values(actor),
    )
    return [Step(action, opd, action.author_name if knows else None) for action, opd, knows in rows]


async def _readings(session: AsyncSession, complaint: Complaint) -> list[tuple[datetime, str, str | None]]:
    rows = await session.execute(
        sa.select(IdentityReading.read_at, Account.name, IdentityReading.reason)
        .join(Account, Account.id == IdentityReading.account_id)
        .where(IdentityReading.complaint_id == complaint.id)
        .order_by(IdentityReading.read_at.desc())
        .limit(20)
    )
    return [(row.read_at, row.name, row.reason) for row in rows]
