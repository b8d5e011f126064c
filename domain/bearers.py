"""Whom does a bearer token stand for: a member of staff by their session, or a program by its key?"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from domain import clients, sessions
from domain.accounts import actor_of
from domain.actor import Actor


async def actors_of_tokens(session: AsyncSession, tokens: Sequence[str]) -> dict[str, Actor]:
    """Whoever holds the tokens; those that are not valid now are left out."""
    keys = [token for token in tokens if token.startswith(clients.PREFIX)]
    others = [token for token in tokens if not token.startswith(clients.PREFIX)]
    found = await clients.actors_of_keys(session, keys) if keys else {}
    if others:
        staff = await sessions.find_all(session, others)
        found |= {token: actor_of(account) for token, (_, account) in staff.items()}
    return found
