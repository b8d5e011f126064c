"""What may a reporter do with their own report: reply, have it taken up again, rate how it was handled?

Whoever shows its access token is the reporter. Without it every complaint is as if it were not there.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain import authority, clocks, idempotency, policy, text
from domain.actor import PUBLIC, Actor
from domain.errors import AlreadyRated, InvalidInput, TransitionNotAllowed
from domain.merging import locked_heir
from domain.model.complaint import BODY_MAX, Complaint
from domain.model.event import IdempotencyKey
from domain.model.master import Opd
from domain.secrecy import token_hash
from domain.steps import (
    REASON_MAX,
    allowed_now,
    begin_stay,
    is_seen,
    locked,
    move,
    require_step,
    require_version,
    touch,
    write_action,
)
from domain.succession import opd_now
from domain.words import (
    ActionKind,
    Clock,
    ComplaintEventType,
    ComplaintStatus,
    Privacy,
    Transition,
    Visibility,
)
from domain.workflow import OPEN, Party

BEST = 5


async def reply(
    session: AsyncSession,
    actor: Actor,
    tracking_code: str,
    access_token: str,
    *,
    body: str,
    idempotency_key: str | None = None,
    attachment_ids: Sequence[UUID | None] = (),
) -> Complaint:
    """The reporter answers back: what waited for them goes on where it was.

    A reply to a merged report reaches the one that it became part of; a confidential report's reply is then
    for those who work on it, since others reported that one. Repeating a reply with the same idempotency key
    and input adds none. Gives the complaint that was replied to, or the reporter's own where they may not
    see that.
    """
    authority.require(actor, "complaint:submit")
    reporter = actor.with_access_token(token_hash(access_token))
    own, complaint = await locked_heir(session, reporter, tracking_code, policy.is_own)
    key = await _claimed(session, own, idempotency_key, body, attachment_ids)
    if key is not None and key.action_id is not None:
        return await _shown(session, reporter, own, complaint)
    said = text.required("body", body, BODY_MAX)
    if complaint.status not in OPEN:
        allowed = await allowed_now(session, reporter, complaint)
        raise TransitionNotAllowed("REPLY", complaint.status, allowed, key="reply_not_allowed")
    now, before = datetime.now(UTC), complaint.status
    internal = own is not complaint and own.privacy is Privacy.CONFIDENTIAL
    complaint.status = _after_reply(complaint)
    complaint.held_from = None
    # That its status has changed is no secret, whoever brought it about.
    unheard = internal and complaint.status is before
    touch(session, complaint, ComplaintEventType.REPLIED, now, before, internal=unheard)
    if before is ComplaintStatus.ON_HOLD:
        await clocks.resume(session, complaint, Clock.RESOLUTION, now)
    if before is ComplaintStatus.ANSWERED:
        await clocks.stop(session, complaint, now, Clock.REPORTER_REPLY)
    # Signed by nobody, whoever typed it in for the reporter.
    written = await write_action(
        session,
        complaint,
        PUBLIC,
        ActionKind.REPORTER_REPLY,
        said,
        at=now,
        before=before,
        visibility=Visibility.INTERNAL if internal else Visibility.PUBLIC,
        attachment_ids=attachment_ids,
        uploaded_by=actor,
    )
    if own is not complaint:
        written.sent_to_id = own.id
    if key is not None:
        key.action_id = written.id
    await session.flush()
    return await _shown(session, reporter, own, complaint)


def _after_reply(complaint: Complaint) -> ComplaintStatus:
    if complaint.status is ComplaintStatus.ON_HOLD:
        assert complaint.held_from is not None
        return complaint.held_from
    if complaint.status is ComplaintStatus.ANSWERED:
        return ComplaintStatus.IN_PROGRESS
    return complaint.status


async def _claimed(
    session: AsyncSession,
    own: Complaint,
    idempotency_key: str | None,
    body: str,
    attachment_ids: Sequence[UUID | None],
) -> IdempotencyKey | None:
    """The row of a reply's key; it has an action where the reply was added before."""
    if idempotency_key is None:
        return None
    key, _ = await idempotency.claim(
        session,
        f"{own.id}:reply",
        text.required("idempotencyKey", idempotency_key, idempotency.KEY_MAX),
        idempotency.fingerprint({"body": body, "attachments": list(attachment_ids)}),
    )
    return key


async def _shown(session: AsyncSession, reporter: Actor, own: Complaint, complaint: Complaint) -> Complaint:
    """The complaint that was replied to, where the reporter of the one merged into it may see it."""
    return complaint if complaint is own or await is_seen(session, reporter, complaint) else own


async def rate(
    session: AsyncSession,
    actor: Actor,
    tracking_code: str,
    access_token: str,
    *,
    rating: int,
    comment: str | None = None,
) -> Complaint:
    """The reporter rates, once, how their completed report was handled; the comment is never public."""
    authority.require(actor, "complaint:submit")
    reporter = actor.with_access_token(token_hash(access_token))
    complaint = await locked(session, reporter, tracking_code, policy.is_own)
    if complaint.rating is not None:
        raise AlreadyRated("already_rated")
    if complaint.status is not ComplaintStatus.COMPLETED:
        allowed = await allowed_now(session, reporter, complaint)
        raise TransitionNotAllowed("RATE", complaint.status, allowed, key="rate_not_allowed")
    if not 1 <= rating <= BEST:
        raise InvalidInput("bad_rating", field="rating")
    complaint.rating = rating
    complaint.rating_comment = text.optional("comment", comment, REASON_MAX)
    touch(session, complaint, ComplaintEventType.RATED, datetime.now(UTC), complaint.status)
    await session.flush()
    return complaint


async def reopen(
    session: AsyncSession,
    actor: Actor,
    tracking_code: str,
    access_token: str | None = None,
    *,
    reason: str,
    version: int | None = None,
) -> Complaint:
    """The reporter, or Diskominfo, has an answered or completed complaint taken up again.

    It goes back to the OPD that had it, or to the one that does its work now. Who decides by what a page
    showed names the version that they saw.
    """
    authority.require(actor, "complaint:submit")
    asking = actor.with_access_token(token_hash(access_token)) if access_token else actor
    sees = policy.sees_complaint if actor.is_office else policy.is_own
    complaint = await locked(session, asking, tracking_code, sees)
    if version is not None:
        require_version(complaint, version)
    await require_step(session, asking, complaint, Transition.REOPEN)
    why = text.required("reason", reason, REASON_MAX)
    now, before = datetime.now(UTC), complaint.status
    if before is ComplaintStatus.COMPLETED:
        assert complaint.opd_id is not None
        had = await session.get_one(Opd, complaint.opd_id)
        begin_stay(session, complaint, await opd_now(session, had), now)
        complaint.completed_at = None
    complaint.reopened_count += 1
    move(session, complaint, Transition.REOPEN, now)
    await clocks.stop(session, complaint, now, Clock.REPORTER_REPLY)
    await clocks.start_again(session, complaint, Clock.RESOLUTION, now)
    if Party.REPORTER in authority.parties(asking, complaint):
        await write_action(session, complaint, PUBLIC, ActionKind.REPORTER_REPLY, why, at=now, before=before)
    else:
        await write_action(session, complaint, actor, ActionKind.NOTE, why, at=now, before=before)
    await session.flush()
    return complaint
