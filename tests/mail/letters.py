"""Reports whose reporters left an address, and letters to them, for a test."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from api.database import Database
from api.mail.content import Desk
from api.mail.kinds import KINDS
from api.mail.posting import post_letters
from api.mail.server import Mail
from api.worker.mailing import send_letters
from api.worker.tools import Tools
from domain.actor import PUBLIC
from domain.mail.news import news_letter
from domain.mail.outbox import put
from domain.model.complaint import Complaint
from domain.model.event import ComplaintEvent
from domain.model.mail import OutgoingLetter
from domain.submission import Submission, submit
from domain.words import Classification
from tests.mailroom import Letter, Mailroom
from tests.service import VAULT, Service


async def reported(database: Database, *addresses: str) -> list[Complaint]:
    """A report from each of these addresses."""
    made = []
    for number, address in enumerate(addresses):
        given = Submission(
            f"kunci-{number}-{address}",
            "Lampu padam",
            "Sejak Senin.",
            Classification.COMPLAINT,
            reporter_email=address,
        )
        async with database.write(PUBLIC) as session:
            made.append((await submit(session, PUBLIC, VAULT, given)).complaint)
    return made


async def with_letters(database: Database, *addresses: str) -> None:
    """A report from each, and a letter to its reporter as if it had just been verified."""
    reports = await reported(database, *addresses)
    async with database.write() as session:
        await session.execute(sa.update(ComplaintEvent).values(type="VERIFIED"))
        for report in reports:
            event = await session.scalar(
                sa.select(ComplaintEvent.id).where(ComplaintEvent.complaint_id == report.id)
            )
            assert event is not None
            assert await put(session, news_letter(event, report.id))


async def post(database: Database, mail: Mail) -> int:
    """One run of the job that sends."""
    return await post_letters(database.write, Desk(mail, VAULT), KINDS, asyncio.Event())


async def due(database: Database, waiting: str = "interval '0'") -> None:
    """Lets the time have come for each letter that waits."""
    async with database.write() as session:
        await session.execute(
            sa.text(
                f"UPDATE letter SET next_attempt_at = now(), created_at = created_at - {waiting}"
                " WHERE ended_at IS NULL"
            )
        )


async def states(database: Database) -> list[tuple[Any, ...]]:
    """Outcome, last answer and number of attempts of each letter, in the order of their making."""
    row = OutgoingLetter
    query = sa.select(row.outcome, row.smtp_code, row.attempts).order_by(row.id)
    async with database.write() as session:
        return [tuple(found) for found in await session.execute(query)]


async def waits(database: Database) -> list[tuple[UUID, float]]:
    """How many seconds each letter has to wait that was not sent."""
    row = OutgoingLetter
    seconds = sa.extract("epoch", row.next_attempt_at - sa.func.now())
    found: sa.Select[UUID, float] = sa.select(row.id, sa.cast(seconds, sa.Double())).where(
        row.ended_at.is_(None)
    )
    async with database.write() as session:
        return [(key, wait) for key, wait in await session.execute(found.order_by(row.id))]


async def told(service: Service, room: Mailroom, **settings: Any) -> list[Letter]:
    """Runs the job until every event has been read; the letters that came of it.

    A transaction of another test, in the same cluster, may hold events back for a moment.
    """
    before = len(room.letters)
    tools = Tools(service.database.write, VAULT, room.settings(public_url=service.url, **settings))
    read = sa.text(
        "SELECT NOT EXISTS (SELECT FROM complaint_event e, feed_position p"
        " WHERE (e.xid, e.id) > (p.xid, p.event_id))"
    )
    while True:
        await send_letters(tools, datetime.now(UTC))
        async with service.database.write() as session:
            if await session.scalar(read):
                return room.letters[before:]
