"""Does the checkup tell of a worker that has stopped, and of reports that nobody is reminded of?"""

import asyncpg
import sqlalchemy as sa

from api.cli.finding import Finding, State
from api.cli.reminder_findings import reminder_findings
from api.database import Database
from domain.model.complaint import Deadline
from domain.words import StaffRole
from tests.moments import moment
from tests.reminding import hired, running


async def found(url: str, at: str) -> list[Finding]:
    connection = await asyncpg.connect(url)
    try:
        return await reminder_findings(connection, moment(at))
    finally:
        await connection.close()


async def test_a_worker_that_stopped_and_what_nobody_is_reminded_of_are_told(database_url: str) -> None:
    database = Database(database_url, size=1)
    never, timed = await found(database_url, "2026-11-24T09:00")
    assert (never.state, timed.state) == (State.NOTE, State.FINE)
    assert "no worker has run yet" in never.matter
    async with database.write() as session:
        await session.execute(
            sa.text(
                "INSERT INTO jobs.pgqueuer_schedules (expression, entrypoint, last_run)"
                " VALUES ('*/5 * * * *', 'send-reminders', :at)"
            ),
            {"at": moment("2026-11-24T08:30")},
        )
        ended = await running(session, "2026-11-24", "DLH")
        await running(session, "2026-11-24", "DPUPR")
        await session.execute(
            sa.update(Deadline).where(Deadline.id == ended.id).values(ended_at=ended.due_at)
        )
        await hired(session, StaffRole.OFFICER, "DPUPR")
        await hired(session, StaffRole.OFFICER, "DLH", active=False)
    await database.close()
    for at, state in (
        ("2026-11-24T09:00", State.FINE),
        ("2026-11-24T09:01", State.WRONG),
        ("2026-11-24T18:00", State.FINE),
        ("2026-11-25T08:00", State.WRONG),
        ("2026-11-28T10:00", State.FINE),
    ):
        last, untimed, unstaffed = await found(database_url, at)
        assert (at, last.state) == (at, state)
        assert last.matter.startswith("Reminders: the worker last looked at 2026-11-24 08:30 WIB")
        assert untimed.matter.endswith("nobody is reminded of them: 1.")
        assert unstaffed.matter == "Reports: open at OPDs that have no officer: 1 (DLH)."
