"""How often may somebody try to sign in? Five failures lock an account for a while, twenty an address.

An attempt is written down before its password is looked at, one at a time for each account and address, and
taken back when it succeeds: however many try at once, in whatever process, no more than those are looked at.
Accounts and addresses are kept as keyed digests, whether there is such an account or not, and half an hour.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from domain.errors import Throttled
from domain.model.people import SignInAttempt
from domain.network import network_of
from domain.secrecy import Vault

OF_ACCOUNT = 5
OF_ADDRESS = 20
WITHIN = timedelta(minutes=15)
LOCKED = timedelta(minutes=15)
_NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class Tried:
    """Which account somebody tries, and from which address."""

    account_key: bytes
    address_key: bytes | None


def tried(vault: Vault, email: str, address: str | None) -> Tried:
    """The digests of an account's e-mail address and of a network address."""
    network = network_of(address)
    return Tried(
        _key(vault, "sign-in-account", email.strip().lower()),
        _key(vault, "sign-in-address", network) if network else None,
    )


def _key(vault: Vault, purpose: str, value: str) -> bytes:
    return hmac.digest(vault.derived(purpose), value.encode("utf-8", "surrogatepass"), "sha256")


async def begin(session: AsyncSession, by: Tried) -> int:
    """Writes an attempt down, for the caller to commit before it goes on. Raises Throttled."""
    await forget_old(session)
    of_account = (SignInAttempt.account_key, by.account_key, OF_ACCOUNT)
    of_address = (SignInAttempt.address_key, by.address_key, OF_ADDRESS)
    for column, key, most in (of_account, of_address):
        if key is None:
            continue
        number = int.from_bytes(key[:8], signed=True)
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))
        until = await _locked_until(session, column, key, most)
        if until is not None:
            raise Throttled(until)
    attempt = SignInAttempt(account_key=by.account_key, address_key=by.address_key)
    session.add(attempt)
    await session.flush()
    return attempt.id


async def _locked_until(
    session: AsyncSession, column: InstrumentedAttribute[Any], key: bytes, most: int
) -> datetime | None:
    """Until when the holder of a key is locked: for a while after the last of so many failures in a row."""
    found = (
        await session.execute(
            sa.select(SignInAttempt.at, _NOW)
            .where(column == key)
            .order_by(SignInAttempt.at.desc())
            .limit(most)
        )
    ).all()
    if len(found) < most:
        return None
    (last, now), (first, _) = found[0], found[-1]
    until: datetime = last + LOCKED
    return until if last - first < WITHIN and now < until else None


async def account_locked_until(session: AsyncSession, vault: Vault, email: str) -> datetime | None:
    """Until when an account takes no password; None where it does."""
    key = tried(vault, email, None).account_key
    return await _locked_until(session, SignInAttempt.account_key, key, OF_ACCOUNT)


async def take_back(session: AsyncSession, attempt: int) -> None:
    """An attempt that was no failure: the password was right, and something is missing yet."""
    await session.execute(sa.delete(SignInAttempt).where(SignInAttempt.id == attempt))


async def forgive(session: AsyncSession, by: Tried) -> None:
    """Forgets an account's failures, after a success or at an administrator's word."""
    await session.execute(sa.delete(SignInAttempt).where(SignInAttempt.account_key == by.account_key))


async def forgive_account(session: AsyncSession, vault: Vault, email: str) -> None:
    """Forgets an account's failures by its e-mail address."""
    await forgive(session, tried(vault, email, None))


async def forgive_address(session: AsyncSession, vault: Vault, address: str) -> int:
    """Forgets the failures from a network address; how many there were."""
    key = tried(vault, "", address).address_key
    done = await session.execute(
        sa.delete(SignInAttempt).where(SignInAttempt.address_key == key).returning(SignInAttempt.id)
    )
    return len(done.all())


async def forget_old(session: AsyncSession) -> None:
    """Attempts that lock nobody any more are not kept."""
    await session.execute(sa.delete(SignInAttempt).where(SignInAttempt.at < _NOW - (WITHIN + LOCKED)))
