"""API clients: programs of third parties, each with a key and what it may be used for."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import text
from domain.accounts import CLIENT_PREFIX
from domain.errors import InvalidInput
from domain.model.people import ApiClient
from domain.secrecy import new_token, token_hash
from domain.uniqueness import add_unique
from domain.words import ClientScope


async def create(session: AsyncSession, *, name: str, scopes: Iterable[ClientScope]) -> tuple[ApiClient, str]:
    """Adds a client; its key is shown once and stored hashed. Raises InvalidInput."""
    clean = text.required("name", name, 200)
    wanted = sorted(set(scopes))
    if not wanted:
        raise InvalidInput("required", field="scope")
    if await session.scalar(sa.select(ApiClient.id).where(ApiClient.name == clean)):
        raise InvalidInput("name_taken", field="name", value=clean)
    key = new_token(CLIENT_PREFIX)
    client = ApiClient(name=clean, key_hash=token_hash(key), scopes=wanted)
    await add_unique(session, client, InvalidInput("name_taken", field="name", value=clean))
    return client, key
