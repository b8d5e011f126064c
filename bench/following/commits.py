"""How do the peers hear of a commit? By the product's NOTIFY."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg

from api.relay import CHANNEL

NEWEST = "SELECT coalesce(max(id), 0) FROM complaint_event"


async def news(connection: "asyncpg.Connection[Any]") -> AsyncIterator[None]:
    """Once as soon as it listens, then whenever something was committed."""
    told = asyncio.Event()
    await connection.add_listener(CHANNEL, lambda *_: told.set())
    while True:
        yield
        await told.wait()
        told.clear()
