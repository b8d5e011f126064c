"""API clients: programs of third parties, each with a key, what it may be used for, and how much."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
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


async def actors_of_keys(session: AsyncSession, keys: Sequence[str]) -> dict[str, Actor]:
    """Whose keys they are that have not been revoked, in one statement; now and then their use is noted."""
    by_hash = {token_hash(key): key for key in keys}
    hashes = sa.literal(list(by_hash), ARRAY(sa.LargeBinary()))
    found = await session.scalars(
        sa.select(ApiClient).where(ApiClient.key_hash == sa.any_(hashes), ApiClient.revoked_at.is_(None))
    )
    of_key = {by_hash[client.key_hash]: client for client in found}
    before = datetime.now(UTC) - NOTED_EVERY
    stale = [c.id for c in of_key.values() if c.last_used_at is None or c.last_used_at < before]
    if stale:
        await _note_use(session, stale)
    return {key: _actor_of(client) for key, client in of_key.items()}


def _actor_of(client: ApiClient) -> Actor:
    scopes = frozenset(ClientScope(scope) for scope in client.scopes)
    rates = Rates(client.requests_per_minute, client.cost_per_minute)
    return Actor(ViewerKind.CLIENT, client.id, client.name, scopes=scopes, rates=rates)


async def _note_use(session: AsyncSession, keys: Sequence[UUID]) -> None:
    """Whoever else notes the same at the moment is not waited for: two who did would lock each other out."""
    noted = ApiClient.last_used_at
    unnoted = (
        sa.select(ApiClient.id)
        .where(ApiClient.id.in_(keys), sa.or_(noted.is_(None), noted < sa.func.now() - NOTED_EVERY))
        .with_for_update(skip_locked=True, key_share=True)
    )
    await session.execute(
        sa.update(ApiClient)
        .where(ApiClient.id.in_(unnoted))
        .values(last_used_at=sa.func.now())
        .execution_options(synchronize_session=False)
    )
