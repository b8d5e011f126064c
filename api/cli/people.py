"""How are accounts of staff and keys of API clients kept: `aduan user ...` and `aduan client ...`?"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from api.cli.on_database import on_database
from api.cli.terminal import say
from api.database import Database
from api.secret_keys import vault_of
from api.settings import settings
from domain import accounts, clients, passwords, second_factor, throttle
from domain.actor import Rates
from domain.auditing.who import command
from domain.words import ClientScope, PasswordStanding, StaffRole

Result = TypeVar("Result")


def create_user(*, email: str, name: str, role: StaffRole, opd: str | None, password: str | None) -> None:
    """`aduan user create`: with the given password, or one that is made up and shown once."""
    typed = password or passwords.temporary()
    standing = PasswordStanding.OWN if password else PasswordStanding.GIVEN

    async def create(session: AsyncSession) -> str:
        account = await accounts.create(
            session, email=email, name=name, role=role, opd_code=opd, password=typed, standing=standing
        )
        return account.email

    say(f"Account created: {_with_session('user create', create)} ({role.value}).")
    if password is None:
        say("Its password is shown only now, and must be changed in the panel at its first use:")
        say(typed)


def set_user_password(*, email: str, password: str | None) -> None:
    """`aduan user password`: the given one, or one that is made up and shown once."""

    async def change(session: AsyncSession) -> str | None:
        account = await accounts.by_email(session, email)
        if password is None:
            return await accounts.give_temporary_password(session, account)
        await accounts.set_password(session, account, password, PasswordStanding.OWN)
        return None

    made = _with_session("user password", change)
    say("The password is changed, and every session of the account has ended.")
    if made is not None:
        say("It is shown only now, and must be changed in the panel at its first use:")
        say(made)


def unlock_user(*, email: str | None, address: str | None) -> None:
    """`aduan user unlock`."""
    vault = vault_of(settings())

    async def unlock(session: AsyncSession) -> None:
        if email is not None:
            account = await accounts.by_email(session, email)
            await throttle.forgive_account(session, vault, account.email)
        if address is not None:
            await throttle.forgive_address(session, vault, address)

    _with_session("user unlock", unlock)
    say("Signing in may be tried again at once.")


def turn_off_second_factor(*, email: str) -> None:
    """`aduan user totp-reset`."""

    async def turn_off(session: AsyncSession) -> None:
        await second_factor.take_away(session, await accounts.by_email(session, email))

    _with_session("user totp-reset", turn_off)
    say("The account signs in with its password alone, and every session of it has ended.")


def create_client(*, name: str, scopes: Sequence[ClientScope], rates: Rates) -> None:
    """`aduan client create`."""

    async def create(session: AsyncSession) -> str:
        _, key = await clients.create(session, name=name, scopes=scopes, rates=rates)
        return key

    key = _with_session("client create", create)
    say(f"API client created: {name}. Its key is shown only now; keep it safe:")
    say(key)


def revoke_client(*, name: str) -> None:
    """`aduan client revoke`."""

    async def revoke(session: AsyncSession) -> None:
        await clients.revoke(session, await clients.by_name(session, name))

    _with_session("client revoke", revoke)
    say(f"The key of {name} opens nothing any more.")


def _with_session(name: str, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    async def in_transaction(database: Database) -> Result:
        async with database.write(command(name)) as session:
            return await work(session)

    return on_database(in_transaction)
