"""Twenty writers whose transactions take long and end in any order, beside one who follows: all, in order."""

import asyncio
import random

import asyncpg
import sqlalchemy as sa

from tests.following import event, listening, socket, subscribe
from tests.lost.clients import FULL
from tests.service import Service

EACH = 50 if FULL else 6
WRITE = """INSERT INTO complaint_event
             (type, complaint_id, complaint_version, to_status, audience, occurred_at)
           SELECT 'ACTION_ADDED', id, $1::int, status, 'STAFF', now()
             FROM complaint WHERE tracking_code = $2"""
SHORT = "subscription { complaintEvents { trackingCode cursor } }"


async def test_slow_transactions_are_all_told_of_in_order(service: Service, database_url: str) -> None:
    dice = random.Random(5)
    codes = [(await service.submitted(f"slow-{n}"))["trackingCode"] for n in range(20)]
    async with socket(service.socket_url, await service.office()) as follower:
        await subscribe(follower, SHORT)
        await listening(service)

        async def write(code: str) -> None:
            for number in range(EACH):
                connection = await asyncpg.connect(database_url)
                async with connection.transaction():
                    # Numbered here, and its event below: the one order is not the other.
                    await connection.execute("SELECT pg_current_xact_id()")
                    await asyncio.sleep(dice.random() / 20)
                    await connection.execute(WRITE, 100 + number, code)
                    await asyncio.sleep(dice.random() / 5)
                await connection.close()

        writing = asyncio.gather(*(write(code) for code in codes))
        heard = [(await event(follower, 30))["trackingCode"] for _ in range(20 * EACH)]
        await writing
    async with service.database.write() as session:
        rows = await session.execute(
            sa.text(
                """SELECT tracking_code FROM complaint_event JOIN complaint ON complaint.id = complaint_id
                    WHERE type = 'ACTION_ADDED' ORDER BY xid, complaint_event.id"""
            )
        )
        assert heard == list(rows.scalars())
