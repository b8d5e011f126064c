"""What is the limit? A bare Starlette endpoint for each comparison, its answer one statement by hand."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench import handwritten_sql as sql
from domain.search_words import words_of
from domain.tracking import read_code


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    async with asyncpg.create_pool(
        os.environ["BENCH_DATABASE_URL"],
        max_size=10,
        reset=_nothing,
        server_settings={"jit": "off", "timezone": "UTC"},
    ) as pool:
        app.state.pool = pool
        yield


async def _nothing(_connection: "asyncpg.Connection[Any]") -> None:
    """A connection that runs single statements keeps no state to reset."""


def _endpoint(
    statement: str, values: Callable[[dict[str, Any]], list[Any]] = lambda _v: []
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        asked = orjson.loads(await request.body()).get("variables") or {}
        text = await request.app.state.pool.fetchval(statement, *values(asked))
        return Response(text, media_type="application/json")

    return answer


async def _viewer(request: Request) -> Response:
    await request.body()
    return Response('{"data":{"viewer":{"kind":"REPORTER"}}}', media_type="application/json")


_ENDPOINTS = {
    "list": _endpoint(sql.LIST),
    "detail": _endpoint(sql.DETAIL, lambda asked: [read_code(asked["code"])]),
    "search": _endpoint(sql.SEARCH, lambda asked: [words_of(asked["words"])]),
    "dashboard": _endpoint(sql.DASHBOARD),
    "deep": _endpoint(sql.DEEP),
    "trivial": _viewer,
}

app = Starlette(
    routes=[Route(f"/{name}", endpoint, methods=["POST"]) for name, endpoint in _ENDPOINTS.items()],
    lifespan=_lifespan,
)
