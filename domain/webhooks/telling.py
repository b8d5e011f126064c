"""Who hears that a webhook has stopped by itself? Those who keep API clients: administrators, by letter."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.mail.outbox import Letter, ToAccount, put
from domain.model.webhook import Webhook
from domain.reminding.people import administrators
from domain.words import LetterKind, WebhookStop


async def tell_of_stop(session: AsyncSession, webhook: Webhook, because: WebhookStop, now: datetime) -> None:
    """Puts their letters, in the transaction that stops it: once for each stop."""
    assert webhook.failing_since is not None
    about = {
        "webhook": str(webhook.id),
        "because": because.value,
        "since": webhook.failing_since.isoformat(),
        "stopped": now.isoformat(),
    }
    for person in await administrators(session):
        once = f"webhook-stopped:{webhook.id}:{now.isoformat()}:{person}"
        await put(session, Letter(LetterKind.WEBHOOK_STOPPED, ToAccount(person), once, about))
