"""What do the tests of e-mail share? A database, and a real mail server."""

from collections.abc import AsyncIterator

import pytest

from api.database import Database
from tests.mailroom import Mailroom, mailroom


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, size=4)
    yield opened
    await opened.close()


@pytest.fixture
async def room() -> AsyncIterator[Mailroom]:
    async with mailroom() as opened:
        yield opened
