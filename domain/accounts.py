"""Staff accounts: how they are made and changed, and how their passwords are set."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain import lookup, passwords, sessions, text
from domain.actor import Actor
from domain.errors import InvalidInput
from domain.model.people import Account, StaffSession
from domain.uniqueness import add_unique
from domain.words import PasswordStanding, StaffRole, ViewerKind


def actor_of(account: Account) -> Actor:
    """The account's person as an actor."""
    return Actor(ViewerKind(account.role), account.id, account.name, account.email, account.opd_id)


async def create(
    session: AsyncSession,
    *,
    email: str,
    name: str,
    role: StaffRole,
    opd_code: str | None,
    password: str,
    standing: PasswordStanding = PasswordStanding.OWN,
) -> Account:
    """Adds an account. An OFFICER has an OPD, nobody else has. Raises InvalidInput."""
    address = text.email("email", email)
    if address is None:
        raise InvalidInput("required", field="email")
    if await session.scalar(sa.select(Account.id).where(Account.email == address)):
        raise InvalidInput("email_taken", field="email")
    opd = await lookup.opd(session, opd_code, "opd")
    require_opd_of_role(role, has_opd=opd is not None)
    called = text.required("name", name, 200)
    passwords.check(password, name=called, email=address)
    account = Account(
        email=address,
        name=called,
        role=role,
        opd_id=opd and opd.id,
        password_hash=await passwords.hashed(password),
        password_standing=standing,
    )
    await add_unique(session, account, InvalidInput("email_taken", field="email"))
    return account


def require_opd_of_role(role: StaffRole, *, has_opd: bool) -> None:
    """Officers work for an OPD, and nobody else does."""
    if role is StaffRole.OFFICER and not has_opd:
        raise InvalidInput("officer_needs_opd", field="opd")
    if role is not StaffRole.OFFICER and has_opd:
        raise InvalidInput("only_officer_has_opd", field="opd")


async def by_email(session: AsyncSession, email: str) -> Account:
    """The account, locked. Raises InvalidInput where there is none."""
    found: Account | None = await session.scalar(
        sa.select(Account).where(Account.email == email.strip().lower()).with_for_update()
    )
    if found is None:
        raise InvalidInput("unknown_account", field="email")
    return found


async def set_password(
    session: AsyncSession, account: Account, password: str, standing: PasswordStanding
) -> None:
    """Another password; every session of the account ends. Raises InvalidInput for one that is no good."""
    passwords.check(password, name=account.name, email=account.email)
    account.password_hash = await passwords.hashed(password)
    account.password_standing = standing
    await sessions.end_all(session, account.id)


async def give_temporary_password(session: AsyncSession, account: Account) -> str:
    """A password made up for somebody who has lost theirs: shown once, and to be changed at its first use."""
    password = passwords.temporary()
    await set_password(session, account, password, PasswordStanding.GIVEN)
    return password


async def change_own_password(
    session: AsyncSession, account: Account, present: str, wanted: str, keep: StaffSession
) -> None:
    """Somebody gives themselves another password; of their sessions the one they do it in stays."""
    if not await passwords.matches(present, account.password_hash):
        raise InvalidInput("password_wrong", field="present")
    if present == wanted:
        raise InvalidInput("password_same", field="password")
    passwords.check(wanted, name=account.name, email=account.email)
    account.password_hash = await passwords.hashed(wanted)
    account.password_standing = PasswordStanding.OWN
    await sessions.end_all(session, account.id, but=keep.id)
