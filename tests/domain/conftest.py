"""What do the tests of the rules share? A transaction in a database of their own."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.database import Database


@pytest.fixture
async def session(database_url: str) -> AsyncIterator[AsyncSession]:
    database = Database(database_url, size=1)
    async with database.write() as session:
        yield session
    await database.close()
