"""How does `aduan worker` run the jobs: beside the service, in as many processes as wanted?"""

import asyncio
import signal

import asyncpg

from api import logs
from api.cli.terminal import say
from api.database import connect
from api.migrate import head
from api.operator_error import OperatorError
from api.parent import stop_with_parent
from api.secret_keys import vault_of
from api.service_database import open_database, require_server
from api.settings import settings
from api.worker.run import Worker


def work() -> None:
    """`aduan worker`: until it is told to stop."""
    current = settings()
    if current.stop_with_parent:
        stop_with_parent()
    logs.configure(current.mode)
    with open_database(current, say) as url:
        worker = Worker(current, url, vault_of(current))
        asyncio.run(_work(worker, url))
    say("Stopped.")


async def _work(worker: Worker, url: str) -> None:
    await require_server(url)
    await _require_schema(url)
    loop = asyncio.get_running_loop()
    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, worker.stop)
    say("The worker runs. Stop it with Ctrl-C.")
    await worker.run()


async def _require_schema(url: str) -> None:
    connection = await connect(url)
    try:
        revision = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        revision = None
    finally:
        await connection.close()
    if revision != head():
        message = "the database is not set up for this version: run `aduan migrate`"
        raise OperatorError(message)
