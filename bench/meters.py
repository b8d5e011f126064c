"""What does a request cost? The processor's time and the memory of processes, as Linux counts them."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROCESSES = Path("/proc")
_IDLE_SHARE = 0.1
_LOOK_SECONDS = 0.3


def cpu_seconds(pid: int) -> float:
    """What a process and all those below it have used, the ended ones included."""
    parents, used = {}, {}
    for folder in _PROCESSES.iterdir():
        if folder.name.isdigit():
            with suppress(OSError):  # it has ended meanwhile, and its parent counts it
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                parents[int(folder.name)] = int(fields[1])
                used[int(folder.name)] = sum(map(int, fields[11:15])) / _TICKS
    return sum(used.get(each, 0.0) for each in _below(pid, parents))


def _below(pid: int, parents: dict[int, int]) -> Iterator[int]:
    yield pid
    for child, parent in parents.items():
        if parent == pid:
            yield from _below(child, parents)


def wait_until_idle(pid: int, at_most: float = 60.0) -> None:
    """Lets a process and those below it come to rest: the next would be measured with what they are at."""
    until = time.monotonic() + at_most
    while time.monotonic() < until:
        before = cpu_seconds(pid)
        time.sleep(_LOOK_SECONDS)
        if cpu_seconds(pid) - before < _IDLE_SHARE * _LOOK_SECONDS:
            return


def forget_peak(pid: int) -> None:
    """Begins a new measurement of the memory's peak, where this user may."""
    with suppress(OSError):
        (_PROCESSES / str(pid) / "clear_refs").write_text("5")


def peak_megabytes(pid: int) -> float:
    """The most memory that a process has had at once (its high-water mark of resident pages)."""
    for line in (_PROCESSES / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError(pid)


def resident_kilobytes(pid: int) -> int:
    """The memory that a process has now."""
    for line in (_PROCESSES / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise OSError(pid)
