"""What a page is put together with: a database session, the request of the one who looks, the vault."""

from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.visitor import visitor_of
from domain.actor import Actor
from domain.secrecy import Vault


class Desk(NamedTuple):
    """What everything on one page shares."""

    session: AsyncSession
    request: Request
    vault: Vault

    @property
    def actor(self) -> Actor:
        return visitor_of(self.request).actor
