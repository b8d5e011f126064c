"""How does a complaint end: completed by the OPD, transferred to another institution, or put away?"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain import text
from domain.actor import Actor
from domain.model.complaint import BODY_MAX, Complaint
from domain.steps import REASON_MAX, end_everything, move, taken, write_action
from domain.words import ActionKind, DispositionOutcome, Transition

INSTITUTION_MAX = 200


async def complete(
    session: AsyncSession,
    actor: Actor,
    tracking_code: str,
    version: int,
    *,
    body: str,
    attachment_ids: Sequence[UUID | None] = (),
    at: datetime | None = None,
) -> Complaint:
    """The holding OPD, Diskominfo or the clock finishes the complaint; every clock stops."""
    complaint = await taken(session, actor, tracking_code, version, Transition.COMPLETE)
    said = text.required("body", body, BODY_MAX)
    now, before = at or datetime.now(UTC), complaint.status
    complaint.completed_at = now
    move(session, complaint, Transition.COMPLETE, now)
    await end_everything(session, complaint, DispositionOutcome.COMPLETED, now)
    await write_action(
        session,
        complaint,
        actor,
        ActionKind.SYSTEM if actor.is_clock else ActionKind.COMPLETION,
        said,
        at=now,
        before=before,
        attachment_ids=attachment_ids,
    )
    await session.flush()
    return complaint


async def transfer(
    session: AsyncSession,
    actor: Actor,
    tracking_code: str,
    version: int,
    *,
    institution: str,
    reason: str,
) -> Complaint:
    """Diskominfo passes the complaint to an institution that is not the city's; all may read to which."""
    complaint = await taken(session, actor, tracking_code, version, Transition.TRANSFER)
    to_whom = text.required("institution", institution, INSTITUTION_MAX)
    why = text.required("reason", reason, REASON_MAX)
    told = f"Dialihkan ke {to_whom}. {why}"
    return await _end(
        session, actor, complaint, Transition.TRANSFER, outcome=DispositionOutcome.TRANSFERRED, told=told
    )


async def archive(
    session: AsyncSession, actor: Actor, tracking_code: str, version: int, *, reason: str
) -> Complaint:
    """Diskominfo puts the complaint away without action: unseen by the public; the reporter reads why."""
    complaint = await taken(session, actor, tracking_code, version, Transition.ARCHIVE)
    why = text.required("reason", reason, REASON_MAX)
    return await _end(
        session, actor, complaint, Transition.ARCHIVE, outcome=DispositionOutcome.ARCHIVED, told=why
    )


async def _end(
    session: AsyncSession,
    actor: Actor,
    complaint: Complaint,
    transition: Transition,
    *,
    outcome: DispositionOutcome,
    told: str,
) -> Complaint:
    now, before = datetime.now(UTC), complaint.status
    move(session, complaint, transition, now)
    await end_everything(session, complaint, outcome, now)
    await write_action(session, complaint, actor, ActionKind.NOTE, told, at=now, before=before)
    await session.flush()
    return complaint
