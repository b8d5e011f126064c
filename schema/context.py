"""What a request brings to the schema: who asks, in which language, and what it may use."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.attachments.links import Links
from domain.secrecy import Vault, token_hash
from domain.signing_in import Door
from domain.words import Locale
from schema.following.followers import Followers
from schema.following.places import refuse_expired
from schema.permissions import require_for
from schema.plan.run import Planner, Reads
from schema.plan.scope import ResolveInfo, arguments_of, definition_of
from schema.sealed import Revealed, operation_name


class Write(Protocol):
    """Begins a transaction."""

    def __call__(self, by: Actor | str | None = None) -> AbstractAsyncContextManager[AsyncSession]:
        """A session whose work is committed when its block ends well; the audit trail names `by`."""


@dataclass(frozen=True)
class Services:
    """What every request of a process shares."""

    write: Write
    reads: Reads
    planner: Planner
    vault: Vault
    door: Door
    revealed: Revealed
    followers: Followers
    links: Links
    admit_upload: Callable[[str | None, int], None]
    """Counts the bytes that somebody of the public announces from an address. Raises TooManyUploads."""
    webhooks_to_loopback: bool
    """Whether a webhook may lead to this machine: in development only."""
    committed: Callable[[], None]
    """Says that a transaction with an event has been committed."""


@dataclass
class Context:
    """One request, or one connection of a WebSocket."""

    services: Services
    actor: Actor
    locale: Locale
    token: str | None = None
    address: str | None = None
    """Where the request comes from, as far as the proxies that are trusted tell."""
    resume_after: str | None = None
    """The cursor that the transport remembers for a client, where it does: it goes before the argument."""

    async def render(self, info: ResolveInfo, source: Any) -> orjson.Fragment | None:
        """Answers a planned field; a payload may say as whom its object is seen."""
        actor = as_reporter(info, getattr(source, "viewed_by", None) or self.actor)
        require_for(info, actor)
        services = self.services
        finish = partial(services.revealed.reveal, actor=actor, operation=operation_name(info.operation))
        try:
            return await services.planner.render(services.reads, info, actor, source, finish)
        except asyncpg.PostgresError as error:
            refuse_expired(error, services.planner.cursor_secret)
            raise


def as_reporter(info: ResolveInfo, actor: Actor) -> Actor:
    """The actor, as the reporter where the field is given an access token."""
    token = arguments_of(info).get("accessToken") if "accessToken" in definition_of(info).args else None
    return actor if token is None else actor.with_access_token(token_hash(token))
