"""A write that was acknowledged is there after the service was killed, and what was not can be repeated."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from api.embedded import running_dsn

ADUAN = str(Path(sys.executable).with_name("aduan"))
SUBMIT = """mutation ($i: ComplaintSubmitInput!) {
  complaintSubmit(input: $i) { complaint { trackingCode } accessToken errors { code } } }"""


def start(folder: Path) -> tuple["subprocess.Popen[str]", str]:
    """The service on its own database, and its address."""
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("ADUAN", "DATABASE"))},
        "ADUAN_DATA_DIR": str(folder / "data"),
        "ADUAN_ADMIN_PASSWORD": "kata sandi yang panjang",
    }
    process = subprocess.Popen(
        [ADUAN, "serve", "--port", "0", "--no-sample"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "/healthz" in line:
            return process, line.split()[-1].removesuffix("/healthz")
    raise AssertionError("the service did not start")


def kill(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


async def submit(http: httpx.AsyncClient, number: int) -> dict[str, Any] | None:
    """The answer to a submission, None where the connection broke before it came."""
    given = {
        "idempotencyKey": f"bunuh-{number}",
        "title": f"Laporan {number}",
        "body": "Isi",
        "classification": "COMPLAINT",
    }
    try:
        answer = await http.post("/graphql", json={"query": SUBMIT, "variables": {"i": given}})
    except httpx.TransportError:
        return None
    found: dict[str, Any] = answer.json()["data"]["complaintSubmit"]
    assert found["errors"] == []
    return found


@pytest.mark.timeout(120)
async def test_every_acknowledged_write_survives_a_kill(tmp_path: Path) -> None:
    total, kills = 120, 3
    answers: dict[int, dict[str, Any]] = {}
    process, address = start(tmp_path)
    for turn in range(kills + 1):
        async with httpx.AsyncClient(base_url=address, timeout=20) as http:

            async def worker(share: int, http: httpx.AsyncClient = http) -> None:
                for number in range(share, total, 8):
                    if number in answers:
                        continue
                    answer = await submit(http, number)
                    if answer is None:
                        return
                    answers[number] = answer

            work = asyncio.gather(*(worker(share) for share in range(8)))
            if turn < kills:
                enough = (turn + 1) * total // (kills + 2)
                while len(answers) < enough:  # noqa: ASYNC110 - each answer would have to tell
                    await asyncio.sleep(0.005)
                await asyncio.to_thread(kill, process)
                await work
                process, address = await asyncio.to_thread(start, tmp_path)
            else:
                await work
    assert sorted(answers) == list(range(total))
    dsn = running_dsn(tmp_path / "data")
    assert dsn is not None
    connection = await asyncpg.connect(dsn)
    found = await connection.fetch("SELECT tracking_code, title FROM complaint")
    rows = {row["tracking_code"]: row["title"] for row in found}
    events = await connection.fetchval("SELECT count(*) FROM complaint_event WHERE type = 'SUBMITTED'")
    await connection.close()
    process.terminate()
    process.communicate()
    assert rows == {a["complaint"]["trackingCode"]: f"Laporan {n}" for n, a in answers.items()}
    assert events == total
