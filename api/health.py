"""Whether the service is alive, and whether it is ready to answer."""

import asyncio

import asyncpg
from starlette.requests import Request
from starlette.responses import JSONResponse

from api.migrate import head

PATIENCE_SECONDS = 3


async def alive(_request: Request) -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "ok"})


async def ready(request: Request) -> JSONResponse:
    """The database answers and has this version's schema; 503 says which of the two is missing."""
    state = request.app.state
    pool = state.services.reads
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            revision = await pool.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return JSONResponse({"status": "unavailable", "reason": "database not migrated"}, 503)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return JSONResponse({"status": "unavailable", "reason": "database not reachable"}, 503)
    if revision != head():
        return JSONResponse({"status": "unavailable", "reason": "database not migrated"}, 503)
    held = round(state.lag.seconds, 1)
    return JSONResponse({"status": "ok", "revision": revision, "eventsHeldBackSeconds": held})
