"""Do administrators hear by letter, once, that a webhook has stopped by itself?"""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from api.database import Database
from domain import clients
from domain.model.event import ComplaintEvent
from domain.model.mail import OutgoingLetter
from domain.model.webhook import Webhook, WebhookDelivery
from domain.webhooks import endpoints, outcomes
from domain.webhooks.outcomes import Outcome
from domain.words import ClientScope, LetterKind, LetterOutcome, StaffRole, WebhookStop
from tests.mail.letters import post, reported
from tests.mailroom import PUBLIC_URL, Mailroom
from tests.reminding import hired

URL = "https://redaksi.example.org/terima/rahasia-pemiliknya"


async def _made(database: Database) -> tuple[UUID, list[UUID], str]:
    """A webhook, two deliveries that are due to it, and the address of the one administrator."""
    await reported(database, "siti@example.id", "budi@example.id")
    async with database.write() as session:
        admin = await hired(session, StaffRole.ADMIN, name="Rina Administrator")
        await hired(session, StaffRole.ADMIN, active=False)
        await hired(session, StaffRole.OFFICE)
        client, _ = await clients.create(session, name="Redaksi Banten", scopes=[ClientScope.WEBHOOKS])
        webhook = Webhook(client_id=client.id, url=URL, secret=b"", types=[], opd_codes=[])
        session.add(webhook)
        await session.flush()
        events = await session.scalars(sa.select(ComplaintEvent.id))
        now = datetime.now(UTC)
        due = [
            WebhookDelivery(webhook_id=webhook.id, event_id=event, next_attempt_at=now) for event in events
        ]
        session.add_all(due)
    return webhook.id, [delivery.id for delivery in due], admin.email


async def _settled(database: Database, key: UUID, delivery: UUID, status: int, now: datetime) -> bool:
    async with database.write() as session:
        return await outcomes.settle(session, key, delivery, Outcome(status=status), now) is not None


async def _resumed(database: Database, key: UUID) -> None:
    async with database.write() as session:
        endpoints.resume(await session.get_one(Webhook, key))


async def _outcomes(database: Database) -> list[LetterOutcome | None]:
    kind = OutgoingLetter.kind == LetterKind.WEBHOOK_STOPPED
    async with database.write() as session:
        found = await session.scalars(
            sa.select(OutgoingLetter.outcome).where(kind).order_by(OutgoingLetter.id)
        )
        return list(found)


async def test_each_stop_is_told_once_with_what_to_do(database: Database, room: Mailroom) -> None:
    key, deliveries, admin = await _made(database)
    start = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    # What was tried at the same time comes to the same: one stop, one letter.
    stops = await asyncio.gather(*(_settled(database, key, each, 410, start) for each in deliveries))
    assert sorted(stops) == [False, True]
    assert await _outcomes(database) == [None]
    assert await post(database, room.mail()) == 1
    (letter,) = room.to(admin)
    assert letter.message["Subject"] == "Webhook berhenti: Redaksi Banten (redaksi.example.org)"
    for text in (letter.plain, letter.page):
        assert "410" in text
        assert "23 November 2026 08.30" in text
        assert f"{PUBLIC_URL}/admin/webhook/details/{key}" in text
        assert "Lanjutkan" in text
        assert "Kirim ulang" in text
        for kept in ("rahasia-pemiliknya", "siti", "Rina", "Lampu padam"):
            assert kept not in text

    # After it goes on, a stop for another reason is told anew; one by hand is not.
    await _resumed(database, key)
    assert not await _settled(database, key, deliveries[0], 500, start + timedelta(days=1))
    assert await _settled(database, key, deliveries[0], 500, start + timedelta(days=6, minutes=1))
    assert await post(database, room.mail()) == 1
    assert "Selama lima hari tidak satu pun pesan sampai." in room.to(admin)[1].plain
    await _resumed(database, key)
    async with database.write() as session:
        endpoints.stop(await session.get_one(Webhook, key), WebhookStop.PAUSED)
    assert await _outcomes(database) == [LetterOutcome.SENT] * 2


async def test_what_was_seen_to_or_did_not_happen_is_not_told(database: Database, room: Mailroom) -> None:
    key, deliveries, _ = await _made(database)
    now = datetime.now(UTC)
    async with database.sessions() as session:
        assert await outcomes.settle(session, key, deliveries[0], Outcome(status=410), now)
        await session.rollback()  # as where the worker is killed before it commits
    assert await _outcomes(database) == []
    assert await _settled(database, key, deliveries[0], 410, now)
    await _resumed(database, key)
    assert await post(database, room.mail()) == 0
    assert await _outcomes(database) == [LetterOutcome.POINTLESS]
    assert room.letters == []
