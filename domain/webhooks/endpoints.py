"""Who keeps which webhooks: made, changed, stopped, taken away by the API client that they belong to.

An administrator may do the same in the panel with everybody's.
"""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import authority
from domain.actor import Actor
from domain.errors import InvalidInput, NotFound
from domain.model.master import Opd
from domain.model.webhook import Webhook
from domain.secrecy import Vault
from domain.webhooks.addresses import checked_url
from domain.words import ComplaintEventType, WebhookStop

MOST_OF_A_CLIENT = 20
MOST_OPDS = 100
PURPOSE = "webhook"
"""What the secrets are sealed for."""
CHANGE_OVER = timedelta(hours=24)
"""How long the former secret signs too."""


def new_secret() -> str:
    """A key of 256 bits, in the form of the Standard Webhooks specification."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _new_sealed(vault: Vault) -> tuple[str, bytes]:
    """A new secret, as it is shown and as it is kept."""
    secret = new_secret()
    sealed = vault.seal(secret, PURPOSE)
    assert sealed is not None
    return secret, sealed


async def create(
    session: AsyncSession,
    actor: Actor,
    vault: Vault,
    *,
    url: str,
    types: Sequence[ComplaintEventType] | None = None,
    opd: Sequence[str] | None = None,
    loopback: bool = False,
) -> tuple[Webhook, str]:
    """A client has itself told from now on; the secret is shown once. Raises Forbidden and InvalidInput."""
    authority.require(actor, "webhook:edit")
    assert actor.id is not None
    address = checked_url("url", url, loopback=loopback)
    codes = await known_opds(session, "opd", opd or ())
    # Its others are counted one after another.
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"webhooks:{actor.id}"))))
    count = await session.scalar(
        sa.select(sa.func.count()).select_from(Webhook).where(Webhook.client_id == actor.id)
    )
    if (count or 0) >= MOST_OF_A_CLIENT:
        raise InvalidInput("too_many_webhooks", field="url", most=MOST_OF_A_CLIENT)
    secret, sealed = _new_sealed(vault)
    webhook = Webhook(
        client_id=actor.id, url=address, secret=sealed, types=known_types(types or ()), opd_codes=codes
    )
    session.add(webhook)
    await session.flush()
    return webhook, secret


async def own(session: AsyncSession, actor: Actor, key: UUID | None) -> Webhook:
    """A client's webhook, locked. Raises Forbidden and NotFound."""
    authority.require(actor, "webhook:edit")
    found: Webhook | None = await session.scalar(
        sa.select(Webhook).where(Webhook.id == key, Webhook.client_id == actor.id).with_for_update()
    )
    if found is None:
        raise NotFound("webhook_not_found", field="id")
    return found


async def known_opds(session: AsyncSession, field: str, codes: Sequence[str]) -> list[str]:
    """Codes of OPDs that there are, active or not. Raises InvalidInput."""
    wanted = sorted({code.strip().upper() for code in codes})
    if len(wanted) > MOST_OPDS:
        raise InvalidInput("too_many", field=field, most=MOST_OPDS)
    known = set(await session.scalars(sa.select(Opd.code).where(Opd.code.in_(wanted))))
    for code in wanted:
        if code not in known:
            raise InvalidInput("unknown_opd", field=field, value=code)
    return wanted


def known_types(types: Sequence[ComplaintEventType]) -> list[str]:
    """The words of kinds of events, each once."""
    return sorted({ComplaintEventType(type_).value for type_ in types})


def stop(webhook: Webhook, because: WebhookStop) -> None:
    """Nothing more is sent; its place in the sequence stays, and what waits goes on waiting."""
    webhook.active = False
    webhook.stopped_because = because


def resume(webhook: Webhook) -> None:
    """It is told again, from where it was stopped."""
    webhook.active = True
    webhook.stopped_because = webhook.failing_since = webhook.wait_until = None


def rotate(webhook: Webhook, vault: Vault, now: datetime) -> str:
    """A new secret; the former one signs beside it for a day, so that no message is refused meanwhile."""
    webhook.former_secret, webhook.former_secret_until = webhook.secret, now + CHANGE_OVER
    secret, webhook.secret = _new_sealed(vault)
    return secret


def signing_secrets(webhook: Webhook, vault: Vault, now: datetime) -> list[str]:
    """The secrets that a message is signed with now, the present one first."""
    sealed = [webhook.secret]
    if webhook.former_secret is not None and webhook.former_secret_until is not None:
        sealed += [webhook.former_secret] if now < webhook.former_secret_until else []
    return [vault.unseal(secret, PURPOSE) for secret in sealed]
