"""What is a reporter told of a change of their report?

Of an open report as much as all may read; of an anonymous or confidential one only that there is news, since
others may read the mailbox, too. Of a report that became part of another one, its reporter hears what happens
to that one, as the public does.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from admin.wording import day
from api.mail.content import Content, Desk
from api.mail.news_wording import DISCREET, NEWS
from domain import policy
from domain.actor import PUBLIC
from domain.calendar import local_day
from domain.mail.stopping import stop_link
from domain.model.complaint import Action, Complaint, Deadline
from domain.model.event import ComplaintEvent
from domain.model.mail import OutgoingLetter
from domain.model.master import Opd
from domain.words import (
    ActionKind,
    Clock,
    ComplaintStatus,
    Privacy,
    Visibility,
)
from domain.workflow import OPEN, WITH_OPD


async def compose(session: AsyncSession, letter: OutgoingLetter, desk: Desk) -> Content | None:
    """The news of one event, to the reporter whose letter it is."""
    event = await session.get(ComplaintEvent, letter.about["event"])
    own = await session.get(Complaint, letter.complaint_id)
    if event is None or own is None or event.type not in NEWS:
        return None
    values: dict[str, Any] = dict.fromkeys(("title", "status", "opd", "other", "quoted"))
    told = DISCREET
    if own.privacy is Privacy.PUBLIC:
        told = NEWS[event.type]
        values |= await _details(session, own, event)
    values |= {
        "code": own.tracking_code,
        "track": desk.mail.tracked(own.tracking_code),
        "headline": told.headline,
        "means": told.means if values["quoted"] else f"{told.means.rstrip(':.')}.",
        "asks": told.asks and told.asks.format(until=await _until(session, event)),
    }
    if event.complaint_id != own.id and event.to_status not in OPEN:
        values["asks"] = None  # it is for that one's own reporter
    unsubscribe = stop_link(desk.vault, desk.mail.public_url, own.id)
    return Content(f"Laporan {own.tracking_code}: {told.subject}", values, unsubscribe)


async def _details(session: AsyncSession, own: Complaint, event: ComplaintEvent) -> dict[str, Any]:
    """What is said of an open report beyond its code."""
    mine = event.complaint_id == own.id
    other = own.merged_into_id if mine else event.complaint_id
    shown = None if other is None else await _public_code(session, other)
    holds = event.to_status in WITH_OPD | {ComplaintStatus.COMPLETED}
    return {
        # What nobody has looked at yet may have been written by anybody, to anybody.
        "title": own.title if own.verified_at is not None else None,
        "status": event.to_status,
        "opd": await session.scalar(sa.select(Opd.name).where(Opd.id == event.opd_id)) if holds else None,
        "other": shown,
        "quoted": await _said(session, event) if mine or shown is not None else None,
    }


async def _public_code(session: AsyncSession, complaint_id: Any) -> str | None:
    row = Complaint.__table__
    query = sa.select(row.c.tracking_code).where(row.c.id == complaint_id, policy.sees_complaint(PUBLIC, row))
    code: str | None = await session.scalar(query)
    return code


async def _said(session: AsyncSession, event: ComplaintEvent) -> str | None:
    """What was said with a change, if it was for all, and not by a reporter."""
    said: str | None = await session.scalar(
        sa.select(Action.body).where(
            Action.complaint_id == event.complaint_id,
            Action.created_at == event.occurred_at,
            Action.visibility == Visibility.PUBLIC,
            Action.kind != ActionKind.REPORTER_REPLY,
        )
    )
    return said


async def _until(session: AsyncSession, event: ComplaintEvent) -> str:
    """By when an answer is to be replied to."""
    due: datetime | None = await session.scalar(
        sa.select(Deadline.due_at).where(
            Deadline.complaint_id == event.complaint_id,
            Deadline.clock == Clock.REPORTER_REPLY,
            Deadline.started_at == event.occurred_at,
        )
    )
    return "" if due is None else f" paling lambat {day(local_day(due))}"
