"""Which changes does a reporter hear of by e-mail, and who hears of an event?

The reporter of the report, if they left an address; and those whose reports became part of it before, of what
the public hears of it. The events are read in their own order, from when e-mail was first set up.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.mail.outbox import Letter, ToReporter, put
from domain.mail.sending import GOOD_FOR
from domain.model.complaint import Complaint, Reporter
from domain.model.event import ComplaintEvent, FeedPosition
from domain.sequence import HORIZON, place_sql, xid_sql
from domain.words import ComplaintEventType, EventAudience, LetterKind

E = ComplaintEventType

TOLD = frozenset(
    {E.VERIFIED, E.HELD, E.DISPATCHED, E.RETURNED, E.STARTED, E.ACTION_ADDED, E.ANSWERED, E.REPLIED}
    | {E.COMPLETED, E.REOPENED, E.TRANSFERRED, E.ARCHIVED, E.MERGED}
)
UNTOLD = frozenset({E.SUBMITTED, E.RATED})
"""The reporter's own acts. No letter says that a report came in: anybody may give anybody's address, and the
service writes to nobody before somebody of Diskominfo has looked at the report."""

READER = "reporter-news"
BATCH = 500
_BEGINNING = "0"


@dataclass(frozen=True, slots=True)
class Read:
    """What one step through the events has done."""

    letters: int
    more: bool


async def begin(session: AsyncSession) -> None:
    """Begins to read the events at the present, at the first time."""
    newest = (
        sa.select(sa.cast(ComplaintEvent.xid, sa.Text()), ComplaintEvent.id)
        .where(ComplaintEvent.xid < HORIZON)
        .order_by(ComplaintEvent.xid.desc(), ComplaintEvent.id.desc())
        .limit(1)
    )
    xid, event_id = (await session.execute(newest)).one_or_none() or (_BEGINNING, 0)
    await session.execute(
        insert(FeedPosition)
        .values(reader=READER, xid=xid_sql(sa.literal(xid, sa.Text())), event_id=event_id)
        .on_conflict_do_nothing(index_elements=["reader"])
    )


async def read_on(session: AsyncSession, now: datetime) -> Read:
    """Puts the letters of the next events, and moves on; another worker waits meanwhile."""
    held = sa.select(FeedPosition).where(FeedPosition.reader == READER).with_for_update()
    position = await session.scalar(held)
    if position is None:
        await begin(session)
        position = await session.scalar(held)
    assert position is not None
    e = ComplaintEvent
    events = (
        await session.execute(
            sa.select(e.id, sa.cast(e.xid, sa.Text()).label("xid"), e.type, e.audience, e.occurred_at)
            .where(
                sa.tuple_(e.xid, e.id) > place_sql(position.xid, position.event_id),
                e.xid < HORIZON,
            )
            .order_by(e.xid, e.id)
            .limit(BATCH)
        )
    ).all()
    if not events:
        return Read(0, more=False)
    news = [
        event.id
        for event in events
        if event.type in TOLD
        and event.audience is not EventAudience.STAFF
        and event.occurred_at > now - GOOD_FOR
    ]
    letters = 0
    for event_id, complaint_id in await _heard_by(session, news):
        letters += await put(session, news_letter(event_id, complaint_id))
    await session.execute(
        sa.update(FeedPosition)
        .where(FeedPosition.reader == READER)
        .values(xid=xid_sql(sa.literal(events[-1].xid, sa.Text())), event_id=events[-1].id)
    )
    return Read(letters, more=len(events) == BATCH)


def news_letter(event_id: int, complaint_id: UUID) -> Letter:
    """What tells a complaint's reporter of an event."""
    once = f"news:{event_id}:{complaint_id}"
    return Letter(LetterKind.REPORTER_NEWS, ToReporter(complaint_id), once, {"event": event_id})


async def _heard_by(session: AsyncSession, events: list[int]) -> list[tuple[int, UUID]]:
    """Of each event, the complaints whose reporters hear of it, in the order of the events."""
    e, merged = ComplaintEvent, Complaint.__table__
    heard = (
        sa.select(e.id, e.complaint_id, e.audience, e.occurred_at).where(e.id.in_(events)).cte(recursive=True)
    )
    heard = heard.union_all(
        sa.select(heard.c.id, merged.c.id, heard.c.audience, heard.c.occurred_at).where(
            merged.c.merged_into_id == heard.c.complaint_id,
            heard.c.audience == EventAudience.PUBLIC,
            # A merged report is not touched any more: this is when it became one.
            merged.c.updated_at <= heard.c.occurred_at,
        )
    )
    found = await session.execute(
        sa.select(heard.c.id, heard.c.complaint_id)
        .join(Reporter, Reporter.complaint_id == heard.c.complaint_id)
        .where(Reporter.email.is_not(None), Reporter.mail_stopped_at.is_(None))
        .order_by(heard.c.id, heard.c.complaint_id)
    )
    return [(event_id, complaint_id) for event_id, complaint_id in found]
