"""Is no letter lost, and none sent as another one, when a real worker is killed in the middle?"""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from tests.mailroom import Hold, mailroom
from tests.service import Service
from tests.steps import done
from tests.worker.processes import make_due, until, workers

ANI = "ani@contoh.id"
SENDS = "send-letters"


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def test_a_worker_that_is_killed_before_it_wrote_down_what_it_sent_sends_the_same_again(
    service: Service, database_url: str, connection: "asyncpg.Connection[Any]"
) -> None:
    async with mailroom() as room:
        await connection.execute("INSERT INTO feed_position VALUES ('reporter-news', '0', 0)")
        made = await service.submitted(reporterEmail=ANI)
        await done(service, await service.office(), "complaintVerify", made["trackingCode"])
        room.hold = hold = Hold()
        await make_due(connection, SENDS)
        with workers(database_url, 1, **room.variables()) as [worker]:
            await hold.reached.wait()
            worker.kill()
            worker.communicate()
        hold.released.set()
        assert await connection.fetchval("SELECT ended_at IS NULL AND attempts = 1 FROM letter")
        # Nobody else takes it while it may still be under way.
        assert await connection.fetchval("SELECT next_attempt_at > now() + interval '3 minutes' FROM letter")
        await connection.execute("UPDATE letter SET next_attempt_at = now()")
        await make_due(connection, SENDS)
        with workers(database_url, 1, **room.variables()):
            await until(connection, "count(*) = 1 FROM letter WHERE outcome = 'SENT' AND attempts = 2")
        assert len({letter.message["Message-ID"] for letter in room.to(ANI)}) == 1
        assert len(room.letters) == 2
