"""How does a command work on the database: reached, looked at first, and closed again?"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from api.cli.terminal import say
from api.database import Database
from api.service_database import open_database, require_server
from api.settings import settings

Result = TypeVar("Result")


def on_database(work: Callable[[Database], Awaitable[Result]]) -> Result:
    """What the work gives, on the database of the settings. Raises OperatorError where it cannot be used."""
    with open_database(settings(), say) as url:
        return asyncio.run(_on(url, work))


async def _on(url: str, work: Callable[[Database], Awaitable[Result]]) -> Result:
    await require_server(url)
    async with database_at(url) as database:
        return await work(database)


@asynccontextmanager
async def database_at(url: str) -> AsyncIterator[Database]:
    """The database at an address, whose connections are closed when the block ends."""
    database = Database(url, size=2)
    try:
        yield database
    finally:
        await database.close()
