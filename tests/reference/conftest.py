"""What do these tests share? For each process of the run, a database of made-up rows and both sides on it."""

import asyncio
from collections.abc import Iterator

import asyncpg
import pytest

from api.database import Database
from tests.databases import Clones
from tests.reference.learning import learn
from tests.reference.made_data import make
from tests.reference.sides import Sides
from tests.reference.world import load_world
from tests.service import VAULT


async def _made(url: str) -> Sides:
    database = Database(url, size=1)
    try:
        made = await make(database, VAULT)
        async with database.write() as session:
            world = await load_world(session)
    finally:
        await database.close()
    await _wait_for_events(url)
    sides = Sides(url, world, made.tokens)
    async with sides.opened() as both:
        await learn(both)
    return sides


async def _wait_for_events(url: str) -> None:
    """Events are shown once no transaction of the server, of any test, is older."""
    connection = await asyncpg.connect(url)
    try:
        waiting = (
            "SELECT EXISTS (SELECT FROM complaint_event WHERE xid >= pg_snapshot_xmin(pg_current_snapshot()))"
        )
        while await connection.fetchval(waiting):  # noqa: ASYNC110 - PostgreSQL has nothing to wait for
            await asyncio.sleep(0.05)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def sides(clones: Clones) -> Iterator[Sides]:
    url = clones.create()
    yield asyncio.run(_made(url))
    clones.drop(url)
