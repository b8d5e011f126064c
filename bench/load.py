"""How are requests sent, and how fast do the answers come? By wrk: who has an answer asks again."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONNECTIONS = 8
LONGEST = 60
_SCRIPT = """
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json"
local bodies, requests, turn = {%s}, {}, 0
function init()
  for place, body in ipairs(bodies) do requests[place] = wrk.format("POST", nil, nil, body) end
end
function request()
  turn = turn %% #requests + 1
  return requests[turn]
end
function done(summary, latency)
  local wrong = summary.errors
  io.write(string.format('\\n{"requests": %%d, "microseconds": %%d, "wrong": %%d, "p50": %%d, "p99": %%d}\\n',
    summary.requests, summary.duration,
    wrong.connect + wrong.read + wrong.write + wrong.status + wrong.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Answered:
    """One round."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float


def script(folder: Path, name: str, requests: list[dict[str, Any]]) -> Path:
    """What wrk sends: the requests in turn, without end."""
    path = folder / f"{name}.lua"
    path.write_text(_SCRIPT % ", ".join(f"[==[{json.dumps(body)}]==]" for body in requests))
    return path


def run(url: str, sent: Path, seconds: int) -> Answered:
    """Sends requests for some seconds, or for longer where the first answer takes so long."""
    sending = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", "-s", sent, url],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    told = sending.stdout
    if sending.returncode:
        sys.exit(f"wrk failed:\n{told}")
    found = json.loads(told.strip().splitlines()[-1])
    if found["wrong"]:
        sys.exit(f"{url} did not answer every request:\n{told}")
    if not found["requests"] and seconds < LONGEST:
        return run(url, sent, 3 * seconds)
    return Answered(
        found["requests"],
        found["requests"] / found["microseconds"] * 1e6,
        found["p50"] / 1000,
        found["p99"] / 1000,
    )


def require_wrk() -> None:
    """Says what is missing before anything is made."""
    if shutil.which("wrk") is None:
        sys.exit("the comparisons need wrk (Debian, Ubuntu: apt-get install wrk)")
