"""How followers hear that there are new events: one listener and one poll for the whole process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import structlog

from api.database import connect, reaching
from api.faults import described
from api.horizon import HorizonLag
from domain.outage import is_away

CHANNEL = "aduan_events"
POLL_SECONDS = 1.0
SOON_SECONDS = 0.01
"""How soon it looks again where an event waits for another transaction to end; twice as long each time."""
RETRY_SECONDS = 1.0
SILENCE_SECONDS = 10.0
"""How long the database may say nothing: a network that has lost a connection does not always tell."""

log = structlog.get_logger()

_LOOK = """
SELECT newest.xid::text, newest.id, held.xid::text AS held
  FROM (VALUES (pg_snapshot_xmin(pg_current_snapshot()))) AS horizon (xid)
  LEFT JOIN LATERAL (SELECT xid, id FROM complaint_event WHERE xid < horizon.xid
                      ORDER BY xid DESC, id DESC LIMIT 1) AS newest ON true
  LEFT JOIN LATERAL (SELECT xid FROM complaint_event WHERE xid >= horizon.xid
                      ORDER BY xid, id LIMIT 1) AS held ON true
"""


class Relay:
    """Wakes the process's followers when the readable part of the sequence has grown.

    A notification wakes it; a poll every second covers a lost one, and the events of a transaction that
    a slower one still holds back.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._newest: tuple[str | None, int | None] = (None, None)
        self.lag = HorizonLag()
        self._look = asyncio.Event()
        self._news = asyncio.Event()
        self._committed = asyncio.Event()
        self.generation = 0

    async def changed(self, since: int) -> int:
        """Waits until there is news since a generation, and returns the present one."""
        while self.generation == since:
            await self._news.wait()
        return self.generation

    def committed(self) -> None:
        """Says that this process has committed an event: everyone is told, once for many."""
        self._committed.set()

    def _tell(self) -> None:
        self.generation += 1
        news, self._news = self._news, asyncio.Event()
        news.set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listens and notifies for as long as the block lasts."""
        tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._notify())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self) -> None:
        await self._reconnecting(self._listen_on)

    async def _notify(self) -> None:
        await self._reconnecting(self._notify_on)

    async def _reconnecting(self, work: Any) -> None:
        """Does its work on a connection, and again on a new one where that is lost: until it is cancelled.

        Whatever the driver makes of a server that stops: without this nobody would be told of anything more.
        """
        while True:
            try:
                with reaching():
                    connection = await connect(self._url, application_name="aduan-relay")
                try:
                    await work(connection)
                finally:
                    connection.terminate()
            except Exception as error:  # noqa: BLE001 - told, and begun again
                told = {"reason": type(error).__name__} if is_away(error) else described(error)
                log.warning("relay.reconnecting", **told)
                await asyncio.sleep(RETRY_SECONDS)

    async def _listen_on(self, connection: "asyncpg.Connection[Any]") -> None:
        await connection.add_listener(CHANNEL, lambda *_: self._look.set())
        soon = SOON_SECONDS
        while True:
            self._look.clear()
            ((xid, number, held),) = await connection.fetch(_LOOK, timeout=SILENCE_SECONDS)
            if (xid, number) != self._newest:
                self._newest = (xid, number)
                self._tell()
            soon = SOON_SECONDS if self.lag.note(held) else min(2 * soon, POLL_SECONDS)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), POLL_SECONDS if held is None else soon)

    async def _notify_on(self, connection: "asyncpg.Connection[Any]") -> None:
        while True:
            await self._committed.wait()
            self._committed.clear()
            await connection.execute(f"NOTIFY {CHANNEL}", timeout=SILENCE_SECONDS)
