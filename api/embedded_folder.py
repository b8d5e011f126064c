"""Is the data folder ours to use, and does it hold a PostgreSQL cluster that our programs can run?"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from api.embedded_programs import EmbeddedPostgresError, Programs

if sys.platform != "win32":
    import fcntl

SUPERUSER = "aduan"
DATABASE = "aduan"

_LOG_LIMIT = 10 * 1024 * 1024
_PATIENCE = 5.0  # seconds for a service that is just stopping; one that is there to stay gives an error then
_INITDB = (
    f"--username={SUPERUSER}",
    "--auth=trust",  # the only way in is a socket in a folder of mode 0700
    "--encoding=UTF8",
    "--locale-provider=builtin",  # sorts alike on every machine and after every upgrade of its libc
    "--builtin-locale=C.UTF-8",
    "--locale=C.UTF-8",
    "--no-instructions",
    "--no-sync",
)


@dataclass(slots=True)
class DataFolder:
    """The service's data folder, which this process alone uses until `release`."""

    path: Path
    _lock: int

    @classmethod
    def hold(cls, path: Path, say: Callable[[str], None]) -> Self:
        """Make the folder if need be, and keep every other service off it."""
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise _unwritable(path, error) from error
        folder = cls(path, lock)
        try:
            folder._keep_for_owner(lock)
            folder._wait_for_lock(say)
        except BaseException:
            folder.release()
            raise
        return folder

    def release(self) -> None:
        """Let other services use the folder."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data folder. It is there only once it is complete."""
        return self.path / "postgres"

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.path / "postgres.log"

    def open_log(self) -> int:
        """Open the log to append to; a long one is put aside first (one is kept)."""
        try:
            if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
                self.log.replace(self.log.with_suffix(".log.old"))
            log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
            self._keep_for_owner(log)
        except OSError as error:
            raise _unwritable(self.path, error) from error
        return log

    def prepare(self, programs: Programs, *, durable: bool, say: Callable[[str], None]) -> None:
        """Have a cluster with the service's database that `programs` can run."""
        try:
            if self._is_used(programs):
                self._check_version(programs)
                self._hand_over(programs)
            else:
                say(f"Creating the database in {self.path} (only this once)")
                self._create(programs, durable=durable)
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def _create(self, programs: Programs, *, durable: bool) -> None:
        unfinished = self.path / "postgres.unfinished"
        if unfinished.exists():  # from a start that was interrupted
            shutil.rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        if programs.account is not None:
            os.chown(unfinished, programs.account.uid, programs.account.gid)
        self._run(programs, "initdb", unfinished, *_INITDB)
        single = ("--single", "-c", "fsync=off", "-c", "log_checkpoints=off", "template1")
        self._run(programs, "postgres", unfinished, *single, statement=f"CREATE DATABASE {DATABASE}")
        if durable:
            self._run(programs, "initdb", unfinished, "--sync-only")
        unfinished.rename(self.cluster)
        if durable:
            folder = os.open(self.path, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)

    def _run(
        self, programs: Programs, program: str, cluster: Path, *arguments: str, statement: str = ""
    ) -> None:
        process = programs.start(
            program, cluster, arguments, stdin=subprocess.PIPE, death_signal=signal.SIGTERM
        )
        try:
            output, _ = process.communicate(statement.encode())
        except BaseException:
            process.kill()
            process.wait()
            raise
        said = output.decode(errors="replace")
        if process.returncode or "ERROR:" in said:  # a single-user server exits with 0 whatever happened
            message = (
                f"the database cannot be created in {self.path} ({last_complaint(said)}): correct this, "
                "or set ADUAN_DATA_DIR to another folder"
            )
            raise EmbeddedPostgresError(message)

    def _is_used(self, programs: Programs) -> bool:
        if not self.cluster.exists():
            return False
        owner, ours = self.cluster.stat().st_uid, os.geteuid()
        if programs.account is None and owner != ours:
            message = (
                f"{self.cluster} belongs to account {owner}, and this service runs as {ours}: run it as the "
                "user who ran it first, or set ADUAN_DATA_DIR to another folder"
            )
            raise EmbeddedPostgresError(message)
        return any(self.cluster.iterdir())

    def _check_version(self, programs: Programs) -> None:
        try:
            version = (self.cluster / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            message = f"{self.cluster} holds something that is no PostgreSQL cluster: move it away"
            raise EmbeddedPostgresError(message) from None
        if version != programs.major:
            message = (
                f"{self.cluster} was made by PostgreSQL {version}, and this service brings {programs.major}: "
                f"move its data with pg_dump of {version} and psql, or set ADUAN_DATA_DIR to another folder"
            )
            raise EmbeddedPostgresError(message)

    def _hand_over(self, programs: Programs) -> None:
        """Have the cluster belong to the account that runs it, and to no other: a copied one may not."""
        account = programs.account
        if account is not None and self.cluster.stat().st_uid != account.uid:  # copied back by root
            for path in (self.cluster, *self.cluster.rglob("*")):
                os.chown(path, account.uid, account.gid, follow_symlinks=False)
        self.cluster.chmod(0o700)

    def _wait_for_lock(self, say: Callable[[str], None]) -> None:
        deadline, told = time.monotonic() + _PATIENCE, False
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.pread(self._lock, 20, 0).decode() or "unknown"
                if time.monotonic() > deadline:
                    message = (
                        f"another service (process {holder}) is running on the data folder {self.path}: "
                        "stop it, or set ADUAN_DATA_DIR to another folder"
                    )
                    raise EmbeddedPostgresError(message) from None
                if not told:
                    say(
                        f"Another service (process {holder}) is running on {self.path}; waiting for it to end"
                    )
                told = True
                time.sleep(0.05)
            except OSError:
                return  # a file system without locks; postgres has a lock file of its own
            else:
                os.ftruncate(self._lock, 0)
                os.pwrite(self._lock, str(os.getpid()).encode(), 0)
                return

    def _keep_for_owner(self, opened: int) -> None:
        """Leave the folder's owner able to run the service, when root has run it once."""
        if os.geteuid() == 0:
            owner = self.path.stat()
            os.fchown(opened, owner.st_uid, owner.st_gid)


def last_complaint(output: str) -> str:
    """Give the line that says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for line in reversed(lines):
        for word in ("FATAL:", "PANIC:", "ERROR:", "error:"):
            if word in line:
                return line.partition(word)[2].strip()
    return lines[-1] if lines else "it said nothing"


def _unwritable(path: Path, error: OSError) -> EmbeddedPostgresError:
    return EmbeddedPostgresError(
        f"the data folder {path} cannot be written ({error.strerror or error}): give this user the right to, "
        "or set ADUAN_DATA_DIR to another folder"
    )
