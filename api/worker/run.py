"""How does a worker run its jobs, beside as many others as there are, and stop in order?"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from functools import partial

import asyncpg
import structlog
from pgqueuer import AsyncpgDriver, Queries, SchedulerManager
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.domain.settings import DBSettings
from pgqueuer.models import Schedule

from api.database import Database, connect
from api.mail.server import mail_of
from api.settings import Settings
from api.worker.jobs import JOBS, Job
from api.worker.tools import Tools
from domain.actor import CLOCK
from domain.secrecy import Vault

SCHEMA = "jobs"
RETRY_SECONDS = 2.0
GRACE_SECONDS = 4.0
"""How long the jobs under way may take to end; then they are cancelled, and their transactions undone."""

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


class Worker:
    """Runs the jobs of the table on one database."""

    def __init__(self, settings: Settings, url: str, vault: Vault, jobs: Sequence[Job] = JOBS) -> None:
        """Raises OperatorError for settings that it could not work with."""
        mail_of(settings)
        self._url = url
        self._database = Database(url, size=2)
        self._stopping = asyncio.Event()
        self._tools = Tools(partial(self._database.write, CLOCK), vault, settings, self._stopping)
        self._jobs = jobs

    def stop(self) -> None:
        """Begins nothing more; what is under way may end."""
        self._stopping.set()

    async def run(self) -> None:
        """Until it is told to stop; where the connection is lost, on a new one."""
        try:
            while not self._stopping.is_set():
                try:
                    await self._run_on_connection()
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                    log.warning("worker.reconnecting", reason=type(error).__name__)
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._stopping.wait(), RETRY_SECONDS)
        finally:
            await self._database.close()

    async def _run_on_connection(self) -> None:
        connection = await connect(self._url, application_name="aduan-worker")
        try:
            scheduler = self._scheduler(connection)
            running = asyncio.create_task(scheduler.run())
            stopping = asyncio.create_task(self._stopping.wait())
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            scheduler.shutdown.set()
            await asyncio.wait({running}, timeout=GRACE_SECONDS)
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
        finally:
            connection.terminate()

    def _scheduler(self, connection: "asyncpg.Connection[asyncpg.Record]") -> SchedulerManager:
        tables = job_tables()
        scheduler = SchedulerManager(
            Queries(
                AsyncpgDriver(connection),
                QueryBuilderEnvironment(tables),
                QueryQueueBuilder(tables),
                QuerySchedulerBuilder(tables),
            )
        )
        for job in self._jobs:
            self._register(scheduler, job)
        return scheduler

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
