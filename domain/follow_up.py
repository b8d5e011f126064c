"""How does the holding OPD follow a complaint up (tindak lanjut): what it does, and what it answers?"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain import authority, clocks, idempotency, text
from domain.actor import Actor
from domain.errors import InvalidInput, TransitionNotAllowed
from domain.model.complaint import BODY_MAX, Action, Complaint
from domain.steps import (
    allowed_now,
    locked,
    move,
    require_party,
    require_version,
    responded,
    taken,
    touch,
    write_action,
)
from domain.words import (
    ActionKind,
    Clock,
    ComplaintEventType,
    ComplaintStatus,
    Transition,
    Visibility,
)
from domain.workflow import WITH_OPD, Party


def may_add_action(actor: Actor, complaint: Complaint) -> bool:
    """Whether the actor holds the complaint, and it is one to act on."""
    return Party.HOLDER in authority.parties(actor, complaint) and complaint.status in WITH_OPD


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
    needed = frozenset({Party.HOLDER})
    authority.require_capacity(actor, needed)
    complaint = await locked(session, actor, tracking_code)
    require_party(actor, complaint, needed, version)
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
    require_version(complaint, version)
    kind, visibility = kind or ActionKind.PROGRESS, visibility or Visibility.PUBLIC
    if kind not in (ActionKind.NOTE, ActionKind.PROGRESS):
        raise InvalidInput("kind_not_allowed", field="kind")
    said = text.required("body", body, BODY_MAX)
    if complaint.status not in WITH_OPD:
        raise TransitionNotAllowed(
            Transition.START, complaint.status, await allowed_now(session, actor, complaint)
        )
    now, before = datetime.now(UTC), complaint.status
    internal = visibility is Visibility.INTERNAL
    follows_up = not (internal and kind is ActionKind.NOTE)
    if follows_up and before is ComplaintStatus.DISPATCHED:
        move(session, complaint, Transition.START, now)
    else:
        touch(session, complaint, ComplaintEventType.ACTION_ADDED, now, before, internal=internal)
    if follows_up:
        await responded(session, complaint, now)
    written = await write_action(
        session,
        complaint,
        actor,
        kind,
        said,
        at=now,
        before=before,
        visibility=visibility,
        attachment_ids=attachment_ids,
    )
    if key is not None:
        key.action_id = written.id
    await session.flush()
    return written


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
    complaint = await taken(session, actor, tracking_code, version, Transition.ANSWER)
    said = text.required("body", body, BODY_MAX)
    now, before = datetime.now(UTC), complaint.status
    complaint.answered_at = now
    move(session, complaint, Transition.ANSWER, now)
    await responded(session, complaint, now)
    await clocks.start(session, complaint, Clock.REPORTER_REPLY, now)
    await write_action(
        session,
        complaint,
        actor,
        ActionKind.ANSWER,
        said,
        at=now,
        before=before,
        attachment_ids=attachment_ids,
    )
    await session.flush()
    return complaint
