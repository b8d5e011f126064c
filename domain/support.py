"""How do others support a complaint: each once, by a key that only their app knows?"""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import authority, policy, text
from domain.actor import PUBLIC, Actor
from domain.errors import AlreadySupported, TransitionNotAllowed
from domain.idempotency import KEY_MAX
from domain.merging import locked_heir
from domain.model.complaint import Complaint, Supporter
from domain.secrecy import token_hash
from domain.steps import allowed_now, is_seen, not_found
from domain.workflow import OPEN


async def support(
    session: AsyncSession, actor: Actor, tracking_code: str, *, supporter_key: str
) -> Complaint:
    """Counts one more supporter of an open complaint that the public sees; no version, no event.

    Support of a merged complaint counts for the one that it became part of, and that one is given.
    """
    authority.require(actor, "complaint:submit")
    # As the public sees it, whoever asks: what Diskominfo sees beyond that is nobody's to support.
    named, complaint = await locked_heir(session, PUBLIC, tracking_code, policy.sees_complaint)
    if complaint is not named and not await is_seen(session, PUBLIC, complaint):
        raise not_found()
    key = text.required("supporterKey", supporter_key, KEY_MAX)
    if complaint.status not in OPEN:
        allowed = await allowed_now(session, actor, complaint)
        raise TransitionNotAllowed("SUPPORT", complaint.status, allowed, key="support_not_allowed")
    counted = await session.scalar(
        insert(Supporter)
        .values(
            complaint_id=complaint.id,
            key_hash=token_hash(key),
            sent_to_id=named.id if named is not complaint else None,
        )
        .on_conflict_do_nothing()
        .returning(Supporter.key_hash)
    )
    if counted is None:
        raise AlreadySupported("already_supported")
    complaint.supporter_count += 1
    await session.flush()
    return complaint
