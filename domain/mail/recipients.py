"""Where does a letter go? Looked up, and decrypted, only when it is sent."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.model.complaint import Reporter
from domain.model.mail import OutgoingLetter
from domain.model.people import Account
from domain.secrecy import Vault
from domain.words import LetterOutcome


async def address_of(
    session: AsyncSession, vault: Vault, letter: OutgoingLetter, head: str | None
) -> str | LetterOutcome:
    """The address; or why nothing is sent."""
    if letter.account_id is not None:
        return await _of_account(session, letter)
    if letter.complaint_id is not None:
        return await _of_reporter(session, vault, letter)
    return head or LetterOutcome.NO_ADDRESS


async def _of_account(session: AsyncSession, letter: OutgoingLetter) -> str | LetterOutcome:
    query = sa.select(Account.email).where(Account.id == letter.account_id, Account.active)
    return await session.scalar(query) or LetterOutcome.STOPPED


async def _of_reporter(session: AsyncSession, vault: Vault, letter: OutgoingLetter) -> str | LetterOutcome:
    query = sa.select(Reporter.email, Reporter.mail_stopped_at).where(
        Reporter.complaint_id == letter.complaint_id
    )
    found = (await session.execute(query)).one_or_none()
    if found is None or found.email is None:
        return LetterOutcome.NO_ADDRESS
    if found.mail_stopped_at is not None:
        return LetterOutcome.STOPPED
    return vault.unseal(found.email)
