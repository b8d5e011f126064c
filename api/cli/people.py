"""How are accounts of staff and keys of API clients made: `aduan user create` and `client create`?"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from api.cli.terminal import say
from api.database import Database
from api.service_database import open_database, require_server
from api.settings import settings
from domain import accounts, clients
from domain.words import ClientScope, StaffRole

Result = TypeVar("Result")


def create_user(*, email: str, name: str, role: StaffRole, opd: str | None, password: str) -> None:
    """`aduan user create`."""

    async def create(session: AsyncSession) -> str:
        account = await accounts.create(
            session, email=email, name=name, role=role, opd_code=opd, password=password
        )
        return account.email

    say(f"Account created: {_with_session(create)} ({role.value}).")


def create_client(*, name: str, scopes: Sequence[ClientScope]) -> None:
    """`aduan client create`."""

    async def create(session: AsyncSession) -> str:
        _, key = await clients.create(session, name=name, scopes=scopes)
        return key

    key = _with_session(create)
    say(f"API client created: {name}. Its key is shown only now; keep it safe:")
    say(key)


def _with_session(work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    with open_database(settings(), say) as url:
        return asyncio.run(_in_transaction(url, work))


async def _in_transaction(url: str, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    await require_server(url)
    database = Database(url, size=2)
    try:
        async with database.write() as session:
            return await work(session)
    finally:
        await database.close()
