"""Who a request comes from, and which language its people read."""

from collections.abc import Mapping, Sequence

from domain.actor import PUBLIC, Actor
from domain.bearers import actors_of_tokens
from domain.words import Locale
from schema.context import Services

SCHEME = "bearer "


class BadToken(Exception):
    """A token that stands for nobody: unknown, ended or revoked."""


def bearer(header: str | None) -> str | None:
    """The token of an Authorization header, None where there is none."""
    if header is None:
        return None
    if header[: len(SCHEME)].lower() != SCHEME or not header[len(SCHEME) :].strip():
        raise BadToken
    return header[len(SCHEME) :].strip()


async def actor_of(services: Services, token: str | None) -> Actor:
    """Whom a token stands for; without one, the public. Raises BadToken."""
    if token is None:
        return PUBLIC
    actor = (await actors_of(services, [token])).get(token)
    if actor is None:
        raise BadToken
    return actor


async def actors_of(services: Services, tokens: Sequence[str]) -> dict[str, Actor]:
    """Whom each of them stands for; what stands for nobody is left out."""
    async with services.write() as session:
        return await actors_of_tokens(session, tokens)


def locale_of(headers: Mapping[str, str]) -> Locale:
    """Indonesian, unless the first language that a client accepts of the two is English."""
    for part in headers.get("accept-language", "").lower().split(","):
        language = part.strip()[:2]
        if language in ("id", "en"):
            return Locale.EN if language == "en" else Locale.ID
    return Locale.ID
