"""Who asks: a member of the public, a signed-in member of staff, an API client, or the service itself."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from domain.words import ClientScope, ViewerKind


@dataclass(frozen=True, slots=True)
class Rates:
    """How much may be asked in a minute."""

    requests: int
    cost: int


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever a request or a job acts for; the policy decides from it alone."""

    kind: ViewerKind
    id: UUID | None = None
    name: str | None = None
    email: str | None = None
    opd_id: UUID | None = None
    scopes: frozenset[ClientScope] = field(default_factory=frozenset)
    access_token_hash: bytes | None = None
    is_clock: bool = False
    rates: Rates | None = None
    """How much a program may ask; None for people."""

    def with_access_token(self, token_hash: bytes) -> "Actor":
        """The same actor, who has also shown a reporter's access token."""
        return replace(self, access_token_hash=token_hash)

    @property
    def is_office(self) -> bool:
        """Diskominfo, or an administrator, who may all that Diskominfo may."""
        return self.kind in (ViewerKind.OFFICE, ViewerKind.ADMIN)

    @property
    def is_staff(self) -> bool:
        return self.kind in (ViewerKind.OFFICE, ViewerKind.ADMIN, ViewerKind.OFFICER, ViewerKind.AUDITOR)


PUBLIC = Actor(ViewerKind.REPORTER)
"""Nobody signed in: a citizen, who may report and, with an access token, follow their own report."""
CLOCK = Actor(ViewerKind.AUDITOR, is_clock=True)
"""The service itself, when a time has run out: it sees all, and makes only the steps that the clock makes."""
