"""Which database does a test get?

A clone of one template, migrated and seeded once for the whole run. The server is the run's own, on data that
may be lost; or the one that `TEST_DATABASE_URL` names (PostgreSQL 15 or newer), where every database of the
run has a name of its own (`aduan_test_...`) and is dropped at the end.
"""

import asyncio
import fcntl
import json
import os
import re
import secrets
import shutil
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import asyncpg
from sqlalchemy import make_url

from api.database import Database
from api.embedded import EmbeddedPostgres
from api.migrate import migrate_now
from domain.seed import seed

EXTERNAL = "TEST_DATABASE_URL"
_HANDED_DOWN = "ADUAN_TEST_SERVER"
_OLDEST = 150000
_FOLDER = "aduan-tests-"


def prepare_template(dsn: str) -> None:
    """Migrate and seed the database that every test gets a clone of."""
    migrate_now(dsn)
    asyncio.run(_seed(dsn))


async def _seed(dsn: str) -> None:
    database = Database(dsn, size=2)
    async with database.write() as session:
        await seed(session)
    await database.close()


@dataclass(frozen=True, slots=True)
class Server:
    """The run's server, as every process of the run knows it."""

    url: str
    prefix: str
    strategy: str
    folder: str

    @classmethod
    def handed_down(cls) -> Self | None:
        """Give the server that the run's first process has started for this one."""
        told = json.loads(os.environ.get(_HANDED_DOWN, "[]"))
        process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        return cls(**told[process % len(told)]) if told else None

    @staticmethod
    def hand_down(servers: "Sequence[Server]") -> None:
        """Let the processes that this one starts use the servers, each its own.

        What is committed can be read by followers once no older transaction of the whole server is open.
        """
        os.environ[_HANDED_DOWN] = json.dumps([asdict(server) for server in servers])

    def address(self, database: str) -> str:
        """Give the address of one of its databases."""
        return make_url(self.url).set(database=database).render_as_string(hide_password=False)


@contextmanager
def run_server() -> Iterator[Server]:
    """Run the server for the time of a test run; nothing of it is left afterwards."""
    _remove_leftovers()
    folder = Path(tempfile.mkdtemp(prefix=_FOLDER, dir=_fastest_place()))
    prefix = f"aduan_test_{secrets.token_hex(4)}_"
    try:
        if external := os.environ.get(EXTERNAL):
            url = make_url(external).set(drivername="postgresql").render_as_string(hide_password=False)
            asyncio.run(_require_version(url))
            try:
                yield Server(url, prefix, "WAL_LOG", str(folder))
            finally:
                asyncio.run(_drop_all(url, prefix))
        else:
            with EmbeddedPostgres.start(folder / "data", durable=False) as server:
                # Copying files was half the time of the default strategy: 14 ms to 27 ms for a clone.
                yield Server(server.dsn(), prefix, "FILE_COPY", str(folder))
    finally:
        os.environ.pop(_HANDED_DOWN, None)
        shutil.rmtree(folder)


class Clones:
    """The clones that one process of the run makes, over one connection."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._runner = asyncio.Runner()
        self._connection: asyncpg.Connection[Any] = self._runner.run(asyncpg.connect(server.url))
        self._template = f"{server.prefix}template"
        self._made = 0
        self._have_template()

    def create(self) -> str:
        """Make a clone; give its address."""
        self._made += 1
        name = f"{self._server.prefix}{os.getpid()}_{self._made}"
        self._execute(
            f'CREATE DATABASE "{name}" TEMPLATE "{self._template}" STRATEGY {self._server.strategy}'
        )
        return self._server.address(name)

    def drop(self, address: str) -> None:
        """Drop a clone, whoever is still connected to it: told to go, they may take a while under load."""
        while True:
            with suppress(asyncpg.ObjectInUseError):
                self._execute(f'DROP DATABASE IF EXISTS "{make_url(address).database}" WITH (FORCE)')
                return

    def close(self) -> None:
        """End the connection."""
        self._runner.run(self._connection.close())
        self._runner.close()

    def _execute(self, statement: str) -> None:
        self._runner.run(self._connection.execute(statement))

    def _have_template(self) -> None:
        """Make the template; the process of the run that comes first does, and the others wait for it."""
        outcome = Path(self._server.folder, "template")
        with Path(self._server.folder, "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not outcome.exists():
                outcome.write_text(self._make_template())
        if problem := outcome.read_text():
            message = f"the template database could not be made\n{problem}"
            raise RuntimeError(message)

    def _make_template(self) -> str:
        try:
            self._execute(f'CREATE DATABASE "{self._template}"')
            prepare_template(self._server.address(self._template))
            # A connection to it would make every clone fail.
            self._execute(f'ALTER DATABASE "{self._template}" ALLOW_CONNECTIONS false')
        except Exception:  # noqa: BLE001 - told to every test of the run, which is what needs it
            return traceback.format_exc()
        return ""


async def _require_version(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        version = await connection.fetchval("SELECT current_setting('server_version_num')::int")
    finally:
        await connection.close()
    if version < _OLDEST:
        message = (
            f"{EXTERNAL} is PostgreSQL {version // 10000}: the service needs {_OLDEST // 10000} or newer"
        )
        raise RuntimeError(message)


async def _drop_all(url: str, prefix: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for row in await connection.fetch(
            "SELECT datname FROM pg_database WHERE starts_with(datname, $1)", prefix
        ):
            await connection.execute(f'DROP DATABASE IF EXISTS "{row["datname"]}" WITH (FORCE)')
    finally:
        await connection.close()


def _fastest_place() -> str:
    """Give the folder to make the run's own in: memory if there is plenty, since each clone is 400 files."""
    memory = Path("/dev/shm")
    with suppress(OSError):
        room = os.statvfs(memory)
        if os.access(memory, os.W_OK) and room.f_bavail * room.f_frsize > 2 * 1024**3:
            return str(memory)
    return tempfile.gettempdir()


def _remove_leftovers() -> None:
    """Remove what runs have left that were killed (kill -9): folders whose lock nobody holds."""
    for folder in Path(_fastest_place()).glob(f"{_FOLDER}*"):
        try:
            if folder.stat().st_uid != os.geteuid():
                continue
            with (folder / "data" / "lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            options = (folder / "data/postgres/postmaster.opts").read_text()
        except BlockingIOError:
            continue
        except OSError:  # just being made; or on another server, or never got as far as to have one
            if time.time() - folder.stat().st_mtime > 24 * 3600:
                shutil.rmtree(folder, ignore_errors=True)
            continue
        shutil.rmtree(folder, ignore_errors=True)
        if sockets := re.search(r"unix_socket_directories=([^\"]+)", options):
            with suppress(OSError):
                Path(sockets[1]).rmdir()
