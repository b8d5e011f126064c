"""How Diskominfo and the OPDs work on a complaint: one function for each step of the workflow.

Each locks the complaint before it writes anything, checks that the actor may, that they saw the present
version and that the workflow has the step, and leaves one event. None commits: the caller does, once.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import attachments, clocks, events, idempotency, lookup, policy, text
from domain.actor import Actor
from domain.errors import Conflict, Forbidden, InvalidInput, NotFound, TransitionNotAllowed, Unauthenticated
from domain.model.complaint import BODY_MAX, Action, Complaint, Disposition
from domain.model.master import Opd
from domain.tracking import read_code
from domain.words import (
    ActionKind,
    Classification,
    Clock,
    ComplaintEventType,
    ComplaintStatus,
    DispositionOutcome,
    Transition,
    ViewerKind,
    Visibility,
)
from domain.workflow import STEPS, WITH_OPD, Party, allowed

REASON_MAX = 2_000


async def locked(session: AsyncSession, actor: Actor, tracking_code: str) -> Complaint:
    """The complaint, locked until the transaction ends; NotFound where the actor may not see it."""
    code = read_code(tracking_code)
    if code is None:
        raise NotFound("complaint_not_found", field="trackingCode")
    complaint: Complaint | None = await session.scalar(
        sa.select(Complaint)
        .where(Complaint.tracking_code == code, policy.sees_complaint(actor, Complaint.__table__))
        .with_for_update()
        .execution_options(populate_existing=True),
        policy.viewer_values(actor),
    )
    if complaint is None:
        raise NotFound("complaint_not_found", field="trackingCode")
    return complaint


def _require_party(actor: Actor, complaint: Complaint, needed: frozenset[Party]) -> set[Party]:
    found = policy.parties(actor, complaint)
    if found & needed:
        return found
    if actor.kind is ViewerKind.REPORTER:
        raise Unauthenticated("unauthenticated")
    raise Forbidden("forbidden")


def _require_version(complaint: Complaint, version: int) -> None:
    if complaint.version != version:
        raise Conflict(complaint.version)


async def _taken(
    session: AsyncSession, actor: Actor, tracking_code: str, version: int, transition: Transition
) -> Complaint:
    """The locked complaint on which the actor may make this transition now."""
    complaint = await locked(session, actor, tracking_code)
    step = STEPS[transition]
    found = _require_party(actor, complaint, step.parties)
    _require_version(complaint, version)
    if complaint.status not in step.sources:
        raise TransitionNotAllowed(transition, complaint.status, allowed(complaint.status, found))
    return complaint


def _move(session: AsyncSession, complaint: Complaint, transition: Transition, at: datetime) -> None:
    """Makes the step: the new status and version, and its event."""
    step, before = STEPS[transition], complaint.status
    complaint.status = step.target
    _touch(session, complaint, step.event, at, before)


def _touch(
    session: AsyncSession,
    complaint: Complaint,
    event: ComplaintEventType,
    at: datetime,
    before: ComplaintStatus,
    *,
    internal: bool = False,
) -> None:
    complaint.version += 1
    complaint.updated_at = at
    events.record(session, complaint, event, at, from_status=before, internal=internal)


def _action(
    complaint: Complaint,
    actor: Actor,
    kind: ActionKind,
    body: str,
    at: datetime,
    *,
    before: ComplaintStatus,
    visibility: Visibility = Visibility.PUBLIC,
) -> Action:
    """What an actor did, signed with their name and OPD; statuses as the step has left them."""
    changed = before is not complaint.status
    return Action(
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


async def _end_stay(
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


async def _responded(session: AsyncSession, complaint: Complaint, at: datetime) -> None:
    """Marks the OPD's first answer or action, which ends the clock of the follow-up."""
    if complaint.first_responded_at is None:
        complaint.first_responded_at = at
    await clocks.stop(session, complaint, at, Clock.FOLLOW_UP)


async def verify(
    session: AsyncSession,
    actor: Actor,
    tracking_code: str,
    version: int,
    *,
    classification: Classification | None = None,
    category_code: str | None = None,
    supervised: bool | None = None,
) -> Complaint:
    """Diskominfo finds the report to be one: the public sees it, and the time to resolve it starts."""
    complaint = await _taken(session, actor, tracking_code, version, Transition.VERIFY)
    category = await lookup.active_category(session, category_code)
    now = datetime.now(UTC)
    if classification is not None:
        complaint.classification = classification
    if category is not None:
        complaint.category_id = category.id
    if supervised is not None:
        complaint.supervised = supervised
    complaint.held_from = None
    first = complaint.verified_at is None
    if first:
        complaint.verified_at = now
    _move(session, complaint, Transition.VERIFY, now)
    await clocks.stop(session, complaint, now, Clock.VERIFICATION)
    if first:
        await clocks.start(session, complaint, Clock.RESOLUTION, now)
    await session.flush()
    return complaint


async def dispatch(
    session: AsyncSession,
    actor: Actor,
    tracking_code: str,
    version: int,
    *,
    opd_code: str,
    instruction: str | None = None,
) -> Complaint:
    """Diskominfo gives the complaint to an OPD, or moves it from one to another."""
    complaint = await _taken(session, actor, tracking_code, version, Transition.DISPATCH)
    opd = await lookup.active_opd(session, text.required("opdCode", opd_code, 32))
    assert opd is not None
    said = text.optional("instruction", instruction, REASON_MAX)
    if complaint.status in WITH_OPD and complaint.opd_id == opd.id:
        raise InvalidInput("opd_same", field="opdCode", value=opd.code)
    now = datetime.now(UTC)
    await _end_stay(session, complaint, DispositionOutcome.MOVED, now)
    session.add(
        Disposition(
            complaint_id=complaint.id, opd_id=opd.id, opd_name=opd.name, instruction=said, started_at=now
        )
    )
    complaint.opd_id = opd.id
    first = complaint.dispatched_at is None
    if first:
        complaint.dispatched_at = now
    _move(session, complaint, Transition.DISPATCH, now)
    if first:
        await clocks.start(session, complaint, Clock.FOLLOW_UP, now)
    await session.flush()
    return complaint


async def return_to_office(
    session: AsyncSession,
    actor: Actor,
    tracking_code: str,
    version: int,
    *,
    reason: str,
    suggested_opd_code: str | None = None,
) -> Complaint:
    """The holding OPD says that it is not theirs (bukan kewenangan), and whose it may be."""
    complaint = await _taken(session, actor, tracking_code, version, Transition.RETURN)
    why = text.required("reason", reason, REASON_MAX)
    suggested = await lookup.opd(
        session, text.optional("suggestedOpdCode", suggested_opd_code, 32), "suggestedOpdCode"
    )
    now, before = datetime.now(UTC), complaint.status
    await _end_stay(session, complaint, DispositionOutcome.RETURNED, now, reason=why, suggested=suggested)
    _move(session, complaint, Transition.RETURN, now)
    session.add(
        _action(complaint, actor, ActionKind.RETURN, why, now, before=before, visibility=Visibility.INTERNAL)
    )
    await session.flush()
    complaint.opd_id = None
    await session.flush()
    return complaint


async def add_action(
    session: AsyncSession,
    actor: Actor,
    tracking_code: str,
    version: int,
    *,
    body: str,
    kind: ActionKind | None = None,
    visibility: Visibility | None = None,
    idempotency_key: str | None = None,
    attachment_ids: Sequence[UUID | None] = (),
) -> Action:
    """The holding OPD tells what it does; the first such action starts the work.

    An INTERNAL note among colleagues starts nothing: the reporter has not been heard yet. Repeating it
    with the same idempotency key and input gives the action that the first one added.
    """
    complaint = await locked(session, actor, tracking_code)
    found = _require_party(actor, complaint, frozenset({Party.HOLDER}))
    key = None
    if idempotency_key is not None:
        key, first = await idempotency.claim(
            session,
            f"{actor.id}:action",
            text.required("idempotencyKey", idempotency_key, idempotency.KEY_MAX),
            idempotency.fingerprint(
                {
                    "complaint": complaint.id,
                    "body": body,
                    "kind": kind,
                    "visibility": visibility,
                    "attachments": list(attachment_ids),
                }
            ),
        )
        if not first:
            return await session.get_one(Action, key.action_id)
    _require_version(complaint, version)
    kind, visibility = kind or ActionKind.PROGRESS, visibility or Visibility.PUBLIC
    if kind not in (ActionKind.NOTE, ActionKind.PROGRESS):
        raise InvalidInput("kind_not_allowed", field="kind")
    said = text.required("body", body, BODY_MAX)
    if complaint.status not in WITH_OPD:
        raise TransitionNotAllowed(Transition.START, complaint.status, allowed(complaint.status, found))
    now, before = datetime.now(UTC), complaint.status
    internal = visibility is Visibility.INTERNAL
    follows_up = not (internal and kind is ActionKind.NOTE)
    if follows_up and before is ComplaintStatus.DISPATCHED:
        _move(session, complaint, Transition.START, now)
    else:
        _touch(session, complaint, ComplaintEventType.ACTION_ADDED, now, before, internal=internal)
    action = _action(complaint, actor, kind, said, now, before=before, visibility=visibility)
    session.add(action)
    if follows_up:
        await _responded(session, complaint, now)
    await session.flush()
    await attachments.attach(session, attachment_ids, action_id=action.id)
    if key is not None:
        key.action_id = action.id
        await session.flush()
    return action


async def answer(
    session: AsyncSession,
    actor: Actor,
    tracking_code: str,
    version: int,
    *,
    body: str,
    attachment_ids: Sequence[UUID | None] = (),
) -> Complaint:
    """The holding OPD answers the reporter, who then has time to reply."""
    complaint = await _taken(session, actor, tracking_code, version, Transition.ANSWER)
    said = text.required("body", body, BODY_MAX)
    now, before = datetime.now(UTC), complaint.status
    complaint.answered_at = now
    _move(session, complaint, Transition.ANSWER, now)
    action = _action(complaint, actor, ActionKind.ANSWER, said, now, before=before)
    session.add(action)
    await session.flush()
    await attachments.attach(session, attachment_ids, action_id=action.id)
    await _responded(session, complaint, now)
    await clocks.start(session, complaint, Clock.REPORTER_REPLY, now)
    await session.flush()
    return complaint


async def complete(
    session: AsyncSession,
    actor: Actor,
    tracking_code: str,
    version: int,
    *,
    body: str,
    attachment_ids: Sequence[UUID | None] = (),
) -> Complaint:
    """The holding OPD or Diskominfo finishes the complaint; every clock stops."""
    complaint = await _taken(session, actor, tracking_code, version, Transition.COMPLETE)
    said = text.required("body", body, BODY_MAX)
    now, before = datetime.now(UTC), complaint.status
    complaint.completed_at = now
    _move(session, complaint, Transition.COMPLETE, now)
    await _end_stay(session, complaint, DispositionOutcome.COMPLETED, now)
    action = _action(complaint, actor, ActionKind.COMPLETION, said, now, before=before)
    session.add(action)
    await session.flush()
    await attachments.attach(session, attachment_ids, action_id=action.id)
    await clocks.stop(session, complaint, now)
    await session.flush()
    return complaint
