"""What does the checkup say of reports that nobody might notice: are people reminded, and of all of them?"""

from datetime import datetime, timedelta
from typing import Any

import asyncpg

from api.cli.finding import Finding, State, fine
from api.worker.jobs import SEND_REMINDERS
from domain.calendar import JAKARTA, Calendar
from domain.reminding.hours import hours_at

LATE = timedelta(minutes=30)
_OPEN = "c.status IN ('SUBMITTED', 'ON_HOLD', 'VERIFIED', 'DISPATCHED', 'IN_PROGRESS', 'ANSWERED')"
_UNTIMED = f"""
SELECT count(*) FROM complaint c
 WHERE {_OPEN} AND NOT EXISTS (SELECT FROM deadline d WHERE d.complaint_id = c.id AND d.ended_at IS NULL)
"""
_UNSTAFFED = f"""
SELECT count(*) AS number, string_agg(DISTINCT o.code, ', ' ORDER BY o.code) AS codes
  FROM complaint c JOIN opd o ON o.id = c.opd_id
 WHERE {_OPEN} AND NOT EXISTS (SELECT FROM account a WHERE a.opd_id = o.id AND a.active)
"""


async def reminder_findings(connection: "asyncpg.Connection[Any]", now: datetime) -> list[Finding]:
    """What there is to say of reminders."""
    found = [await _last_run(connection, now), await _untimed(connection)]
    unstaffed = await _unstaffed(connection)
    return found if unstaffed is None else [*found, unstaffed]


async def _last_run(connection: "asyncpg.Connection[Any]", now: datetime) -> Finding:
    """A worker that stopped is told of when people wait for its reminders, which it may be too late for."""
    last = await connection.fetchval(
        "SELECT max(last_run) FROM jobs.pgqueuer_schedules WHERE entrypoint = $1", SEND_REMINDERS
    )
    if last is None:
        return Finding(
            State.NOTE,
            "Reminders: no worker has run yet, so nobody is reminded of a deadline.",
            "Run `aduan worker` beside the service.",
        )
    told = f"Reminders: the worker last looked at {last.astimezone(JAKARTA):%Y-%m-%d %H:%M} WIB"
    holidays = [row["date"] for row in await connection.fetch("SELECT date FROM holiday")]
    if now - last > LATE and hours_at(Calendar(holidays), now) is not None:
        return Finding(
            State.WRONG,
            f"{told}, and nobody has been reminded of a deadline since.",
            "Start `aduan worker` again, and see in its log why it stopped.",
        )
    return fine(f"{told}.")


async def _untimed(connection: "asyncpg.Connection[Any]") -> Finding:
    number = await connection.fetchval(_UNTIMED)
    if number:
        return Finding(
            State.NOTE,
            f"Reports: open without a deadline that runs, so that nobody is reminded of them: {number}.",
            "Add the missing rules in the panel, and go through the open reports without a deadline there.",
        )
    return fine("Reports: each open one has a deadline that runs.")


async def _unstaffed(connection: "asyncpg.Connection[Any]") -> Finding | None:
    found = await connection.fetchrow(_UNSTAFFED)
    if found is None or not found["number"]:
        return None
    return Finding(
        State.NOTE,
        f"Reports: open at OPDs that have no officer: {found['number']} ({found['codes']}).",
        "Diskominfo is reminded instead; add officers with `aduan user create --role OFFICER --opd ...`.",
    )
