"""How is a merge undone, until the end of the working day in which it was made?

The complaint is again what it was: its status, its stay, its clocks, its supporters. What was sent to its
code meanwhile comes back to it, and a reply among that counts as the reply that it waited for.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import authority, clocks
from domain.actor import Actor
from domain.calendar import end_of, load_calendar, local_day
from domain.errors import TransitionNotAllowed
from domain.merging import locked_with
from domain.model.complaint import Action, Complaint, Disposition, Supporter
from domain.model.master import Opd
from domain.model.merge import Merge
from domain.steps import allowed_now, begin_stay, require_party, require_version, touch, write_action
from domain.succession import begun_anew, opd_now
from domain.words import (
    ActionKind,
    Clock,
    ComplaintEventType,
    ComplaintStatus,
    DispositionOutcome,
    Transition,
    Visibility,
)
from domain.workflow import STEPS

_NEEDED = STEPS[Transition.MERGE].parties
TOLD = "Penggabungan dibatalkan: laporan ini ditangani lagi tersendiri."


async def undoable_until(session: AsyncSession, actor: Actor, complaint: Complaint) -> datetime | None:
    """Until when the actor may undo the merge of a complaint; None where they may not, or no longer."""
    if not authority.parties(actor, complaint) & _NEEDED:
        return None
    merge = await session.get(Merge, complaint.id)
    if merge is None:
        return None
    until = await _last_moment(session, merge.merged_at)
    return until if datetime.now(UTC) <= until else None


async def _last_moment(session: AsyncSession, merged_at: datetime) -> datetime:
    """The end of the day of the merge, or of the first working day after it where that is none."""
    calendar = await load_calendar(session)
    return end_of(calendar.add(local_day(merged_at) - timedelta(days=1), 1))


async def undo(session: AsyncSession, actor: Actor, tracking_code: str, version: int) -> Complaint:
    """Diskominfo takes a complaint out of the one that it became part of."""
    authority.require_capacity(actor, _NEEDED)
    complaint, target = await locked_with(session, actor, tracking_code)
    require_party(actor, complaint, _NEEDED, version)
    require_version(complaint, version)
    merge = await session.get(Merge, complaint.id)
    await _require_undoable(session, actor, complaint, target, merge)
    assert merge is not None
    assert target is not None
    now, family = datetime.now(UTC), await _family(session, complaint.id)
    replies = await _take_replies(session, complaint, target, family)
    await _take_supporters(session, complaint, target, family)
    complaint.merged_into_id = None
    complaint.status, complaint.held_from = merge.status, merge.held_from
    await _give_back(session, complaint, merge.merged_at, now)
    await clocks.run_again(session, complaint, merge.merged_at)
    if complaint.status is ComplaintStatus.ON_HOLD:
        await clocks.pause(session, complaint, Clock.RESOLUTION, merge.merged_at)
    if replies:
        await _hear(session, complaint, replies[0])
    await session.delete(merge)
    touch(session, complaint, ComplaintEventType.REOPENED, now, ComplaintStatus.MERGED)
    await write_action(
        session, complaint, actor, ActionKind.NOTE, TOLD, at=now, before=ComplaintStatus.MERGED
    )
    await session.flush()
    return complaint


async def _require_undoable(
    session: AsyncSession,
    actor: Actor,
    complaint: Complaint,
    target: Complaint | None,
    merge: Merge | None,
) -> None:
    key, value = None, None
    if target is None:
        key = "unmerge_not_merged"
    elif merge is None or datetime.now(UTC) > await _last_moment(session, merge.merged_at):
        key = "unmerge_too_late"
    elif target.merged_into_id is not None:
        key, value = "unmerge_merged_on", target.tracking_code
    if key is not None:
        instead = await allowed_now(session, actor, complaint)
        refusal = TransitionNotAllowed("UNMERGE", complaint.status, instead, key=key)
        refusal.values["value"] = value
        raise refusal


async def _family(session: AsyncSession, key: UUID) -> Sequence[UUID]:
    """The complaint and all that became part of it, and so on."""
    row = Complaint.__table__
    family = sa.select(row.c.id).where(row.c.id == key).cte("family", recursive=True)
    family = family.union(sa.select(row.c.id).join(family, row.c.merged_into_id == family.c.id))
    return (await session.scalars(sa.select(family.c.id))).all()


async def _take_replies(
    session: AsyncSession, complaint: Complaint, target: Complaint, family: Sequence[UUID]
) -> Sequence[datetime]:
    """Takes the replies that came by the complaint's code from the other one; when each was sent."""
    await session.flush()
    theirs = sa.and_(Action.complaint_id == target.id, Action.sent_to_id.in_(family))
    own = Action.sent_to_id == complaint.id
    moved = await session.scalars(
        sa.update(Action)
        .where(theirs)
        .values(
            complaint_id=complaint.id,
            sent_to_id=sa.func.nullif(Action.sent_to_id, complaint.id),
            # What was hidden from those who read the other one is said to all who may see its own.
            visibility=sa.case((own, Visibility.PUBLIC.value), else_=Action.visibility),
        )
        .returning(Action.created_at)
        .execution_options(synchronize_session=False)
    )
    return sorted(moved)


async def _take_supporters(
    session: AsyncSession, complaint: Complaint, target: Complaint, family: Sequence[UUID]
) -> None:
    """Takes the supporters that the other one got by the complaint's code; each counts where they are."""
    theirs = sa.and_(Supporter.complaint_id == target.id, Supporter.sent_to_id.in_(family))
    added = await session.execute(
        insert(Supporter)
        .from_select(
            ["complaint_id", "key_hash", "created_at", "sent_to_id"],
            sa.select(
                sa.literal(complaint.id, sa.Uuid()),
                Supporter.key_hash,
                Supporter.created_at,
                sa.func.nullif(Supporter.sent_to_id, complaint.id),
            ).where(theirs),
        )
        .on_conflict_do_nothing()
        .returning(Supporter.key_hash)
    )
    complaint.supporter_count += len(added.all())
    gone = await session.execute(
        sa.delete(Supporter)
        .where(theirs)
        .returning(Supporter.key_hash)
        .execution_options(synchronize_session=False)
    )
    target.supporter_count -= len(gone.all())


async def _give_back(session: AsyncSession, complaint: Complaint, merged_at: datetime, now: datetime) -> None:
    """Gives the complaint back to the OPD that had it, or to the one that does its work now."""
    stay = await session.scalar(
        sa.select(Disposition).where(
            Disposition.complaint_id == complaint.id,
            Disposition.outcome == DispositionOutcome.MERGED,
            Disposition.ended_at == merged_at,
        )
    )
    if stay is None:
        return
    opd = await opd_now(session, await session.get_one(Opd, stay.opd_id))
    if opd.id == stay.opd_id:
        stay.ended_at = stay.outcome = None
        return
    begin_stay(session, complaint, opd, now)
    complaint.status = begun_anew(complaint.status) or complaint.status
    complaint.held_from = begun_anew(complaint.held_from)


async def _hear(session: AsyncSession, complaint: Complaint, at: datetime) -> None:
    """The reporter has replied while it was part of the other one: what waited for them goes on."""
    if complaint.status is ComplaintStatus.ON_HOLD:
        assert complaint.held_from is not None
        complaint.status, complaint.held_from = complaint.held_from, None
        await clocks.resume(session, complaint, Clock.RESOLUTION, at)
    elif complaint.status is ComplaintStatus.ANSWERED:
        complaint.status = ComplaintStatus.IN_PROGRESS
        await clocks.stop(session, complaint, at, Clock.REPORTER_REPLY)
