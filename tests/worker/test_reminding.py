"""Is each reminder told once, wherever a worker is killed and however many work?"""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from api.database import Database
from api.settings import Settings
from api.worker.reminding import forget_old, send_digests, send_reminders
from api.worker.tools import Tools
from domain.model.master import Opd
from domain.model.people import Account
from domain.words import StaffRole
from tests.moments import moment
from tests.reminding import hired, running, several_running
from tests.service import VAULT
from tests.worker.one_run import one_run
from tests.worker.processes import until

NOW = moment("2026-11-24T08:00")
OPDS, EACH = 8, 25
TOLD = """SELECT d.id, count(DISTINCT r.id) AS reminders, count(n.id) AS notices
            FROM deadline d LEFT JOIN reminder r ON r.deadline_id = d.id
            LEFT JOIN notice n ON n.reminder_id = r.id GROUP BY d.id"""


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def due_today(url: str) -> list[str]:
    """Two hundred deadlines at eight OPDs of two officers; an officer's key of each, in the order told."""
    database = Database(url, size=1)
    async with database.write() as session:
        codes = (await session.scalars(sa.select(Opd.code).order_by(Opd.id).limit(OPDS))).all()
        for code in codes:
            for _ in range(2):
                await hired(session, StaffRole.OFFICER, code)
            await several_running(session, EACH, "2026-11-24", code)
        officers = await session.scalars(
            sa.select(sa.func.min(sa.cast(Account.id, sa.Text())))
            .group_by(Account.opd_id)
            .order_by(Account.opd_id)
        )
        found = [str(key) for key in officers]
    await database.close()
    return found


async def test_a_kill_in_the_middle_and_two_workers_after_it_tell_each_once(
    database_url: str, connection: "asyncpg.Connection[Any]"
) -> None:
    officers = await due_today(database_url)
    # The worker comes to a halt at the fourth OPD: its reminders are written, and who is told of them is not.
    halt = connection.transaction()
    await halt.start()
    await connection.execute("SELECT FROM account WHERE id = $1 FOR UPDATE", officers[3])
    watcher = await asyncpg.connect(database_url)
    process = subprocess.Popen([sys.executable, "-m", "tests.worker.one_run", database_url, NOW.isoformat()])
    await until(
        watcher,
        "EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        " AND datname = current_database() AND query LIKE 'INSERT INTO notice%')",
    )
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    after = [await watcher.fetchval(f"SELECT count(*) FROM {table}") for table in ("reminder", "notice")]
    assert after == [3 * EACH, 3 * EACH * 2]
    await halt.rollback()
    await until(
        watcher,
        "NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'aduan')",
    )
    told = await asyncio.gather(*(one_run(database_url, NOW) for _ in range(2)))
    assert sum(told) == 5 * EACH + OPDS
    rows = await watcher.fetch(TOLD)
    assert [(row["reminders"], row["notices"]) for row in rows] == [(1, 2)] * (OPDS * EACH)
    made = await watcher.fetch(
        "SELECT count(DISTINCT g.id) AS digests, count(n.id) AS notices FROM digest g"
        " JOIN notice n ON n.digest_id = g.id GROUP BY g.opd_id"
    )
    assert [(row["digests"], row["notices"]) for row in made] == [(1, 2)] * OPDS
    letters = await watcher.fetch("SELECT kind, account_id, count(*) AS number FROM letter GROUP BY 1, 2")
    assert [row["number"] for row in letters] == [1] * (2 * 2 * OPDS)
    assert await one_run(database_url, NOW) == 0
    await watcher.close()


async def test_what_is_being_worked_on_is_told_in_the_next_run(
    database_url: str, connection: "asyncpg.Connection[Any]"
) -> None:
    database = Database(database_url, size=2)
    tools = Tools(database.write, VAULT, Settings())
    async with database.write() as session:
        await hired(session, StaffRole.OFFICER, "DPUPR")
        busy = await running(session, "2026-11-24")
        await running(session, "2026-11-24")
    step = connection.transaction()
    await step.start()
    await connection.execute("SELECT FROM complaint WHERE id = $1 FOR UPDATE", busy.complaint_id)
    assert await send_reminders(tools, NOW) == 1
    await connection.execute("UPDATE deadline SET ended_at = now() WHERE id = $1", busy.id)
    await step.commit()
    assert await send_reminders(tools, NOW) == 0
    # At night nothing is told; what was told long ago goes, and so do failures to sign in.
    assert await send_digests(tools, moment("2026-11-24T20:00")) == 0
    await connection.execute(
        "INSERT INTO sign_in_attempt (account_key, at)"
        " VALUES ('a', now() - interval '31 minutes'), ('b', now())"
    )
    assert await forget_old(tools, moment("2027-03-24T20:00")) == 1
    assert await connection.fetchval("SELECT count(*) FROM sign_in_attempt") == 1
    await database.close()
