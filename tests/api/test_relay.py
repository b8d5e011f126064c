"""The relay outlives lost connections, and says when an open transaction holds events back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy import make_url
from structlog.testing import capture_logs

from api import horizon, relay
from api.cli import event_findings
from api.cli.finding import State
from tests.following import event, listening, socket, subscribe, until
from tests.service import Service

CUT = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()"""
WRITE = """INSERT INTO complaint_event
             (type, complaint_id, complaint_version, to_status, audience, occurred_at)
           SELECT 'RATED', id, 2, status, 'STAFF', now() FROM complaint WHERE tracking_code = :c"""


async def test_an_open_transaction_that_holds_events_back_is_told_of(
    service: Service, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(horizon, "ALARM_SECONDS", 0.3)
    monkeypatch.setattr(event_findings, "LONG_SECONDS", 0)
    office = await service.office()
    slow = await service.submitted("slow")
    lag = service.app.state.lag
    connection = await asyncpg.connect(database_url)
    async with socket(service.socket_url, office) as follower:
        await subscribe(follower)
        await listening(service)
        with capture_logs() as logs:
            async with service.database.sessions() as session:
                await session.execute(sa.text(WRITE), {"c": slow["trackingCode"]})
                await service.submitted("quick")
                await until(lambda: lag.is_alarming)
                await until(lambda: any(entry["event"] == "relay.held_back" for entry in logs))
                ready = await service.http.get("/readyz")
                assert ready.json()["eventsHeldBackSeconds"] >= 0.3
                (finding,) = await event_findings.event_findings(connection)
                assert finding.state is State.WRONG
                assert "pg_terminate_backend" in (finding.remedy or "")
                await session.commit()
            # Both are told within the look that follows, though nothing has notified of the slow one.
            assert [(await event(follower))["type"] for _ in range(2)] == ["RATED", "SUBMITTED"]
        await until(lambda: lag.seconds == 0)
    await connection.close()


async def test_followers_outlive_every_connection_to_the_database(
    service: Service, database_url: str
) -> None:
    office = await service.office()
    async with socket(service.socket_url, office) as follower:
        await subscribe(follower)
        await listening(service)
        written = []
        for turn in range(3):
            connection = await asyncpg.connect(database_url)
            assert await connection.fetchval(CUT) > 0
            await connection.close()
            written.append(await _submitted(service, f"cut-{turn}"))
        heard = [(await event(follower, 60))["trackingCode"] for _ in range(3)]
    assert heard == written


async def test_a_connection_that_falls_silent_is_given_up(
    service: Service, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "SILENCE_SECONDS", 0.5)
    code = (await service.submitted("silent"))["trackingCode"]
    async with _line_to(database_url) as (address, fall_silent):
        reading = relay.Relay(address)
        async with reading.running():
            await until(lambda: reading.generation > 0)
            before = reading.generation
            fall_silent()
            async with service.database.write() as session:
                await session.execute(sa.text(WRITE), {"c": code})
            async with asyncio.timeout(30):
                assert await reading.changed(before) > before


@asynccontextmanager
async def _line_to(database_url: str) -> AsyncIterator[tuple[str, Callable[[], None]]]:
    """The database by another address, and what has the lines that there are fall silent."""
    parts = make_url(database_url)
    host, port = parts.query.get("host", parts.host), parts.port or 5432
    lines: list[asyncio.Task[None]] = []
    ends: list[asyncio.StreamWriter] = []

    async def carry(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        while data := await source.read(65_536):
            to.write(data)
            await to.drain()
        to.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if str(host).startswith("/"):
            far_reader, far_writer = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        else:
            far_reader, far_writer = await asyncio.open_connection(str(host), port)
        ends.extend((writer, far_writer))
        lines.append(asyncio.create_task(carry(reader, far_writer)))
        lines.append(asyncio.create_task(carry(far_reader, writer)))

    def fall_silent() -> None:
        for line in lines:
            line.cancel()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    here = server.sockets[0].getsockname()[1]
    try:
        address = parts.set(host="127.0.0.1", port=here, query={})
        yield address.render_as_string(hide_password=False), fall_silent
    finally:
        server.close()
        fall_silent()
        await asyncio.gather(*lines, return_exceptions=True)
        for end in ends:
            end.close()
        await asyncio.gather(*(end.wait_closed() for end in ends), return_exceptions=True)


async def _submitted(service: Service, key: str) -> str:
    """What a client does: the same again, until there is an answer."""
    async with asyncio.timeout(60):
        while True:
            try:
                return str((await service.submitted(key))["trackingCode"])
            except (AssertionError, KeyError, TypeError, httpx.TransportError):
                await asyncio.sleep(0.1)
