"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for when it is lost.

A code counts once. The app's secret is sealed by the vault; of recovery codes a digest is kept.
"""

import hmac
import re
import secrets
import time
from base64 import b32encode

import pyotp
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import sessions
from domain.errors import InvalidInput
from domain.model.people import Account, RecoveryCode
from domain.secrecy import Vault, token_hash

ISSUER = "Aduan Cilegon"
PURPOSE = "second-factor"
SECONDS = 30
CODES = 10
_APART = (-1, 0, 1)
"""A clock may be half a minute wrong, and typing takes its time."""


def begin(vault: Vault, account: Account) -> None:
    """A new secret, which counts once a code of it has confirmed that an app has it."""
    account.totp_secret = vault.seal(pyotp.random_base32(), PURPOSE)
    account.totp_confirmed_at = account.totp_last_step = None


def address_of(vault: Vault, account: Account) -> str:
    """What an app reads as a QR code (`otpauth://...`)."""
    return _app(vault, account).provisioning_uri(name=account.email, issuer_name=ISSUER)


def secret_of(vault: Vault, account: Account) -> str:
    """The secret, to be typed where no camera is at hand."""
    assert account.totp_secret is not None
    return vault.unseal(account.totp_secret, PURPOSE)


def _app(vault: Vault, account: Account) -> pyotp.TOTP:
    return pyotp.TOTP(secret_of(vault, account), interval=SECONDS)


async def confirm(session: AsyncSession, vault: Vault, account: Account, code: str) -> list[str]:
    """Turns the second factor on; its recovery codes are shown once. Raises InvalidInput for a wrong code."""
    if account.totp_secret is None or not _is_new_code(vault, account, _plain(code)):
        raise InvalidInput("wrong_code", field="code")
    account.totp_confirmed_at = sa.func.now()
    return await new_recovery_codes(session, account)


async def new_recovery_codes(session: AsyncSession, account: Account) -> list[str]:
    """Ten new recovery codes, in place of those there were."""
    await session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(CODES)]
    session.add_all(RecoveryCode(account_id=account.id, code_hash=token_hash(code)) for code in codes)
    await session.flush()
    return ["-".join(re.findall("....", code)) for code in codes]


async def accepts(session: AsyncSession, vault: Vault, account: Account, code: str) -> bool:
    """Whether a code of the app, or a recovery code, is right and unused; now it is used.

    The account is locked: of two who send the same code at once, one comes in.
    """
    said = _plain(code)
    if re.fullmatch("[0-9]{6}", said):
        return _is_new_code(vault, account, said)
    used = await session.execute(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.code_hash == token_hash(said),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=sa.func.now())
        .returning(RecoveryCode.id)
    )
    return used.first() is not None


def _is_new_code(vault: Vault, account: Account, said: str) -> bool:
    app, now = _app(vault, account), int(time.time()) // SECONDS
    for step in (now + apart for apart in _APART):
        if hmac.compare_digest(app.generate_otp(step).encode(), said.encode()):
            if account.totp_last_step is not None and step <= account.totp_last_step:
                return False
            account.totp_last_step = step
            return True
    return False


async def turn_off(session: AsyncSession, account: Account) -> None:
    """The account signs in with its password alone; nothing of the second factor is kept."""
    account.totp_secret = account.totp_confirmed_at = account.totp_last_step = None
    await session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    await session.flush()


async def take_away(session: AsyncSession, account: Account) -> None:
    """Turned off by somebody else, for who has lost it: every session of the account ends."""
    await turn_off(session, account)
    await sessions.end_all(session, account.id)


async def codes_left(session: AsyncSession, account: Account) -> int:
    """How many recovery codes have not been used."""
    return (
        await session.scalar(
            sa.select(sa.func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
        )
    ) or 0


def _plain(code: str) -> str:
    """A code as it is kept, however it was typed."""
    return re.sub(r"[\s-]", "", code[:64]).lower()
