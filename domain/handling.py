"""How do Diskominfo and the OPDs pass a complaint on: verified, dispatched, returned, held for its reporter?

One function for each step, made by `domain.steps`. What the OPD then does with it is in `domain.follow_up`,
how it ends in `domain.closing` and `domain.merging`.
"""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain import authority, clocks, lookup, text
from domain.actor import Actor
from domain.errors import InvalidInput
from domain.model.complaint import Complaint
from domain.steps import (
    REASON_MAX,
    begin_stay,
    end_stay,
    move,
    responded,
    taken,
    write_action,
)
from domain.words import (
    ActionKind,
    Classification,
    Clock,
    DispositionOutcome,
    Transition,
    Visibility,
)
from domain.workflow import WITH_OPD, Party


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
    """Diskominfo finds the report to be one: the public sees it, and the time to resolve it starts.

    From ON_HOLD it comes back to Diskominfo, also from the OPD that had it, and its paused clock runs on.
    """
    complaint = await taken(session, actor, tracking_code, version, Transition.VERIFY)
    category = await lookup.active_category(session, category_code)
    now = datetime.now(UTC)
    if complaint.opd_id is not None:
        await end_stay(session, complaint, DispositionOutcome.RETURNED, now)
    if classification is not None:
        complaint.classification = classification
    if category is not None:
        complaint.category_id = category.id
    if supervised is not None:
        complaint.supervised = supervised
    first = complaint.verified_at is None
    if first:
        complaint.verified_at = now
    move(session, complaint, Transition.VERIFY, now)
    complaint.opd_id = None
    await clocks.stop(session, complaint, now, Clock.VERIFICATION)
    if first:
        await clocks.start(session, complaint, Clock.RESOLUTION, now)
    else:
        await clocks.resume(session, complaint, Clock.RESOLUTION, now)
        await clocks.follow_classification(session, complaint, Clock.RESOLUTION)
    await session.flush()
    return complaint


async def hold(
    session: AsyncSession, actor: Actor, tracking_code: str, version: int, *, reason: str
) -> Complaint:
    """Diskominfo or the holding OPD asks the reporter for something, and waits for it.

    The OPD keeps the complaint meanwhile, and only the time to resolve it stands still. Asked by the OPD, it
    is an action of the OPD: the reporter has heard of it.
    """
    complaint = await taken(session, actor, tracking_code, version, Transition.HOLD)
    why = text.required("reason", reason, REASON_MAX)
    now, before = datetime.now(UTC), complaint.status
    move(session, complaint, Transition.HOLD, now)
    if Party.HOLDER in authority.parties(actor, complaint):
        await responded(session, complaint, now)
    await clocks.pause(session, complaint, Clock.RESOLUTION, now)
    await write_action(session, complaint, actor, ActionKind.HOLD, why, at=now, before=before)
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
    complaint = await taken(session, actor, tracking_code, version, Transition.DISPATCH)
    opd = await lookup.active_opd(session, text.required("opdCode", opd_code, 32), keep=True)
    assert opd is not None
    said = text.optional("instruction", instruction, REASON_MAX)
    if complaint.status in WITH_OPD and complaint.opd_id == opd.id:
        raise InvalidInput("opd_same", field="opdCode", value=opd.code)
    now = datetime.now(UTC)
    await end_stay(session, complaint, DispositionOutcome.MOVED, now)
    begin_stay(session, complaint, opd, now, said)
    first = complaint.dispatched_at is None
    if first:
        complaint.dispatched_at = now
    move(session, complaint, Transition.DISPATCH, now)
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
    complaint = await taken(session, actor, tracking_code, version, Transition.RETURN)
    why = text.required("reason", reason, REASON_MAX)
    suggested = await lookup.opd(
        session, text.optional("suggestedOpdCode", suggested_opd_code, 32), "suggestedOpdCode"
    )
    now, before = datetime.now(UTC), complaint.status
    await end_stay(session, complaint, DispositionOutcome.RETURNED, now, reason=why, suggested=suggested)
    move(session, complaint, Transition.RETURN, now)
    complaint.opd_id = None
    await write_action(
        session,
        complaint,
        actor,
        ActionKind.RETURN,
        why,
        at=now,
        before=before,
        visibility=Visibility.INTERNAL,
    )
    return complaint
