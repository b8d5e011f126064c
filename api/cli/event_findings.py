"""What does the checkup say of events: does an open transaction keep followers from hearing of them?"""

from typing import Any

import asyncpg

from api.cli.finding import Finding, State, fine

LONG_SECONDS = 30
_OLDEST = """
SELECT extract(epoch FROM now() - began)::int AS seconds, what, ended_by,
       EXISTS (SELECT FROM complaint_event WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())) AS holds
  FROM (SELECT xact_start AS began,
               'of ' || coalesce(nullif(application_name, ''), 'an unnamed program') AS what,
               format('SELECT pg_terminate_backend(%s)', pid) AS ended_by
          FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
        UNION ALL
        SELECT prepared, 'that was prepared for two phases', format('ROLLBACK PREPARED %L', gid)
          FROM pg_prepared_xacts) AS writing
 ORDER BY began LIMIT 1
"""


async def event_findings(connection: "asyncpg.Connection[Any]") -> list[Finding]:
    """What there is to say of the horizon: any database of the server can hold it back."""
    oldest = await connection.fetchrow(_OLDEST)
    if oldest is None or oldest["seconds"] is None or oldest["seconds"] < LONG_SECONDS:
        return [fine("Events: no open transaction holds them back.")]
    return [
        Finding(
            State.WRONG if oldest["holds"] else State.NOTE,
            f"Events: a transaction {oldest['what']} that is open for {oldest['seconds']} s holds back those"
            " that are committed after it began.",
            f"Let it end, or end it: {oldest['ended_by']};",
        )
    ]
