"""Whom does a bearer token stand for: a member of staff by their session, or a program by its key?"""

from sqlalchemy.ext.asyncio import AsyncSession

from domain import clients, sessions
from domain.accounts import actor_of
from domain.actor import Actor


async def actor_of_token(session: AsyncSession, token: str) -> Actor | None:
    """Whoever holds the token; None where it is not valid now."""
    if token.startswith(clients.PREFIX):
        return await clients.actor_of_key(session, token)
    found = await sessions.find(session, token)
    return None if found is None else actor_of(found[1])
