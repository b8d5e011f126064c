"""Who is looking at the panel in this request, and what they may do there."""

from dataclasses import dataclass

from starlette.requests import Request

from domain import authority
from domain.actor import Actor
from domain.model.master import Opd
from domain.model.people import Account, StaffSession
from domain.words import StaffRole, ViewerKind, label


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in member of staff, with the token that their forms must carry."""

    actor: Actor
    opd: Opd | None
    form_token: str
    account: Account
    session: StaffSession
    unread: int = 0
    """How many notices they have not read, up to a hundred."""
    confined_to: str | None = None
    """The only page that opens until something is put right there: a password to change, say."""

    @property
    def is_told(self) -> bool:
        """Notices are for those who can do something about them."""
        return self.confined_to is None and self.actor.kind is not ViewerKind.AUDITOR

    def may(self, permission: str) -> bool:
        return permission in authority.permissions(self.actor)

    @property
    def role(self) -> str:
        """What they are, in words: the OPD's officer is named by the OPD."""
        return f"Petugas {self.opd}" if self.opd else label(StaffRole(self.actor.kind))


def visitor_of(request: Request) -> Visitor:
    """The visitor that signing in has established."""
    visitor: Visitor = request.state.visitor
    return visitor


def actor_of(request: Request) -> Actor:
    return visitor_of(request).actor
