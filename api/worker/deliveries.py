"""How do events reach webhooks? Each webhook is a job of its own in the queue: a dead one holds up nobody.

The queue (pgqueuer) gives a job to one worker, and to another where that is killed; what is sent, and when it
is tried again, stands in `webhook_delivery`. A worker killed between sending and writing that down sends the
message again, under the same `webhook-id`.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import httpcore
import sqlalchemy as sa
import structlog
from pgqueuer import Queries, QueueManager
from pgqueuer.models import Job

from api.relay import CHANNEL
from api.settings import Mode
from api.webhooks.message import body_of, headers_of
from api.webhooks.reaching import Lookups
from api.webhooks.sending import AT_ONCE, connections, send
from api.worker.tools import Tools
from domain.webhooks import outcomes, spreading
from domain.webhooks.endpoints import signing_secrets
from domain.webhooks.outcomes import Message

ENTRYPOINT = "webhook"
LOOK_SECONDS = 1.0
TURN_SECONDS = 20.0
"""How long one webhook may be seen to before it queues up again."""

_FORGET_JOBS = sa.text("DELETE FROM jobs.pgqueuer_log WHERE created < :before")
_FORGET_FIGURES = sa.text("DELETE FROM jobs.pgqueuer_statistics WHERE created < :before")

log = structlog.get_logger()


async def keep_spreading(
    connection: "asyncpg.Connection[asyncpg.Record]", queries: Queries, tools: Tools, stopping: asyncio.Event
) -> None:
    """Makes deliveries of new events, and jobs of what is due: at each commit, and every second."""
    told = asyncio.Event()
    await connection.add_listener(CHANNEL, lambda *_: told.set())
    while not stopping.is_set():
        told.clear()
        await spread_and_queue(queries, tools)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), LOOK_SECONDS)


async def spread_and_queue(queries: Queries, tools: Tools) -> None:
    """One round."""
    async with tools.write() as session:
        behind = await spreading.behind(session)
    for key in behind:
        async with tools.write() as session:
            await spreading.spread(session, key, datetime.now(UTC))
    async with tools.write() as session:
        due = await outcomes.due_webhooks(session, datetime.now(UTC))
    if due:
        names = [str(key) for key in due]
        await queries.enqueue(
            [ENTRYPOINT] * len(due),
            [name.encode() for name in names],
            [0] * len(due),
            dedupe_key=[f"{ENTRYPOINT}:{name}" for name in names],
            on_conflict="skip",
        )


def register(queue: QueueManager, tools: Tools, ended: Callable[[], bool]) -> None:
    """Has the queue's webhooks told what is due to them, until it has ended."""
    lookups = Lookups()

    @queue.entrypoint(ENTRYPOINT)
    async def tell(job: Job) -> None:
        await Turn(tools, lookups, UUID((job.payload or b"").decode()), ended).run()


async def forget_deliveries(tools: Tools, now: datetime) -> int:
    """What was delivered long ago is forgotten, and so is what the queue notes of its own work."""
    async with tools.write() as session:
        await session.execute(_FORGET_JOBS, {"before": now - timedelta(days=1)})
        await session.execute(_FORGET_FIGURES, {"before": now - timedelta(days=7)})
    return await outcomes.forget(tools.write, now)


class Turn:
    """One webhook's turn: what is due to it is sent, until nothing is, or until others must have theirs."""

    def __init__(self, tools: Tools, lookups: Lookups, key: UUID, ended: Callable[[], bool]) -> None:
        self._tools, self._lookups, self._key, self._queue_ended = tools, lookups, key, ended
        self._over = asyncio.get_running_loop().time() + TURN_SECONDS
        self._cursor_secret = tools.vault.derived("cursor")
        self._at_once = asyncio.Semaphore(AT_ONCE)

    @property
    def _ended(self) -> bool:
        return self._queue_ended() or asyncio.get_running_loop().time() > self._over

    async def run(self) -> None:
        loopback = self._tools.settings.mode is Mode.DEVELOPMENT
        async with connections(self._lookups, loopback=loopback) as pool:
            while not self._ended and await self._send_due(pool):
                pass

    async def _send_due(self, pool: httpcore.AsyncConnectionPool) -> bool:
        """Sends a batch; whether there was one. The events of one complaint go one after another."""
        now = datetime.now(UTC)
        async with self._tools.write() as session:
            webhook = await outcomes.in_force(session, self._key, now)
            if webhook is None:
                return False
            messages = await outcomes.due_messages(session, self._key, now)
            url, secrets = webhook.url, signing_secrets(webhook, self._tools.vault, now)
        of_complaint: dict[UUID, list[Message]] = defaultdict(list)
        for message in messages:
            of_complaint[message.complaint_id].append(message)
        async with asyncio.TaskGroup() as tasks:
            for row in of_complaint.values():
                tasks.create_task(self._send_in_order(pool, url, secrets, row))
        return bool(messages)

    async def _send_in_order(
        self, pool: httpcore.AsyncConnectionPool, url: str, secrets: list[str], messages: list[Message]
    ) -> None:
        async with self._at_once:
            for message in messages:
                if self._ended:
                    return
                await self._send(pool, url, secrets, message)

    async def _send(
        self, pool: httpcore.AsyncConnectionPool, url: str, secrets: list[str], message: Message
    ) -> None:
        body = body_of(message, self._cursor_secret)
        headers = headers_of(message, body, secrets, datetime.now(UTC))
        outcome = await send(pool, url, headers, body, self._tools.settings.webhook_seconds)
        now = datetime.now(UTC)
        async with self._tools.write() as session:
            stopped = await outcomes.settle(session, self._key, message.delivery_id, outcome, now)
            if await outcomes.in_force(session, self._key, now) is None:
                self._over = 0.0  # it was stopped or taken away, or asks for patience: the rest stays
        if stopped is not None:
            log.warning("webhook.stopped", webhook=str(self._key), because=stopped.value)
