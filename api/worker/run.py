"""How does a worker run its jobs, beside as many others as there are, and stop in order?"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeAlias
from uuid import uuid4

import asyncpg
import structlog
from pgqueuer import AsyncpgDriver, Queries, QueueManager, SchedulerManager
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import QueueManagerId, ScheduleId
from pgqueuer.models import Schedule

from api.database import Database, connect, reaching
from api.faults import described
from api.mail.server import mail_of
from api.settings import Settings
from api.worker import deliveries
from api.worker.jobs import JOBS, Job
from api.worker.tools import Tools
from domain.actor import CLOCK
from domain.outage import is_away
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

_TAKE_BACK = """UPDATE jobs.pgqueuer SET status = 'queued', queue_manager_id = NULL
                 WHERE status = 'picked' AND queue_manager_id = $1"""
_BEGIN_AGAIN = """UPDATE jobs.pgqueuer_schedules SET status = 'queued', next_run = now()
                   WHERE status = 'picked' AND id = $1 AND next_run = $2"""
"""Another worker that has taken it over meanwhile has set another time."""

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
        self._id = QueueManagerId(uuid4())
        self._begun: dict[ScheduleId, datetime] = {}

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
                with reaching():
                    connection = await connect(self._url, application_name="aduan-worker")
                try:
                    await work(connection)
                finally:
                    connection.terminate()
            except Exception as error:  # noqa: BLE001 - told, and begun again: nothing would be sent any more
                told = {"reason": type(error).__name__} if is_away(error) else described(error)
                log.warning("worker.reconnecting", **told)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), RETRY_SECONDS)

    async def _by_the_clock(self, connection: Connection) -> None:
        """What this worker had begun on a connection that was lost is begun again at once."""
        for key, next_run in self._begun.items():
            await connection.execute(_BEGIN_AGAIN, key, next_run)
        self._begun.clear()
        scheduler = SchedulerManager(queries_on(connection))
        for job in self._jobs:
            self._register(scheduler, job)
        await self._until_ended(scheduler, scheduler.run(), connection)

    async def _through_the_queue(self, connection: Connection) -> None:
        """The same here."""
        await connection.execute(_TAKE_BACK, self._id)
        queue = QueueManager(queries_on(connection))
        queue.queue_manager_id = self._id
        deliveries.register(queue, self._tools, lambda: self._stopping.is_set() or connection.is_closed())
        running = queue.run(
            dequeue_timeout=QUEUE_LOOK, max_concurrent_tasks=AT_ONCE, heartbeat_timeout=HEARTBEAT
        )
        await self._until_ended(queue, running, connection)

    async def _spread(self, connection: Connection) -> None:
        await deliveries.keep_spreading(connection, queries_on(connection), self._tools, self._stopping)

    async def _until_ended(
        self,
        manager: SchedulerManager | QueueManager,
        work: Coroutine[None, None, None],
        connection: Connection,
    ) -> None:
        """Works until the worker is told to stop or the connection is lost; what is under way may end."""
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        running, losing, stopping = (
            asyncio.create_task(each) for each in (work, _of(lost), _of(self._stopping))
        )
        await asyncio.wait({running, losing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        manager.shutdown.set()
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait({running}, timeout=GRACE_SECONDS)
        for task in (running, losing, stopping):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running

    def _register(self, scheduler: SchedulerManager, job: Job) -> None:
        @scheduler.schedule(job.name, job.schedule)
        async def work(schedule: Schedule) -> None:
            self._begun[schedule.id] = schedule.next_run
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


async def _of(event: asyncio.Event) -> None:
    await event.wait()
