"""Nothing is lost or told twice where the service, or PostgreSQL, is killed with -9 again and again."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.embedded import EmbeddedPostgres, running_dsn
from tests.databases import prepare_template
from tests.lost.clients import FULL, followed, insistent, signed_in, stored
from tests.outside import kill, start
from tests.service import running_service

TOTAL = 1_000 if FULL else 40
ADMIN = ("admin@cilegon.go.id", "kata sandi yang panjang")
FIRST = "{ events(first: 1) { nodes { cursor trackingCode } } }"


async def _first(address: str, token: str) -> dict[str, Any]:
    """The first event, whose cursor the follower begins with."""
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=address, timeout=60) as http:
        answer = await http.post("/graphql", json={"query": FIRST}, headers=headers)
    (found,) = answer.json()["data"]["events"]["nodes"]
    return dict(found)


async def _weather(
    address: Callable[[], str],
    token: str,
    kills: int,
    strike: Callable[[], Awaitable[None]],
) -> tuple[list[str], list[str]]:
    """Submits, follows and strikes at random; the codes that were answered, and those that were heard of."""
    http = httpx.AsyncClient(timeout=60)
    answered = [await insistent(http, address, 0)]
    first = await _first(address(), token)
    seen: list[dict[str, Any]] = []
    following = asyncio.create_task(followed(address, token, first["cursor"], TOTAL - 1, seen))
    numbers: Iterator[int] = iter(range(1, TOTAL))

    async def write() -> None:
        for number in numbers:
            code = await insistent(http, address, number)
            answered.append(code)

    writers = [asyncio.create_task(write()) for _ in range(8)]
    dice = random.Random(20)
    for moment in sorted(dice.sample(range(TOTAL // 10, TOTAL * 8 // 10), kills)):
        while len(answered) < moment:  # noqa: ASYNC110 - each answer would have to tell
            await asyncio.sleep(0.005)
        await strike()
    await asyncio.gather(following, *writers)
    await http.aclose()
    return answered, [first["trackingCode"], *(event["trackingCode"] for event in seen)]


@pytest.mark.timeout(900 if FULL else 400)
async def test_each_report_is_kept_and_told_once_where_the_service_is_killed(tmp_path: Path) -> None:
    running = [await asyncio.to_thread(start, tmp_path)]

    async def strike() -> None:
        await asyncio.to_thread(kill, running[0][0])
        running[0] = await asyncio.to_thread(start, tmp_path)

    token = await signed_in(running[0][1], *ADMIN)
    answered, heard = await _weather(lambda: running[0][1], token, 10 if FULL else 1, strike)
    dsn = running_dsn(tmp_path / "data")
    assert dsn is not None
    told, number = await stored(dsn)
    running[0][0].terminate()
    running[0][0].communicate()
    assert number == len(told) == len(set(answered)) == TOTAL
    assert heard == told
    assert set(answered) == set(told)


@pytest.mark.timeout(900 if FULL else 400)
async def test_each_report_is_kept_and_told_once_where_postgresql_is_killed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    folder = tmp_path / "cluster"
    servers = [EmbeddedPostgres.start(folder)]
    try:
        dsn = servers[0].dsn()
        await asyncio.to_thread(prepare_template, dsn)
        async with running_service(dsn) as service:

            async def strike() -> None:
                os.kill(servers[-1].pid, signal.SIGKILL)
                servers[-1].stop()
                servers[-1] = EmbeddedPostgres.start(folder)

            answered, heard = await _weather(
                lambda: service.url, await service.office(), 5 if FULL else 1, strike
            )
            told, number = await stored(dsn)
    finally:
        servers[-1].stop()
    assert number == len(told) == len(set(answered)) == TOTAL
    assert heard == told
    assert set(answered) == set(told)
