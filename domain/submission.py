"""How a report comes in: checked, given its codes and clocks, and only once however often it is sent."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from domain import authority, clocks, events, idempotency, lookup, text
from domain.actor import Actor
from domain.attachments.attaching import attach
from domain.errors import IdempotencyMismatch, InvalidInput, Unauthenticated
from domain.model.complaint import BODY_MAX, TITLE_MAX, Complaint, Reporter
from domain.model.event import IdempotencyKey
from domain.secrecy import Vault, token_hash
from domain.tracking import new_code
from domain.uniqueness import add_unique
from domain.words import (
    Channel,
    Classification,
    Clock,
    ComplaintEventType,
    ComplaintStatus,
    Privacy,
    ViewerKind,
)

OF_LAPOR = frozenset({Channel.LAPOR_WEB, Channel.LAPOR_APP, Channel.SMS_1708})
"""Channels by which nobody reports here: somebody passes on what came in there."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What a reporter, or an app for them, sends."""

    idempotency_key: str
    title: str
    body: str
    classification: Classification
    channel: Channel | None = None
    category_code: str | None = None
    opd_code: str | None = None
    privacy: Privacy | None = None
    latitude: float | None = None
    longitude: float | None = None
    address: str | None = None
    area_code: str | None = None
    reporter_name: str | None = None
    reporter_email: str | None = None
    reporter_phone: str | None = None
    external_tracking_id: str | None = None
    attachment_ids: tuple[UUID | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Submitted:
    """The complaint, and the token that makes whoever holds it the reporter."""

    complaint: Complaint
    access_token: str


def checked(submission: Submission) -> Submission:
    """The submission with each field clean, or the first field that is not as it must be."""
    text.position(submission.latitude, submission.longitude)
    return Submission(
        idempotency_key=text.required("idempotencyKey", submission.idempotency_key, idempotency.KEY_MAX),
        title=text.required("title", submission.title, TITLE_MAX),
        body=text.required("body", submission.body, BODY_MAX),
        classification=submission.classification,
        channel=submission.channel or Channel.CITY_APP,
        category_code=text.optional("categoryCode", submission.category_code, 32),
        opd_code=text.optional("opdCode", submission.opd_code, 32),
        privacy=submission.privacy or Privacy.PUBLIC,
        latitude=submission.latitude,
        longitude=submission.longitude,
        address=text.optional("address", submission.address, 500),
        area_code=text.optional("areaCode", submission.area_code, 32),
        reporter_name=text.optional("reporterName", submission.reporter_name, 200),
        reporter_email=text.email("reporterEmail", submission.reporter_email),
        reporter_phone=text.phone("reporterPhone", submission.reporter_phone),
        external_tracking_id=text.optional("externalTrackingId", submission.external_tracking_id, 64),
        attachment_ids=submission.attachment_ids,
    )


def _require_known(actor: Actor, given: Submission) -> None:
    """Anybody could otherwise take the number of a report of LAPOR's before its import comes."""
    if actor.kind is not ViewerKind.REPORTER:
        return
    if given.external_tracking_id is not None:
        raise Unauthenticated("intake_known", field="externalTrackingId")
    if given.channel in OF_LAPOR:
        raise Unauthenticated("intake_known", field="channel")


def _scope(actor: Actor) -> str:
    return f"{'public' if actor.kind is ViewerKind.REPORTER else actor.id}:submit"


async def _earlier(
    session: AsyncSession, vault: Vault, row: IdempotencyKey, scope: str, key: str
) -> Submitted:
    """The answer that the first submission with this key got."""
    complaint = await session.get_one(Complaint, row.complaint_id)
    tokens = vault.access_tokens(scope, key, row.fingerprint)
    token = next((t for t in tokens if token_hash(t) == complaint.access_token_hash), None)
    if token is None:
        raise IdempotencyMismatch("idempotency_mismatch", field="idempotencyKey")
    return Submitted(complaint, token)


async def submit(session: AsyncSession, actor: Actor, vault: Vault, submission: Submission) -> Submitted:
    """Registers a report as SUBMITTED and starts the clock of its verification.

    Repeating it with the same idempotency key and input gives the same complaint and token;
    with another input it raises IdempotencyMismatch. Raises InvalidInput for any field that is not as
    it must be, Forbidden for an API key without the scope `submit`, and Unauthenticated for what only staff
    and API keys may tell.
    """
    authority.require(actor, "complaint:submit")
    given = checked(submission)
    _require_known(actor, given)
    await clocks.keep_rules(session)
    scope, fingerprints = _scope(actor), idempotency.keyed_fingerprints(vault, asdict(given))
    key, first = await idempotency.claim(session, scope, given.idempotency_key, *fingerprints)
    if not first:
        return await _earlier(session, vault, key, scope, given.idempotency_key)

    category = await lookup.active_category(session, given.category_code)
    area = await lookup.area(session, given.area_code)
    requested = await lookup.active_opd(session, given.opd_code)
    taken = InvalidInput("external_id_taken", field="externalTrackingId", value=given.external_tracking_id)
    if given.external_tracking_id is not None and await session.scalar(
        sa.select(Complaint.id).where(Complaint.external_tracking_id == given.external_tracking_id)
    ):
        raise taken
    token = vault.access_tokens(scope, given.idempotency_key, fingerprints[0])[0]
    now = datetime.now(UTC)
    complaint = Complaint(
        id=uuid7(),
        tracking_code=await _unused_code(session),
        external_tracking_id=given.external_tracking_id,
        channel=given.channel,
        classification=given.classification,
        category_id=category and category.id,
        title=given.title,
        body=given.body,
        privacy=given.privacy,
        status=ComplaintStatus.SUBMITTED,
        submitted_at=now,
        updated_at=now,
        version=1,
        latitude=given.latitude,
        longitude=given.longitude,
        address=given.address,
        area_id=area and area.id,
        requested_opd_id=requested and requested.id,
        access_token_hash=token_hash(token),
        client_id=actor.id if actor.kind is ViewerKind.CLIENT else None,
    )
    verification = await clocks.run(session, complaint, Clock.VERIFICATION, now)
    clocks.keep_due_at(complaint, [verification])
    await add_unique(session, complaint, taken)
    if verification is not None:
        session.add(verification)
    session.add(
        Reporter(
            complaint_id=complaint.id,
            name=vault.seal(given.reporter_name),
            email=vault.seal(given.reporter_email),
            phone=vault.seal(given.reporter_phone),
        )
    )
    await attach(session, actor, given.attachment_ids, complaint_id=complaint.id)
    events.record(session, complaint, ComplaintEventType.SUBMITTED, now, from_status=None)
    key.complaint_id = complaint.id
    await session.flush()
    return Submitted(complaint, token)


async def _unused_code(session: AsyncSession) -> str:
    while True:
        code = new_code()
        if not await session.scalar(sa.select(Complaint.id).where(Complaint.tracking_code == code)):
            return code
