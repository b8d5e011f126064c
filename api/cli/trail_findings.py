"""What does the checkup say of the audit trail: can its rows be changed, and are they sealed in time?"""

from typing import Any

import asyncpg

from api.cli.finding import Finding, State, fine
from api.settings import settings

_MAY_CHANGE = """
SELECT pg_has_role(relowner, 'USAGE') OR has_table_privilege(oid, 'INSERT')
       OR has_table_privilege(oid, 'UPDATE') OR has_table_privilege(oid, 'DELETE')
  FROM pg_class WHERE oid = 'audit_entry'::regclass
"""
_LATE = """
SELECT count(*) FROM audit_entry AS e
 WHERE at < now() - interval '5 minutes' AND NOT EXISTS (SELECT FROM audit_seal WHERE entry_id = e.id)
"""


async def trail_findings(connection: "asyncpg.Connection[Any]") -> list[Finding]:
    """What there is to say of the trail."""
    return [await _rights(connection), await _sealing(connection)]


async def _rights(connection: "asyncpg.Connection[Any]") -> Finding:
    if not await connection.fetchval(_MAY_CHANGE):
        return fine("Audit trail: this account can neither change nor delete what is in it.")
    owned = "Audit trail: this account owns it, so that only triggers refuse to change it."
    if settings().database_url is None:
        return fine(owned)  # the embedded database has one account
    return Finding(
        State.NOTE,
        owned,
        "Serve with a second account: `aduan migrate --app-role NAME`; docs/operations.md tells how.",
    )


async def _sealing(connection: "asyncpg.Connection[Any]") -> Finding:
    late = await connection.fetchval(_LATE)
    if late:
        return Finding(
            State.NOTE,
            f"Audit trail: {late} entries have waited for more than five minutes to be sealed.",
            "Run `aduan worker`, or `aduan audit seal` now.",
        )
    return fine("Audit trail: sealed up to now. `aduan audit verify` goes through it.")
