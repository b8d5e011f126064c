"""How does a worker run its jobs, beside as many others as there are, and stop in order?"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeAlias

import asyncpg
import structlog
from pgqueuer import AsyncpgDriver, Queries, QueueManager, SchedulerManager
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.domain.settings import DBSettings
from pgqueuer.models import Schedule
from sqlalchemy.exc import DBAPIError

from api.database import Database, connect
from api.mail.server import mail_of
from api.settings import Settings
from api.worker import deliveries
from api.worker.jobs import JOBS, Job
from api.worker.tools import Tools
from domain.actor import CLOCK
from domain.secrecy import Vault

SCHEMA = "jobs"
RETRY_SECONDS = 2.0
GRACE_SECONDS = 4.0
"""How long the jobs under way may take to end; then they are cancelled, and their transactions undone."""

AT_ONCE = 100
"""Things of the queue that a worker does at the same time: almost all of them wait for somebody's answer."""
QUEUE_LOOK = timedelta(seconds=1)
HEARTBEAT = timedelta(seconds=10)
"""After so long without a sign of life, another worker takes over what one had begun."""

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

log = structlog.get_logger()


def job_tables() -> DBSettings:
    """Where pgqueuer's tables are, whatever the environment says: the migrations have made them there."""
    return DBSettings(
        prefix="",
        db_schema=SCHEMA,
        channel="ch_pgqueuer",
        function="fn_pgqueuer_changed",
        statistics_table="pgqueuer_statistics",
        queue_status_type="pgqueuer_status",
        queue_table="pgqueuer",
        queue_table_log="pgqueuer_log",
        trigger="tg_pgqueuer_changed",
        schedules_table="pgqueuer_schedules",
    )


def queries_on(connection: Connection) -> Queries:
    """Pgqueuer's statements on a connection."""
    tables = job_tables()
    return Queries(
        AsyncpgDriver(connection),
        QueryBuilderEnvironment(tables),
        QueryQueueBuilder(tables),
        QuerySchedulerBuilder(tables),
    )


class Worker:
    """Runs the jobs of the table on one database."""

    def __init__(self, settings: Settings, url: str, vault: Vault, jobs: Sequence[Job] = JOBS) -> None:
        """Raises OperatorError for settings that it could not work with."""
        mail_of(settings)
        self._url = url
        self._database = Database(url, size=4)
        self._stopping = asyncio.Event()
        self._tools = Tools(partial(self._database.write, CLOCK), vault, settings, self._stopping)
        self._jobs = jobs

    def stop(self) -> None:
        """Begins nothing more; what is under way may end."""
        self._stopping.set()

    async def run(self) -> None:
        """Until it is told to stop; where the connection is lost, on a new one."""
        try:
            await asyncio.gather(
                self._keep_on(self._by_the_clock),
                self._keep_on(self._through_the_queue),
                self._keep_on(self._spread),
            )
        finally:
            await self._database.close()

    async def _keep_on(self, work: Callable[[Connection], Awaitable[None]]) -> None:
        """Works on a connection until the worker stops; where the connection is lost, on a new one."""
        while not self._stopping.is_set():
            try:
                connection = await connect(self._url, application_name="aduan-worker")
                try:
                    await work(connection)
                finally:
                    connection.terminate()
            except (
                OSError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                TimeoutError,
                DBAPIError,
            ) as error:
                log.warning("worker.reconnecting", reason=type(error).__name__)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), RETRY_SECONDS)

    async def _by_the_clock(self, connection: Connection) -> None:
        scheduler = SchedulerManager(queries_on(connection))
        for job in self._jobs:
            self._register(scheduler, job)
        await self._until_stopped(scheduler, scheduler.run())

    async def _through_the_queue(self, connection: Connection) -> None:
        queue = QueueManager(queries_on(connection))
        deliveries.register(queue, self._tools, self._stopping)
        running = queue.run(
            dequeue_timeout=QUEUE_LOOK, max_concurrent_tasks=AT_ONCE, heartbeat_timeout=HEARTBEAT
        )
        await self._until_stopped(queue, running)

    async def _spread(self, connection: Connection) -> None:
        await deliveries.keep_spreading(connection, queries_on(connection), self._tools, self._stopping)

    async def _until_stopped(
        self, manager: SchedulerManager | QueueManager, work: Coroutine[None, None, None]
    ) -> None:
        running = asyncio.create_task(work)
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        manager.shutdown.set()
        await asyncio.wait({running}, timeout=GRACE_SECONDS)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running

    def _register(self, scheduler: SchedulerManager, job: Job) -> None:
        @scheduler.schedule(job.name, job.schedule)
        async def work(_: Schedule) -> None:
            done = await job.work(self._tools, datetime.now(UTC))
            if done:
                log.info("worker.done", job=job.name, number=done)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Works beside what the block does, and stops with it."""
        working = asyncio.create_task(self._working())
        try:
            yield
        finally:
            self.stop()
            await working

    async def _working(self) -> None:
        """A fault of the worker is told, and takes nothing else down."""
        try:
            await self.run()
        except Exception:
            log.exception("worker.failed")
