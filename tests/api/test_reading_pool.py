"""Statements that read share a few connections, which outlive errors and are replaced when they break."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from api import reading
from api.database import Database
from api.reading import ReadingPool
from tests.following import until

MINE = "SELECT pg_backend_pid()"


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[ReadingPool]:
    async with Database(database_url, size=2, read_seconds=1).open() as opened:
        yield opened


async def test_statements_wait_for_a_connection(pool: ReadingPool) -> None:
    found = await asyncio.gather(
        *(pool.fetchval("SELECT pg_backend_pid(), pg_sleep(0.02)") for _ in range(9))
    )
    assert len(set(found)) == 2
    rows = await pool.fetch("SELECT n FROM generate_series(1, $1::int) n", 3)
    assert [row["n"] for row in rows] == [1, 2, 3]


async def test_it_only_reads(pool: ReadingPool) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await pool.fetchval("DELETE FROM opd")


async def test_an_error_leaves_the_connection_to_the_next(pool: ReadingPool) -> None:
    before = await pool.fetchval(MINE)
    for statement, values in (("SELECT 1/0", ()), ("SELECT $1::int", ("x",)), ("nonsense", ())):
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
            await pool.fetchval(statement, *values)
    with pytest.raises(asyncpg.QueryCanceledError):
        await pool.fetchval("SELECT pg_sleep(3)")
    assert await pool.fetchval(MINE) == before


async def test_an_interrupted_statement_takes_its_connection_along(pool: ReadingPool) -> None:
    before = await pool.fetchval(MINE)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await pool.fetchval("SELECT pg_sleep(3)")
    after = {await pool.fetchval(MINE) for _ in range(5)}
    assert before not in after
    assert len(after) == 1


async def test_a_broken_connection_is_replaced(pool: ReadingPool, database_url: str) -> None:
    before = await pool.fetchval(MINE)
    other = await asyncpg.connect(database_url)
    [idle] = pool._idle
    await other.execute("SELECT pg_terminate_backend($1)", before)
    await other.close()
    await until(idle.is_closed)
    assert await pool.fetchval(MINE) != before


async def test_who_waits_too_long_is_told(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PATIENCE_SECONDS", 0.1)
    holder = await asyncpg.connect(database_url)
    await holder.execute("SELECT pg_advisory_lock(7)")
    async with Database(database_url, size=2).open() as pool:
        # Both connections are in use for as long as the test wants.
        slow = [asyncio.create_task(pool.fetchval("SELECT pg_advisory_lock_shared(7)")) for _ in range(2)]
        await until(lambda: len(pool._all) == 2)
        with pytest.raises(TimeoutError):
            await pool.fetchval("SELECT 1")
        await holder.execute("SELECT pg_advisory_unlock(7)")
        await asyncio.gather(*slow)
        assert await pool.fetchval("SELECT 1") == 1
    await holder.close()


async def test_closing_leaves_no_connection(database_url: str) -> None:
    async with Database(database_url, size=3).open() as pool:
        await asyncio.gather(*(pool.fetchval("SELECT pg_sleep(0.05)") for _ in range(3)))
        cut_off = asyncio.create_task(pool.fetchval("SELECT pg_sleep(5)"))
        await asyncio.sleep(0.1)  # it is under way, whether it has come to the server or not
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await cut_off
    other = await asyncpg.connect(database_url)
    left = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    for _ in range(300):
        if await other.fetchval(left) == 0:
            break
        await asyncio.sleep(0.1)
    assert await other.fetchval(left) == 0
    await other.close()
