"""How does an OPD end: from which day it takes no more complaints, and who gets those that it still has?"""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import authority, clocks, lookup, text
from domain.actor import Actor
from domain.errors import InvalidInput, NotFound, OpdHasOpenComplaints, OpdInactive
from domain.model.complaint import Complaint, Disposition
from domain.model.master import Opd
from domain.steps import begin_stay, touch
from domain.words import ComplaintEventType, ComplaintStatus, DispositionOutcome
from domain.workflow import OPEN


async def deactivate(
    session: AsyncSession,
    actor: Actor,
    code: str,
    *,
    active_until: date,
    successor_code: str | None = None,
    move_open_complaints: bool | None = None,
) -> Opd:
    """Gives an OPD its last day and, where there is one, its successor, which may get the open complaints.

    What it did stays its own: each stay keeps the name that the OPD had then. Raises NotFound,
    InvalidInput, OpdInactive for a successor, OpdHasOpenComplaints, Forbidden.
    """
    authority.require(actor, "master:edit")
    clean = text.code("code", code)
    opd = await session.scalar(sa.select(Opd).where(Opd.code == clean))
    if opd is None:
        raise NotFound("opd_not_found", field="code", value=clean)
    successor = await lookup.opd(session, text.optional("successorCode", successor_code, 32), "successorCode")
    await clocks.keep_rules(session)
    complaints = await _locked_open_complaints(session, opd) if move_open_complaints else []
    await _lock(session, opd, successor)
    if opd.active_from is not None and active_until < opd.active_from:
        raise InvalidInput("bad_period", field="activeUntil")
    await _require_successor(session, opd, successor, active_until)
    if move_open_complaints and successor is None:
        raise InvalidInput("required", field="successorCode")
    # What it was given between the two locks is not ours to move: the complaint comes before the OPD.
    number = await _number_of_open_complaints(session, opd)
    if number > len(complaints):
        raise OpdHasOpenComplaints("opd_has_open_complaints", field="moveOpenComplaints", number=number)
    if successor is not None and complaints:
        await _hand_over(session, complaints, successor, datetime.now(UTC))
    opd.active_until = active_until
    opd.successor_id = successor.id if successor else None
    await session.flush()
    return opd


def _is_open_with(opd: Opd) -> sa.ColumnElement[bool]:
    return sa.and_(Complaint.opd_id == opd.id, Complaint.status.in_(OPEN))


async def _locked_open_complaints(session: AsyncSession, opd: Opd) -> Sequence[Complaint]:
    """The open complaints that the OPD has, locked in the order of their identifiers."""
    found = await session.scalars(
        sa.select(Complaint)
        .where(_is_open_with(opd))
        .order_by(Complaint.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.all()


async def _number_of_open_complaints(session: AsyncSession, opd: Opd) -> int:
    return await session.scalar(sa.select(sa.func.count()).where(_is_open_with(opd))) or 0


async def _lock(session: AsyncSession, *opds: Opd | None) -> None:
    """Locks OPDs against being given complaints or ended by others, and reads them anew.

    Not against being referred to: a step of another complaint names them without waiting.
    """
    await session.execute(
        sa.select(Opd)
        .where(Opd.id.in_([opd.id for opd in opds if opd is not None]))
        .order_by(Opd.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


async def _require_successor(
    session: AsyncSession, opd: Opd, successor: Opd | None, active_until: date
) -> None:
    """A successor is another OPD that takes complaints today, and goes on when this one has ended."""
    above = successor
    while above is not None:
        if above.id == opd.id:
            raise InvalidInput("opd_own_successor", field="successorCode")
        above = await session.get(Opd, above.successor_id) if above.successor_id else None
    if successor is None:
        return
    ends_first = successor.active_until is not None and successor.active_until <= active_until
    if ends_first or not await lookup.is_active(session, successor):
        raise OpdInactive("opd_inactive", field="successorCode", value=successor.code)


async def _hand_over(
    session: AsyncSession, complaints: Sequence[Complaint], successor: Opd, at: datetime
) -> None:
    """Moves complaints as a dispatch does, each with its own stay and event.

    What waits for its reporter, held or answered, goes on waiting: only who has it changes.
    """
    stays = await session.scalars(
        sa.select(Disposition).where(
            Disposition.complaint_id.in_([complaint.id for complaint in complaints]),
            Disposition.ended_at.is_(None),
        )
    )
    for stay in stays:
        stay.ended_at = at
        stay.outcome = DispositionOutcome.MOVED
    await session.flush()
    for complaint in complaints:
        begin_stay(session, complaint, successor, at)
        before = complaint.status
        complaint.status = begun_anew(before) or before
        complaint.held_from = begun_anew(complaint.held_from)
        touch(session, complaint, ComplaintEventType.DISPATCHED, at, before)


async def opd_now(session: AsyncSession, last: Opd) -> Opd:
    """The OPD itself where it takes complaints; else its nearest successor that does, else itself.

    Until the transaction ends it goes on taking them.
    """
    opd = last
    while not await lookup.is_active(session, opd, keep=True):
        if opd.successor_id is None:
            return last
        opd = await session.get_one(Opd, opd.successor_id)
    return opd


def begun_anew(status: ComplaintStatus | None) -> ComplaintStatus | None:
    """What the old OPD had begun is for the new one to begin."""
    return ComplaintStatus.DISPATCHED if status is ComplaintStatus.IN_PROGRESS else status
