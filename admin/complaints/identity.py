"""Who reported a complaint: decrypted for those who may know, and noted down when that was to be hidden."""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.fernet import InvalidToken

from admin.complaints.details import Page
from admin.desk import Desk
from domain.model.complaint import IdentityReading, Reporter

REASON_LEAST = 10
REASON_MOST = 300
REASON_PROBLEM = f"Tulis alasannya, {REASON_LEAST} sampai {REASON_MOST} karakter."


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of a reporter; nothing known is an empty identity."""

    facts: Sequence[tuple[str, str]] = ()
    unreadable: bool = False


async def identity(desk: Desk, page: Page) -> Identity:
    """The reporter of a page whose visitor may know them."""
    if not page.knows_reporter:
        raise PermissionError
    reporter = await desk.session.get(Reporter, page.complaint.id)
    if reporter is None:
        return Identity()
    sealed = (("Nama", reporter.name), ("Surel", reporter.email), ("Telepon", reporter.phone))
    try:
        return Identity([(name, desk.vault.unseal(value)) for name, value in sealed if value is not None])
    except InvalidToken:
        # The key that sealed it is not among the service's keys any more.
        return Identity(unreadable=True)


async def note_reading(desk: Desk, page: Page, reason: str) -> None:
    """Keeps that somebody looked at who an anonymous reporter is, and why they say that they had to."""
    desk.session.add(IdentityReading(complaint_id=page.complaint.id, account_id=desk.actor.id, reason=reason))
    await desk.session.flush()
