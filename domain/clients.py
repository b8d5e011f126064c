"""API clients: programs of third parties, each with a key, what it may be used for, and how much."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import text
from domain.actor import Actor, Rates
from domain.errors import InvalidInput
from domain.model.people import ApiClient
from domain.secrecy import new_token, token_hash
from domain.uniqueness import add_unique
from domain.words import ClientScope, ViewerKind

PREFIX = "key_"
NOTED_EVERY = timedelta(minutes=1)
USUAL = Rates(requests=120, cost=100_000)


async def create(
    session: AsyncSession, *, name: str, scopes: Iterable[ClientScope], rates: Rates = USUAL
) -> tuple[ApiClient, str]:
    """Adds a client; its key is shown once and stored hashed. Raises InvalidInput."""
    clean = text.required("name", name, 200)
    wanted = sorted(set(scopes))
    if not wanted:
        raise InvalidInput("required", field="scope")
    if await session.scalar(sa.select(ApiClient.id).where(ApiClient.name == clean)):
        raise InvalidInput("name_taken", field="name", value=clean)
    key = new_token(PREFIX)
    client = ApiClient(
        name=clean,
        key_hash=token_hash(key),
        scopes=wanted,
        requests_per_minute=rates.requests,
        cost_per_minute=rates.cost,
    )
    await add_unique(session, client, InvalidInput("name_taken", field="name", value=clean))
    return client, key


async def by_name(session: AsyncSession, name: str) -> ApiClient:
    """The client, locked. Raises InvalidInput where there is none."""
    found: ApiClient | None = await session.scalar(
        sa.select(ApiClient).where(ApiClient.name == name.strip()).with_for_update()
    )
    if found is None:
        raise InvalidInput("unknown_client", field="name", value=name)
    return found


async def revoke(session: AsyncSession, client: ApiClient) -> None:
    """Takes its key back, from the next request on. Raises InvalidInput where that was done before."""
    if client.revoked_at is not None:
        raise InvalidInput("client_revoked", field="name")
    client.revoked_at = datetime.now(UTC)
    await session.flush()


async def actor_of_key(session: AsyncSession, key: str) -> Actor | None:
    """Whose key it is, where it has not been revoked; now and then its use is noted."""
    client = await session.scalar(
        sa.select(ApiClient).where(ApiClient.key_hash == token_hash(key), ApiClient.revoked_at.is_(None))
    )
    if client is None:
        return None
    if client.last_used_at is None or datetime.now(UTC) - client.last_used_at > NOTED_EVERY:
        await _note_use(session, client.id)
    scopes = frozenset(ClientScope(scope) for scope in client.scopes)
    rates = Rates(client.requests_per_minute, client.cost_per_minute)
    return Actor(ViewerKind.CLIENT, client.id, client.name, scopes=scopes, rates=rates)


async def _note_use(session: AsyncSession, key: UUID) -> None:
    noted = ApiClient.last_used_at
    await session.execute(
        sa.update(ApiClient)
        .where(ApiClient.id == key, sa.or_(noted.is_(None), noted < sa.func.now() - NOTED_EVERY))
        .values(last_used_at=sa.func.now())
        .execution_options(synchronize_session=False)
    )
