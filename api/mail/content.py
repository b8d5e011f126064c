"""What does the letter of a kind say? Each kind has a function that looks it up when the letter is sent."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.mail.server import Mail
from domain.model.mail import OutgoingLetter
from domain.secrecy import Vault


@dataclass(frozen=True, slots=True)
class Desk:
    """What letters are written with."""

    mail: Mail
    vault: Vault


@dataclass(frozen=True, slots=True)
class Content:
    """A letter's subject, in plain letters, and the values that its templates name."""

    subject: str
    values: Mapping[str, Any] = field(default_factory=dict)
    unsubscribe: str | None = None
    """Where whoever wants no more of them says so."""


Compose = Callable[[AsyncSession, OutgoingLetter, Desk], Awaitable[Content | None]]
"""What a letter says now; None where there is nothing to say any more."""
