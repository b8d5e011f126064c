"""How does a PostgreSQL server on the data folder start, how do we know it runs, and how does it stop?"""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Self

from api.embedded_folder import DataFolder, last_complaint
from api.embedded_programs import EmbeddedPostgresError, Programs

_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",  # part of the socket's name
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A transaction left open would hold up every reader of the events.
    "idle_in_transaction_session_timeout": "60s",
    # Its own news only: an error's text may quote what a citizen wrote, and the service is told of it anyway.
    "log_min_messages": "log",
    "log_checkpoints": "off",
}
# For data that may be lost, as in tests: several times faster. `synchronous_commit` stays on otherwise.
_NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",  # many test processes share one server
    # What it does at moments of its own holds events back, and changes plans from one run to the next.
    "autovacuum": "off",
}

_PATIENCE = 15.0  # seconds for the server of a killed service, which is still writing down its last changes
_STARTING = 300.0  # seconds to replay what a crash left; commonly far below one
_STOPPING = 30.0
_IN_USE = ('lock file "', "pre-existing shared memory block")


class Status(NamedTuple):
    """What the server says of itself in `postmaster.pid`; a connection would tell no more."""

    pid: int
    sockets: Path
    ready: bool

    @classmethod
    def read(cls, cluster: Path) -> Self | None:
        try:
            lines = (cluster / "postmaster.pid").read_text().splitlines()
            return cls(int(lines[0]), Path(lines[4]), lines[7].strip() == "ready")
        except (OSError, ValueError, IndexError):  # not there, or not complete yet
            return None


def start_server(
    programs: Programs, folder: DataFolder, sockets: Path, *, durable: bool, say: Callable[[str], None]
) -> subprocess.Popen[bytes]:
    """Start the server; while the one of a killed service is still stopping, try again."""
    settings = _SETTINGS | ({} if durable else _NOT_DURABLE) | {"unix_socket_directories": str(sockets)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    deadline, told = time.monotonic() + _PATIENCE, False
    _forget_stale(folder.cluster / "postmaster.pid")
    _forget_stale(sockets / ".s.PGSQL.5432.lock")
    while True:
        log = folder.open_log()
        try:
            said_before = os.fstat(log).st_size
            process = programs.start("postgres", folder.cluster, options, output=log)
        finally:
            os.close(log)
        try:
            if _is_up(process, folder.cluster, say):
                return process
        except BaseException:
            stop_server(process)
            raise
        with folder.log.open("rb") as written:
            written.seek(said_before)
            problem = last_complaint(written.read().decode(errors="replace"))
        if not problem.startswith(_IN_USE):
            message = f"PostgreSQL does not start ({problem}): {folder.log} tells more"
            raise EmbeddedPostgresError(message)
        if time.monotonic() > deadline:
            message = f"another PostgreSQL server is running on {folder.cluster} ({problem}): stop it"
            raise EmbeddedPostgresError(message)
        if not told:
            say("Waiting for the PostgreSQL server of a service that was killed to end")
        told = True
        time.sleep(0.1)


def stop_server(process: subprocess.Popen[bytes]) -> None:
    """Stop in order (SIGINT); at once if that takes too long, which costs only time at the next start."""
    for signal_, patience in ((signal.SIGINT, _STOPPING), (signal.SIGQUIT, 5.0), (signal.SIGKILL, None)):
        if process.poll() is None:
            process.send_signal(signal_)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        return


def is_postgres(pid: int) -> bool:
    """Whether the process is there and, where one can tell, is PostgreSQL."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
    except OSError:
        if Path("/proc/self").exists():
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _is_up(process: subprocess.Popen[bytes], cluster: Path, say: Callable[[str], None]) -> bool:
    """Wait until the server takes connections; False if it has ended instead."""
    started, told = time.monotonic(), False
    while process.poll() is None:
        status = Status.read(cluster)
        if status is not None and status.pid == process.pid and status.ready:
            return True
        waited = time.monotonic() - started
        if waited > _STARTING:
            message = f"PostgreSQL is not ready after {_STARTING:.0f} s: see postgres.log in {cluster.parent}"
            raise EmbeddedPostgresError(message)
        if waited > 2 and not told:
            told = True
            say("PostgreSQL is recovering from a crash")
        time.sleep(0.005)
    return False


def _forget_stale(lock_file: Path) -> None:
    """Remove a lock file whose process is no PostgreSQL (any more).

    After a crash and a restart of the machine or container, its number may be that of another process, which
    postgres would take for a server, for ever.
    """
    try:
        pid = abs(int(lock_file.read_text().split("\n", 1)[0]))
    except OSError:
        return
    except ValueError:  # empty: written when the machine went down
        pid = 0
    if pid == 0 or not is_postgres(pid):
        lock_file.unlink(missing_ok=True)
