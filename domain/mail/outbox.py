"""How does a rule have a letter (an e-mail) sent? It puts one here, in the transaction of what it is about.

A letter says for whom it is, never their address, and what it is about, never the text: both are looked up
when it is sent. Whoever is erased meanwhile is not written to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.model.mail import OutgoingLetter
from domain.words import LetterKind


@dataclass(frozen=True, slots=True)
class ToAccount:
    """For a member of staff, as long as their account is active."""

    id: UUID


@dataclass(frozen=True, slots=True)
class ToReporter:
    """For whoever reported this complaint, if they left an address and still want news."""

    complaint_id: UUID


@dataclass(frozen=True, slots=True)
class ToHead:
    """For the head of the office, whose address is a setting of the service."""


Recipient = ToAccount | ToReporter | ToHead


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be sent; `about` holds identifiers and figures as JSON has them."""

    kind: LetterKind
    to: Recipient
    once: str
    """A key of what it tells, its recipient included: there is never a second letter of the same key."""
    about: Mapping[str, Any] = field(default_factory=dict)


async def put(session: AsyncSession, letter: Letter) -> bool:
    """Has a letter sent once the caller commits; False where one of the same key was put before."""
    to = letter.to
    put_now = await session.scalar(
        insert(OutgoingLetter)
        .values(
            kind=letter.kind,
            account_id=to.id if isinstance(to, ToAccount) else None,
            complaint_id=to.complaint_id if isinstance(to, ToReporter) else None,
            about=dict(letter.about),
            once=letter.once,
        )
        .on_conflict_do_nothing(index_elements=["once"])
        .returning(OutgoingLetter.id)
    )
    return put_now is not None
