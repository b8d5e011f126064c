"""How many lists a second the planner answers, beside a bare endpoint with SQL written by hand.

    python -m bench.read_path [complaints]

Needs `wrk`. One server process each, 8 connections, in turn, on one database in one run.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from api.embedded import EmbeddedPostgres
from bench.dataset import make_now

QUERY = """{ complaints(first: 20) { nodes { trackingCode title status submittedAt opd { code name }
 actions(first: 3) { nodes { kind body createdAt } } } } }"""
PORTS = {"handwritten": 8901, "product": 8902}
ROUNDS, SECONDS, CONNECTIONS = 5, 5, 8
BODY = json.dumps({"query": QUERY})


def ask(port: int) -> dict[str, object]:
    """The answer of a server, once it gives one."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql", BODY.encode(), {"content-type": "application/json"}
    )
    for _ in range(100):
        try:
            with urllib.request.urlopen(request) as answer:
                found: dict[str, object] = json.load(answer)
                return found
        except OSError:
            time.sleep(0.1)
    sys.exit(f"no server on port {port}")


def load(port: int, script: Path, seconds: int) -> float:
    """Requests a second."""
    told = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script, f"http://127.0.0.1:{port}/graphql"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        sys.exit(told)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])  # type: ignore[index]


def main() -> None:
    """Prints each one's median, and their ratio."""
    complaints = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres.start(Path(folder) / "data") as server:
        make_now(server.dsn(), complaints)
        script = Path(folder) / "post.lua"
        script.write_text(
            f"wrk.method='POST' wrk.headers['Content-Type']='application/json' wrk.body=[==[{BODY}]==]"
        )
        environment = os.environ | {"BENCH_DATABASE_URL": server.dsn()}
        servers = [
            subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "uvicorn",
                    f"bench.{name}:app",
                    "--port",
                    str(port),
                    "--no-access-log",
                    "--log-level",
                    "warning",
                ],
                env=environment,
            )
            for name, port in PORTS.items()
        ]
        try:
            answers = {name: ask(port) for name, port in PORTS.items()}
            if answers["handwritten"] != answers["product"]:
                sys.exit("the two do not answer the same")
            for port in PORTS.values():
                load(port, script, 2)
            figures: dict[str, list[float]] = {name: [] for name in PORTS}
            for _ in range(ROUNDS):
                for name, port in PORTS.items():
                    figures[name].append(load(port, script, SECONDS))
        finally:
            for process in servers:
                process.terminate()
                process.wait()
    medians = {name: statistics.median(found) for name, found in figures.items()}
    for name, found in figures.items():
        print(f"{name:12} {medians[name]:8.0f} requests/s  (of {min(found):.0f} to {max(found):.0f})")
    print(f"product / handwritten: {medians['product'] / medians['handwritten']:.2f}")


if __name__ == "__main__":
    main()
