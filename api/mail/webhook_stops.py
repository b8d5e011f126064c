"""What does the letter say of a webhook that has stopped by itself: whose, why, since when, what to do?"""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from api.mail.content import Content, Desk
from api.mail.panel import of_webhook
from domain.calendar import local_day
from domain.model.mail import OutgoingLetter
from domain.model.people import ApiClient
from domain.model.webhook import Webhook
from domain.words import WebhookStop

_WHY = {
    WebhookStop.GONE: "Penerimanya menjawab bahwa alamat ini tidak dipakai lagi (HTTP 410).",
    WebhookStop.FAILING: "Selama lima hari tidak satu pun pesan sampai.",
}


async def compose(session: AsyncSession, letter: OutgoingLetter, desk: Desk) -> Content | None:
    """Of the stop that the letter is about, as long as nobody has seen to it."""
    because, since = WebhookStop(letter.about["because"]), datetime.fromisoformat(letter.about["since"])
    found = (
        await session.execute(
            sa.select(Webhook.id, Webhook.url, ApiClient.name)
            .join(ApiClient, ApiClient.id == Webhook.client_id)
            .where(
                Webhook.id == UUID(letter.about["webhook"]),
                Webhook.stopped_because == because,
                Webhook.failing_since == since,
            )
        )
    ).one_or_none()
    if found is None:
        return None
    # The rest of the address may hold a secret of its owner's.
    host = urlsplit(found.url).hostname
    values = {
        "client": found.name,
        "host": host,
        "why": _WHY[because],
        "since": since,
        "since_day": local_day(since),
        "stopped": datetime.fromisoformat(letter.about["stopped"]),
        "href": of_webhook(desk, found.id),
    }
    return Content(f"Webhook berhenti: {found.name} ({host})", values)
