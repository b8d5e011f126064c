"""A worker for a test: the real command in a process of its own, on the test's database."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from api.worker.jobs import JOBS
from tests.service import VAULT

ADUAN = Path(sys.executable).with_name("aduan")


def command(database_url: str, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
    """The command `aduan`, begun."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ADUAN_", "DATABASE_"))}
    return subprocess.Popen(
        [ADUAN, *arguments],
        env=kept | {"DATABASE_URL": database_url, "ADUAN_SECRET_KEYS": VAULT.keys[0]} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def workers(database_url: str, number: int = 1, **variables: str) -> Iterator[list["subprocess.Popen[str]"]]:
    """So many workers; those that still run at the end are stopped in order, and must be."""
    started = [command(database_url, "worker", **variables) for _ in range(number)]
    try:
        yield started
        for process in started:
            said = _said_until_it_runs(process)  # one that is still about to start has no order to stop in
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                said += process.communicate(timeout=120)[0]
                assert process.returncode == 0, said
                assert said.endswith("Stopped.\n"), said
    finally:
        for process in started:
            if process.poll() is None:
                process.kill()
                sys.stdout.write(process.communicate()[0])


def _said_until_it_runs(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    said = ""
    while process.poll() is None and "The worker runs." not in said:
        said += process.stdout.readline()
    return said


async def make_due(connection: "asyncpg.Connection[asyncpg.Record]", *names: str) -> None:
    """Has these jobs, and no others, be due at once for the next worker that starts."""
    await connection.execute("DELETE FROM jobs.pgqueuer_schedules")
    rows = [
        (job.schedule, job.name, "now()" if job.name in names else "now() + interval '1 day'") for job in JOBS
    ]
    for schedule, name, next_run in rows:
        await connection.execute(
            "INSERT INTO jobs.pgqueuer_schedules (expression, entrypoint, next_run)"
            f" VALUES ($1, $2, {next_run})",
            schedule,
            name,
        )


async def until(
    connection: "asyncpg.Connection[asyncpg.Record]", condition: str, seconds: float = 120
) -> None:
    """Looks again and again whether it is so; what does not become so fails the test."""
    end = time.monotonic() + seconds
    while not await connection.fetchval(f"SELECT {condition}"):
        assert time.monotonic() < end, f"it did not happen in time: {condition}"
        await asyncio.sleep(0.05)
