"""SIGTERM under load: what was accepted is answered, and streams end soon, so that clients come back."""

import asyncio
import time
from pathlib import Path

import asyncpg
import httpx
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.following import message, socket, subscribe
from tests.lost.clients import FULL, submitted
from tests.outside import start

RETRIED = {1001, 1012, 1013}
"""Codes of closing after which npm's graphql-ws connects again."""
ENOUGH = 400 if FULL else 20


@pytest.mark.timeout(400)
async def test_nothing_that_was_accepted_is_dropped(tmp_path: Path, database_url: str) -> None:
    process, address = await asyncio.to_thread(start, tmp_path, database_url)
    answered: set[str] = set()
    stopping = asyncio.Event()

    async def write(share: int) -> None:
        async with httpx.AsyncClient(timeout=60) as http:
            for turn in range(100_000):
                code = await submitted(http, share * 100_000 + turn, address)
                if code is not None:
                    answered.add(code)
                elif stopping.is_set():
                    return

    body = {"query": "subscription { complaintEvents { type } }"}
    accept = {"accept": "text/event-stream"}
    async with (
        socket(address.replace("http", "ws", 1) + "/graphql") as over_socket,
        httpx.AsyncClient(base_url=address, timeout=30) as http,
        http.stream("POST", "/graphql", json=body, headers=accept) as over_http,
    ):
        await subscribe(over_socket)
        writers = [asyncio.create_task(write(share)) for share in range(8)]
        while len(answered) < ENOUGH:  # noqa: ASYNC110 - each answer would have to tell
            await asyncio.sleep(0.005)
        stopping.set()
        told = time.monotonic()
        process.terminate()
        async for _ in over_http.aiter_bytes():
            pass  # it ends whole: else httpx would raise
        with pytest.raises(ConnectionClosed) as closed:
            await _to_the_end(over_socket)
        await asyncio.to_thread(process.communicate, None, 120)
        took = time.monotonic() - told
    await asyncio.gather(*writers)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code in RETRIED
    assert process.returncode == 0
    assert took < 20  # a second or two, on a machine that does nothing else
    connection = await asyncpg.connect(database_url)
    codes = {row["tracking_code"] for row in await connection.fetch("SELECT tracking_code FROM complaint")}
    await connection.close()
    assert codes == answered


async def _to_the_end(connection: ClientConnection) -> None:
    while True:
        await message(connection)
