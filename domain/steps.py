"""How is a step of the workflow made? What all of them share, whoever makes them.

A step locks the complaint before it writes anything, checks that the actor may, that they saw the present
version and that the workflow has the step, and leaves one event. None commits: the caller does, once.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import ColumnElement, FromClause

from domain import authority, clocks, events, policy
from domain.actor import Actor
from domain.attachments.attaching import attach
from domain.errors import Conflict, Forbidden, NotFound, TransitionNotAllowed
from domain.model.complaint import Action, Complaint, Disposition
from domain.model.master import Opd
from domain.reopening_sql import may_still_reopen
from domain.tracking import read_code
from domain.words import (
    ActionKind,
    Clock,
    ComplaintEventType,
    ComplaintStatus,
    DispositionOutcome,
    Transition,
    Visibility,
)
from domain.workflow import STEPS, Party, allowed

REASON_MAX = 2_000

Sees = Callable[[Actor, FromClause], ColumnElement[bool]]


def not_found(sees: Sees = policy.sees_complaint, field: str = "trackingCode") -> NotFound:
    """The one answer for a complaint that is missing and one that is not for this actor."""
    return NotFound("own_not_found" if sees is policy.is_own else "complaint_not_found", field=field)


async def locked(
    session: AsyncSession, actor: Actor, tracking_code: str, sees: Sees = policy.sees_complaint
) -> Complaint:
    """The complaint, locked until the transaction ends; NotFound where the actor may not see it."""
    code = read_code(tracking_code)
    if code is None:
        raise not_found(sees)
    await clocks.keep_rules(session)
    complaint: Complaint | None = await session.scalar(
        sa.select(Complaint)
        .where(Complaint.tracking_code == code, sees(actor, Complaint.__table__))
        .with_for_update()
        .execution_options(populate_existing=True),
        policy.viewer_values(actor),
    )
    if complaint is None:
        raise not_found(sees)
    return complaint


async def is_seen(session: AsyncSession, actor: Actor, complaint: Complaint) -> bool:
    """Whether the actor may see a complaint that they came to through another one."""
    row = Complaint.__table__
    seen = sa.select(row.c.id).where(row.c.id == complaint.id, policy.sees_complaint(actor, row))
    return await session.scalar(seen, policy.viewer_values(actor)) is not None


def require_party(actor: Actor, complaint: Complaint, needed: frozenset[Party], version: int) -> set[Party]:
    """The capacities in which the actor stands towards the complaint, one of which must be needed.

    Staff who saw an older version are told of the change: it may be what took the complaint from them.
    """
    found = authority.parties(actor, complaint)
    if found & needed:
        return found
    if actor.is_staff:
        require_version(complaint, version)
    raise Forbidden(who=needed)


def require_version(complaint: Complaint, version: int) -> None:
    """Refuses an actor who decides upon what is no longer so."""
    if complaint.version != version:
        raise Conflict(complaint.version)


async def allowed_now(session: AsyncSession, actor: Actor, complaint: Complaint) -> list[Transition]:
    """What the actor may do with the complaint instead, as `authority.allowed_transitions` tells it."""
    found = allowed(complaint.status, authority.parties(actor, complaint))
    if Transition.REOPEN in found and not await in_time_to_reopen(session, complaint):
        found.remove(Transition.REOPEN)
    return found


async def in_time_to_reopen(session: AsyncSession, complaint: Complaint) -> bool:
    """A completed complaint is taken up again only for a while."""
    row = Complaint.__table__
    return bool(await session.scalar(sa.select(may_still_reopen(row)).where(row.c.id == complaint.id)))


async def require_step(
    session: AsyncSession, actor: Actor, complaint: Complaint, transition: Transition
) -> None:
    """Refuses a step that the workflow does not have from the present status, or no longer."""
    key = None
    if complaint.status not in STEPS[transition].sources:
        key = "transition_not_allowed"
    elif transition is Transition.REOPEN and not await in_time_to_reopen(session, complaint):
        key = "reopen_too_late"
    if key is not None:
        instead = await allowed_now(session, actor, complaint)
        raise TransitionNotAllowed(transition, complaint.status, instead, key=key)


async def taken(
    session: AsyncSession, actor: Actor, tracking_code: str, version: int, transition: Transition
) -> Complaint:
    """The locked complaint on which the actor may make this transition now."""
    needed = STEPS[transition].parties
    authority.require_capacity(actor, needed)
    complaint = await locked(session, actor, tracking_code)
    require_party(actor, complaint, needed, version)
    require_version(complaint, version)
    await require_step(session, actor, complaint, transition)
    return complaint


def move(session: AsyncSession, complaint: Complaint, transition: Transition, at: datetime) -> None:
    """Makes the step: the new status and version, and its event."""
    step, before = STEPS[transition], complaint.status
    complaint.status = step.target
    complaint.held_from = before if step.target is ComplaintStatus.ON_HOLD else None
    touch(session, complaint, step.event, at, before)


def touch(
    session: AsyncSession,
    complaint: Complaint,
    event: ComplaintEventType,
    at: datetime,
    before: ComplaintStatus,
    *,
    internal: bool = False,
) -> None:
    """A change of the complaint, of its status or not: the new version and the event of the change."""
    complaint.version += 1
    complaint.updated_at = at
    events.record(session, complaint, event, at, from_status=before, internal=internal)


async def write_action(
    session: AsyncSession,
    complaint: Complaint,
    actor: Actor,
    kind: ActionKind,
    body: str,
    *,
    at: datetime,
    before: ComplaintStatus,
    visibility: Visibility = Visibility.PUBLIC,
    attachment_ids: Sequence[UUID | None] = (),
    uploaded_by: Actor | None = None,
) -> Action:
    """Keeps what an actor did or said, signed with their name and OPD; statuses as the step has left them."""
    changed = before is not complaint.status
    written = Action(
        complaint_id=complaint.id,
        kind=kind,
        visibility=visibility,
        body=body,
        opd_id=actor.opd_id,
        author_id=actor.id if actor.is_staff else None,
        author_name=actor.name if actor.is_staff else None,
        from_status=before if changed else None,
        to_status=complaint.status if changed else None,
        created_at=at,
    )
    session.add(written)
    await session.flush()
    await attach(session, uploaded_by or actor, attachment_ids, action_id=written.id)
    return written


def begin_stay(
    session: AsyncSession, complaint: Complaint, opd: Opd, at: datetime, instruction: str | None = None
) -> None:
    """Gives the complaint to an OPD: from now on its time is charged to that one."""
    complaint.opd_id = opd.id
    session.add(
        Disposition(
            complaint_id=complaint.id,
            opd_id=opd.id,
            opd_name=opd.name,
            instruction=instruction,
            started_at=at,
        )
    )


async def end_stay(
    session: AsyncSession,
    complaint: Complaint,
    outcome: DispositionOutcome,
    at: datetime,
    *,
    reason: str | None = None,
    suggested: Opd | None = None,
) -> None:
    """Closes the open disposition, if there is one."""
    stay = await session.scalar(
        sa.select(Disposition).where(Disposition.complaint_id == complaint.id, Disposition.ended_at.is_(None))
    )
    if stay is not None:
        stay.ended_at = at
        stay.outcome = outcome
        stay.reason = reason
        stay.suggested_opd_id = suggested.id if suggested else None
        await session.flush()


async def end_everything(
    session: AsyncSession, complaint: Complaint, outcome: DispositionOutcome, at: datetime
) -> None:
    """Ends the stay and every clock of a complaint that is closed."""
    await clocks.stop(session, complaint, at)
    await end_stay(session, complaint, outcome, at)


async def responded(session: AsyncSession, complaint: Complaint, at: datetime) -> None:
    """Marks the OPD's first answer or action, which ends the clock of the follow-up."""
    if complaint.first_responded_at is None:
        complaint.first_responded_at = at
    await clocks.stop(session, complaint, at, Clock.FOLLOW_UP)
