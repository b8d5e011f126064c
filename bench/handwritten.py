"""The limit: the same answer from a bare Starlette endpoint with SQL written by hand."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

LIST = """
SELECT json_build_object('data', json_build_object('complaints', json_build_object('nodes',
       coalesce(json_agg(json_build_object('trackingCode', c.tracking_code, 'title', c.title,
         'status', c.status, 'submittedAt', c.submitted_at,
         'opd', (SELECT json_build_object('code', o.code, 'name', o.name) FROM opd o WHERE o.id = c.opd_id),
         'actions', json_build_object('nodes', (
            SELECT coalesce(json_agg(json_build_object('kind', a.kind, 'body', a.body,
                                                      'createdAt', a.created_at)), '[]')
              FROM (SELECT * FROM action WHERE complaint_id = c.id AND visibility = 'PUBLIC'
                     ORDER BY created_at, id LIMIT 3) a))
       )), '[]'))))
  FROM (SELECT * FROM complaint
         WHERE verified_at IS NOT NULL AND status NOT IN ('ARCHIVED', 'MERGED') AND privacy <> 'CONFIDENTIAL'
         ORDER BY submitted_at DESC, id DESC LIMIT 20) c
"""


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    async with asyncpg.create_pool(
        os.environ["BENCH_DATABASE_URL"], max_size=10, server_settings={"jit": "off", "timezone": "UTC"}
    ) as pool:
        app.state.pool = pool
        yield


async def _answer(request: Request) -> Response:
    await request.body()
    return Response(await request.app.state.pool.fetchval(LIST), media_type="application/json")


app = Starlette(routes=[Route("/graphql", _answer, methods=["POST"])], lifespan=_lifespan)
