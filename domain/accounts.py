"""Staff accounts: how they are made, how their people sign in and out, and whom a token stands for."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

import sqlalchemy as sa
from pwdlib import PasswordHash
from sqlalchemy.ext.asyncio import AsyncSession

from domain import lookup, text
from domain.actor import Actor
from domain.errors import InvalidInput, Unauthenticated
from domain.model.people import Account, ApiClient, StaffSession
from domain.secrecy import new_token, token_hash
from domain.uniqueness import add_unique
from domain.words import ClientScope, StaffRole, ViewerKind

PASSWORD_LEAST = 12
PASSWORD_MOST = 200
SESSION_LENGTH = timedelta(hours=12)
SESSION_PREFIX = "ses_"
CLIENT_PREFIX = "key_"

_hasher = PasswordHash.recommended()
_hashing = asyncio.Semaphore(2)
"""Argon2 takes a tenth of a second of one core and 64 MiB: more at once would starve everyone else."""


@cache
def _nobody() -> str:
    """What an unknown address's password is compared with; hashed at the first sign-in, not at each start."""
    return _hasher.hash("nobody has this password")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: its token is shown once."""

    account: Account
    token: str
    expires_at: datetime


def actor_of(account: Account) -> Actor:
    """The account's person as an actor."""
    return Actor(ViewerKind(account.role), account.id, account.name, account.email, account.opd_id)


async def hash_password(password: str, field: str = "password") -> str:
    """Argon2id of a password that is long enough, worked out beside the event loop."""
    if len(password) < PASSWORD_LEAST:
        raise InvalidInput("password_short", field=field, least=PASSWORD_LEAST)
    if len(password) > PASSWORD_MOST:
        raise InvalidInput("too_long", field=field, most=PASSWORD_MOST)
    async with _hashing:
        return await asyncio.to_thread(_hasher.hash, password.encode("utf-8", "surrogatepass"))


async def create(
    session: AsyncSession,
    *,
    email: str,
    name: str,
    role: StaffRole,
    opd_code: str | None,
    password: str,
) -> Account:
    """Adds an account. An OFFICER has an OPD, nobody else has. Raises InvalidInput."""
    address = text.email("email", email)
    if address is None:
        raise InvalidInput("required", field="email")
    if await session.scalar(sa.select(Account.id).where(Account.email == address)):
        raise InvalidInput("email_taken", field="email")
    opd = await lookup.opd(session, opd_code, "opd")
    if role is StaffRole.OFFICER and opd is None:
        raise InvalidInput("officer_needs_opd", field="opd")
    if role is not StaffRole.OFFICER and opd is not None:
        raise InvalidInput("only_officer_has_opd", field="opd")
    account = Account(
        email=address,
        name=text.required("name", name, 200),
        role=role,
        opd_id=opd and opd.id,
        password_hash=await hash_password(password),
    )
    await add_unique(session, account, InvalidInput("email_taken", field="email"))
    return account


async def sign_in(session: AsyncSession, email: str, password: str) -> SignedIn:
    """A new session for an e-mail address and password; what is wrong with them is not said.

    Raises Unauthenticated. An unknown address takes as long as a wrong password.
    """
    try:
        address = text.optional("email", email, 254)
    except InvalidInput:
        address = None
    account = await session.scalar(sa.select(Account).where(Account.email == (address or "").lower()))
    nobody = await asyncio.to_thread(_nobody)
    known = account.password_hash if account is not None and account.active else nobody
    async with _hashing:
        right = await asyncio.to_thread(
            _hasher.verify, password[:PASSWORD_MOST].encode("utf-8", "surrogatepass"), known
        )
    if account is None or not account.active or not right:
        raise Unauthenticated("bad_credentials")
    now = datetime.now(UTC)
    token = new_token(SESSION_PREFIX)
    account.last_signed_in_at = now
    session.add(
        StaffSession(account_id=account.id, token_hash=token_hash(token), expires_at=now + SESSION_LENGTH)
    )
    await session.flush()
    return SignedIn(account, token, now + SESSION_LENGTH)


async def sign_out(session: AsyncSession, token: str) -> None:
    """Revokes the session of a token; whoever still holds it is nobody from now on."""
    await session.execute(
        sa.update(StaffSession)
        .where(StaffSession.token_hash == token_hash(token), StaffSession.revoked_at.is_(None))
        .values(revoked_at=sa.func.now())
    )


async def sign_out_everywhere(session: AsyncSession, account_id: UUID) -> None:
    """Revokes every session of an account."""
    await session.execute(
        sa.update(StaffSession)
        .where(StaffSession.account_id == account_id, StaffSession.revoked_at.is_(None))
        .values(revoked_at=sa.func.now())
    )


async def actor_of_token(session: AsyncSession, token: str) -> Actor | None:
    """Whom a bearer token stands for: a staff session or an API key; None where it is not valid now."""
    if token.startswith(CLIENT_PREFIX):
        client = await session.scalar(
            sa.select(ApiClient).where(
                ApiClient.key_hash == token_hash(token), ApiClient.revoked_at.is_(None)
            )
        )
        if client is None:
            return None
        scopes = frozenset(ClientScope(scope) for scope in client.scopes)
        return Actor(ViewerKind.CLIENT, client.id, client.name, scopes=scopes)
    account = await session.scalar(
        sa.select(Account)
        .join(StaffSession, StaffSession.account_id == Account.id)
        .where(
            StaffSession.token_hash == token_hash(token),
            StaffSession.revoked_at.is_(None),
            StaffSession.expires_at > sa.func.now(),
            Account.active,
        )
    )
    return None if account is None else actor_of(account)
