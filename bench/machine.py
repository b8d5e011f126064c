"""On what was it measured? The machine and the versions, for whoever compares figures."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import asyncpg

from bench.load import CONNECTIONS
from bench.servers import POSTGRAPHILE, node

_PACKAGES = ("strawberry-graphql", "graphql-core", "starlette", "uvicorn", "SQLAlchemy", "asyncpg")


async def described(dsn: str, peers: tuple[str, ...], load: str) -> dict[str, str]:
    """Each fact by its name; `load` says what asks or listens."""
    connection = await asyncpg.connect(dsn)
    try:
        server = await connection.fetchval("SHOW server_version")
        buffers = await connection.fetchval("SHOW shared_buffers")
    finally:
        await connection.close()
    facts = {
        "processor": f"{_model()}, {os.cpu_count()} cores",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}, {platform.machine()}",
        "PostgreSQL": f"{server}, embedded, as the product starts it (shared_buffers {buffers})",
        "Python": f"{platform.python_version()}; "
        + ", ".join(f"{name} {version(name)}" for name in _PACKAGES),
        "load": f"{load}, on the same machine",
    }
    if "postgraphile" in peers:
        package = f"require('{POSTGRAPHILE}/node_modules/postgraphile/package.json').version"
        made = _said(node(), "-p", package).strip()
        facts["PostGraphile"] = f"{made} on Node.js {_said(node(), '--version').strip()}"
    return facts


def wrk() -> str:
    """What sends requests."""
    version = _said("wrk", "--version").split()[1].removeprefix("debian/")
    return f"wrk {version}, 1 thread, {CONNECTIONS} connections"


def _said(*command: str) -> str:
    # wrk tells its version on either stream, and calls it a failure.
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    ).stdout


def _model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
