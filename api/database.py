"""How the service reaches PostgreSQL: sessions that write, and a pool that can only read."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from api.reading import ReadingPool
from domain.actor import Actor
from domain.attachments.rules import Rules, session_info
from domain.auditing.who import acts_for
from domain.model import tables  # noqa: F401 - a session can write only where every table is known
from domain.outage import DatabaseAway

OLDEST_SERVER = 15
LONGEST_STATEMENT = 1_000_000
"""Characters of a statement that is kept planned."""
_SETTINGS = {
    "application_name": "aduan",
    "timezone": "UTC",
    "jit": "off",
    "statement_timeout": "30s",
    "lock_timeout": "15s",
    # An open transaction that has written holds back every reader of the events.
    "idle_in_transaction_session_timeout": "60s",
}


def asyncpg_dsn(url: str) -> str:
    """A PostgreSQL address as asyncpg reads it, whatever dialect of it the operator wrote."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.partition("+")[0] not in ("postgres", "postgresql"):
        raise ValueError("a database address starts with postgresql://")
    return f"postgresql://{rest}"


def without_password(url: str) -> str:
    """The address for people to read."""
    return make_url(asyncpg_dsn(url)).render_as_string(hide_password=True)


async def connect(dsn: str, **settings: str) -> "asyncpg.Connection[Any]":
    """One connection with the service's settings."""
    return await asyncpg.connect(asyncpg_dsn(dsn), server_settings=_SETTINGS | settings, timeout=10)


@contextmanager
def reaching() -> Iterator[None]:
    """Says of whatever keeps a connection from being made that the database is away. Raises DatabaseAway."""
    try:
        yield
    except (OSError, TimeoutError) as error:
        raise DatabaseAway(type(error).__name__) from error


class Database:
    """One PostgreSQL database: `write()` gives a session in a transaction, `open()` the reading pool."""

    def __init__(
        self, url: str, size: int = 10, *, read_seconds: int = 5, attachments: Rules | None = None
    ) -> None:
        """Opens nothing yet; `size` is the number of connections of each pool.

        A statement that only reads is ended after `read_seconds`. The sessions know the rules of attachments.
        """
        self.url = asyncpg_dsn(url)
        self._size = size
        self._read_seconds = read_seconds
        self.engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self._connect_to_write,
            pool_size=size,
            max_overflow=0,
            pool_timeout=20,
            pool_pre_ping=True,
            hide_parameters=True,  # an error must not carry what a citizen wrote into the log
        )
        # What is half changed is not written because something else is read: `flush` says when.
        self.sessions = async_sessionmaker(
            self.engine, expire_on_commit=False, autoflush=False, info=session_info(attachments or Rules())
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[ReadingPool]:
        """The reading pool, for as long as the block lasts; then every connection is closed."""
        reads = ReadingPool(self._connect_to_read, self._size)
        try:
            await reads.fetchval("SELECT 1")  # the start fails here where there is no database
            yield reads
        finally:
            await reads.close()
            await self.close()

    async def _connect_to_read(self) -> "asyncpg.Connection[Any]":
        with reaching():
            return await asyncpg.connect(
                self.url,
                timeout=10,
                # A long statement takes longest to plan: the driver would plan those anew each time.
                max_cacheable_statement_size=LONGEST_STATEMENT,
                # The server's own timeout comes first, and says so.
                command_timeout=self._read_seconds + 5,
                server_settings=_SETTINGS
                | {"default_transaction_read_only": "on", "statement_timeout": f"{self._read_seconds}s"},
            )

    async def _connect_to_write(self) -> "asyncpg.Connection[Any]":
        with reaching():
            return await connect(self.url)

    @asynccontextmanager
    async def write(self, by: Actor | str | None = None) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed once, when the block ends well.

        Whoever changes something says `by` whom: an actor, or a command as `domain.auditing.who` names it.
        """
        async with self.sessions() as session, session.begin():
            if by is not None:
                await acts_for(session, by)
            yield session

    async def close(self) -> None:
        """Closes the connections of the sessions."""
        await self.engine.dispose()
