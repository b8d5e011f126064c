"""How are statements run that only read? On a few connections, with as little around them as there can be.

A statement that reads needs no transaction and leaves nothing behind, so the next one may have its connection
as it is. asyncpg's own pool does three times the work of the statement itself: a task, a proxy and a reset.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

PATIENCE_SECONDS = 10
"""How long a statement waits for a connection before it fails."""


class ReadingPool:
    """Up to `size` connections, made when they are needed, kept until the end or until they break."""

    def __init__(self, connect: "Callable[[], Awaitable[asyncpg.Connection[Any]]]", size: int) -> None:
        self._connect = connect
        self._room = asyncio.Semaphore(size)
        self._idle: list[asyncpg.Connection[Any]] = []
        self._all: set[asyncpg.Connection[Any]] = set()

    async def fetchval(self, query: str, *values: Any) -> Any:
        """The first value of a statement's first row, None where there is no row."""
        return await self._run(asyncpg.Connection.fetchval, query, values)

    async def fetch(self, query: str, *values: Any) -> list[Any]:
        """A statement's rows."""
        found: list[Any] = await self._run(asyncpg.Connection.fetch, query, values)
        return found

    async def _run(self, method: Callable[..., Awaitable[Any]], query: str, values: tuple[Any, ...]) -> Any:
        if self._room.locked():
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._room.acquire()
        else:
            await self._room.acquire()
        try:
            connection = self._take() or await self._new()
            try:
                found = await method(connection, query, *values)
            except (asyncpg.PostgresError, asyncpg.InterfaceError):
                self._give_back(connection)
                raise
            except BaseException:
                # Interrupted, perhaps in the middle of an answer: it is of no use to the next one.
                self._all.discard(connection)
                connection.terminate()
                raise
            self._give_back(connection)
            return found
        finally:
            self._room.release()

    async def _new(self) -> "asyncpg.Connection[Any]":
        connection = await self._connect()
        self._all.add(connection)
        return connection

    def _take(self) -> "asyncpg.Connection[Any] | None":
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._all.discard(connection)
        return None

    def _give_back(self, connection: "asyncpg.Connection[Any]") -> None:
        if connection.is_closed():
            self._all.discard(connection)
        else:
            self._idle.append(connection)

    async def close(self) -> None:
        """Closes every connection; one that is still used is cut off."""
        for connection in tuple(self._all):
            if connection in self._idle:
                await connection.close(timeout=5)
            else:
                connection.terminate()
        self._all.clear()
        self._idle.clear()
