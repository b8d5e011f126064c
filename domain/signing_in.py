"""How does a member of staff sign in, to the panel and to the API alike?

First the password, then, where the account has one, the second factor; the panel asks for them one after the
other, the API takes both at once. What is wrong is not said, and takes as long whether there is such an
account or not. Every wrong guess of either counts.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import passwords, second_factor, sessions, text, throttle
from domain.errors import InvalidInput, PasswordChangeRequired, SecondFactorRequired, Unauthenticated
from domain.model.people import Account
from domain.secrecy import Vault
from domain.words import PasswordStanding, SessionKind, StaffRole

TICKET_SECONDS = 300
_TICKET = "sign-in-ticket"


@dataclass(frozen=True)
class Door:
    """What signing in needs: the database, the keys, and the operator's rules."""

    begin: Callable[[], AbstractAsyncContextManager[AsyncSession]]
    """A session whose work is committed when the block ends well."""
    vault: Vault
    lengths: sessions.Lengths = field(default_factory=sessions.Lengths)
    admin_needs_second_factor: bool = False
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    """An attempt is written down when its turn comes: those that wait would lock out their own people."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, with the session's token, which is shown once."""

    account: Account
    token: str
    expires_at: datetime


def must_enrol(door: Door, account: Account) -> bool:
    """The operator wants administrators to have a second factor, and this one has none."""
    lacks = account.totp_confirmed_at is None
    return door.admin_needs_second_factor and account.role is StaffRole.ADMIN and lacks


async def with_password(
    door: Door,
    kind: SessionKind,
    email: str,
    password: str,
    *,
    address: str | None,
    code: str | None = None,
) -> SignedIn:
    """Signs in with a password, and with a code where one is needed.

    Raises Unauthenticated, Throttled, SecondFactorRequired where the password is right and a code is missing,
    and for the API PasswordChangeRequired.
    """
    try:
        said = (text.optional("email", email, 254) or "").lower()
    except InvalidInput:
        said = ""

    async def knows() -> Account | None:
        async with door.begin() as session:
            account = await session.scalar(sa.select(Account).where(Account.email == said))
        stored = account.password_hash if account is not None and account.active else None
        return account if await passwords.matches(password, stored) else None

    return await _attempt(door, kind, throttle.tried(door.vault, said, address), knows, code)


async def with_ticket(
    door: Door, kind: SessionKind, ticket: str, *, address: str | None, code: str
) -> SignedIn:
    """Goes on where `SecondFactorRequired` has left off, with its ticket, for a few minutes."""
    read = door.vault.unseal_fresh(ticket, _TICKET, TICKET_SECONDS)
    if read is None:
        raise Unauthenticated("too_late")
    key, _, digest = read.partition(" ")
    async with door.begin() as session:
        account = await session.get(Account, UUID(key))
    if account is None or not hmac.compare_digest(_digest(account), digest):
        raise Unauthenticated("too_late")

    async def knows() -> Account | None:
        return account

    by = throttle.tried(door.vault, account.email, address)
    return await _attempt(door, kind, by, knows, code)


async def _attempt(
    door: Door,
    kind: SessionKind,
    by: throttle.Tried,
    knows: Callable[[], Awaitable[Account | None]],
    code: str | None,
) -> SignedIn:
    async with door.gate:
        async with door.begin() as session:
            attempt = await throttle.begin(session, by)
        known = await knows()
        if known is None:
            raise Unauthenticated("bad_credentials")
        try:
            async with door.begin() as session:
                account = await _complete(session, door, kind, known, code)
                begun = await sessions.begin(session, account, kind, door.lengths)
                await throttle.forgive(session, by)
        except (SecondFactorRequired, PasswordChangeRequired):
            async with door.begin() as session:
                await throttle.take_back(session, attempt)
            raise
    return SignedIn(account, begun.token, begun.expires_at)


async def _complete(
    session: AsyncSession, door: Door, kind: SessionKind, known: Account, code: str | None
) -> Account:
    """The account, locked and as it was when its password was looked at, once nothing is missing."""
    account = await session.scalar(
        sa.select(Account)
        .where(Account.id == known.id, Account.active, Account.password_hash == known.password_hash)
        .with_for_update()
    )
    if account is None:
        raise Unauthenticated("bad_credentials")
    if account.totp_confirmed_at is not None:
        if not code:
            raise SecondFactorRequired(ticket=_ticket(door.vault, account))
        if not await second_factor.accepts(session, door.vault, account, code):
            raise Unauthenticated("wrong_code", field="code")
    if kind is SessionKind.API:
        # In the panel, the session's only page is the one where this is put right.
        if account.password_standing is PasswordStanding.GIVEN:
            raise PasswordChangeRequired("password_to_change")
        if must_enrol(door, account):
            raise SecondFactorRequired("second_factor_to_enrol")
    return account


def _ticket(vault: Vault, account: Account) -> str:
    """Says that the account's present password was right a moment ago."""
    sealed = vault.seal(f"{account.id} {_digest(account)}", _TICKET)
    assert sealed is not None
    return sealed.decode()


def _digest(account: Account) -> str:
    return hmac.digest(account.password_hash.encode(), b"sign-in-ticket", "sha256").hex()
