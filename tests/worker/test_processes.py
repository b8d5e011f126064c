"""Do real workers do what is due once, beside each other, and stop in order?"""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from pgqueuer import AsyncpgDriver, Queries
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment

from api.worker.run import job_tables
from tests.service import Service
from tests.steps import answered, shift
from tests.worker.processes import make_due, until, workers


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def test_the_migrations_made_the_tables_that_the_library_wants(
    connection: "asyncpg.Connection[Any]",
) -> None:
    queries = Queries(AsyncpgDriver(connection), QueryBuilderEnvironment(job_tables()))
    plan = await queries.plan_upgrade()
    assert (plan.statements, plan.notes) == ((), ())


async def test_two_workers_complete_each_unanswered_report_once(
    service: Service, database_url: str, connection: "asyncpg.Connection[Any]"
) -> None:
    codes = [(await answered(service, f"n{number}"))["trackingCode"] for number in range(6)]
    for code in codes[:5]:
        await shift(service, code, 40)
    await make_due(connection, "complete-unanswered")
    with workers(database_url, 2):
        await until(connection, "count(*) = 5 FROM complaint WHERE status = 'COMPLETED'")
    told = await connection.fetch(
        "SELECT c.tracking_code, count(*) AS number FROM complaint_event e"
        " JOIN complaint c ON c.id = e.complaint_id WHERE e.type = 'COMPLETED' GROUP BY 1"
    )
    assert {row["tracking_code"]: row["number"] for row in told} == dict.fromkeys(codes[:5], 1)
    schedule = await connection.fetchrow(
        "SELECT status, last_run FROM jobs.pgqueuer_schedules WHERE entrypoint = 'complete-unanswered'"
    )
    assert schedule is not None
    assert schedule["status"] == "queued"
    assert schedule["last_run"] is not None
