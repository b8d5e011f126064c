"""How does a complaint become part of another one, and whom does its code stand for then?

The merged one stays as it was, closed; what is sent to its code reaches the one that it became part of.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import authority, clocks, policy
from domain.actor import Actor
from domain.errors import Conflict, InvalidInput
from domain.model.complaint import Complaint, Supporter
from domain.model.merge import Merge
from domain.steps import (
    Sees,
    end_everything,
    locked,
    move,
    not_found,
    require_party,
    require_step,
    require_version,
    write_action,
)
from domain.tracking import read_code
from domain.words import ActionKind, DispositionOutcome, Privacy, Transition
from domain.workflow import OPEN, STEPS

INTO = "intoTrackingCode"
TOLD = "Digabung dengan laporan lain tentang hal yang sama."
"""Without the other's code: whoever may see that one is told which it is by `mergedInto`."""


async def merge(
    session: AsyncSession,
    actor: Actor,
    tracking_code: str,
    version: int,
    *,
    into_tracking_code: str,
) -> Complaint:
    """Diskominfo makes the complaint part of another open one, which gets its supporters."""
    needed = STEPS[Transition.MERGE].parties
    authority.require_capacity(actor, needed)
    complaint, target = await _locked_pair(session, actor, tracking_code, into_tracking_code)
    require_party(actor, complaint, needed, version)
    require_version(complaint, version)
    await require_step(session, actor, complaint, Transition.MERGE)
    _require_target(complaint, target)
    assert target is not None
    now, before = datetime.now(UTC), complaint.status
    # In place of what an earlier merge may have left.
    await session.merge(
        Merge(complaint_id=complaint.id, merged_at=now, status=before, held_from=complaint.held_from)
    )
    complaint.merged_into_id = target.id
    move(session, complaint, Transition.MERGE, now)
    await write_action(session, complaint, actor, ActionKind.NOTE, TOLD, at=now, before=before)
    await end_everything(session, complaint, DispositionOutcome.MERGED, now)
    target.supporter_count += await _unite_supporters(session, complaint.id, target.id)
    await session.flush()
    return complaint


async def _locked_pair(
    session: AsyncSession, actor: Actor, tracking_code: str, into_tracking_code: str
) -> tuple[Complaint, Complaint | None]:
    """The complaint and the one that it shall become part of, if there is one, locked."""
    await clocks.keep_rules(session)
    code, into = read_code(tracking_code), read_code(into_tracking_code)
    row = Complaint.__table__
    ids = await session.scalars(
        sa.select(row.c.id).where(
            row.c.tracking_code.in_([known for known in (code, into) if known is not None]),
            policy.sees_complaint(actor, row),
        ),
        policy.viewer_values(actor),
    )
    by_code = {complaint.tracking_code: complaint for complaint in await _in_order(session, ids.all())}
    if code is None or code not in by_code:
        raise not_found()
    return by_code[code], by_code.get(into) if into is not None else None


async def locked_with(
    session: AsyncSession, actor: Actor, tracking_code: str
) -> tuple[Complaint, Complaint | None]:
    """The complaint and the one that it is part of, if it is, locked. Raises Conflict where that changes."""
    await clocks.keep_rules(session)
    row = Complaint.__table__
    found = (
        await session.execute(
            sa.select(row.c.id, row.c.merged_into_id).where(
                row.c.tracking_code == read_code(tracking_code), policy.sees_complaint(actor, row)
            ),
            policy.viewer_values(actor),
        )
    ).one_or_none()
    if found is None:
        raise not_found()
    by_id = {
        complaint.id: complaint
        for complaint in await _in_order(session, [key for key in found if key is not None])
    }
    complaint = by_id[found.id]
    if complaint.merged_into_id != found.merged_into_id:
        raise Conflict(complaint.version)
    return complaint, by_id.get(found.merged_into_id)


async def _in_order(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[Complaint]:
    """Complaints, locked in the order of their identifiers.

    Two merges that cross each other would otherwise each hold what the other waits for.
    """
    found = await session.scalars(
        sa.select(Complaint)
        .where(Complaint.id.in_(ids))
        .order_by(Complaint.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.all()


def _require_target(complaint: Complaint, target: Complaint | None) -> None:
    if target is None:
        raise not_found(field=INTO)
    if target is complaint:
        raise InvalidInput("merge_same", field=INTO)
    if target.status not in OPEN:
        raise InvalidInput("merge_closed", field=INTO, value=target.tracking_code)
    if target.privacy is Privacy.CONFIDENTIAL and complaint.privacy is not Privacy.CONFIDENTIAL:
        # It would vanish before the eyes of those who follow it.
        raise InvalidInput("merge_confidential", field=INTO)


async def _unite_supporters(session: AsyncSession, source: UUID, target: UUID) -> int:
    """Gives the target the other's supporters; how many of them it did not have yet."""
    theirs = sa.select(
        sa.literal(target, sa.Uuid()),
        Supporter.key_hash,
        Supporter.created_at,
        sa.func.coalesce(Supporter.sent_to_id, source),
    ).where(Supporter.complaint_id == source)
    added = await session.execute(
        insert(Supporter)
        .from_select(["complaint_id", "key_hash", "created_at", "sent_to_id"], theirs)
        .on_conflict_do_nothing()
        .returning(Supporter.key_hash)
    )
    return len(added.all())


async def locked_heir(
    session: AsyncSession, actor: Actor, tracking_code: str, sees: Sees
) -> tuple[Complaint, Complaint]:
    """The complaint that a code names, and the one that it now stands for, which is locked.

    They differ where the named one was merged. Its lock is given back before the next is taken: a merge takes
    two in the order of their identifiers, and whoever held one and waited for another might block it. What it
    stands for may have changed meanwhile, where a merge was undone: then it is looked for again.
    """
    await clocks.keep_rules(session)
    while True:
        async with session.begin_nested() as savepoint:
            named = await locked(session, actor, tracking_code, sees)
            if named.merged_into_id is None:
                return named, named
            await savepoint.rollback()
        async with session.begin_nested() as savepoint:
            last = await _last_of_line(session, named.id)
            heir = await session.get_one(Complaint, last, populate_existing=True, with_for_update=True)
            if heir is not named and await _last_of_line(session, named.id) == heir.id:
                return named, heir
            await savepoint.rollback()


async def _last_of_line(session: AsyncSession, first: UUID) -> UUID:
    """What a merged complaint is part of now, read without a lock."""
    row = Complaint.__table__
    line = sa.select(row.c.id, row.c.merged_into_id).where(row.c.id == first).cte("line", recursive=True)
    line = line.union(sa.select(row.c.id, row.c.merged_into_id).join(line, row.c.id == line.c.merged_into_id))
    last: UUID = (await session.scalars(sa.select(line.c.id).where(line.c.merged_into_id.is_(None)))).one()
    return last
