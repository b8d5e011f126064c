"""The service as a process of its own, for tests that end it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

ADUAN = str(Path(sys.executable).with_name("aduan"))


def start(folder: Path, database_url: str | None = None) -> tuple["subprocess.Popen[str]", str]:
    """The service on its own database or on another, and its address."""
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("ADUAN", "DATABASE"))},
        "ADUAN_DATA_DIR": str(folder / "data"),
        "ADUAN_ADMIN_PASSWORD": "kata sandi yang panjang",
    }
    if database_url is not None:
        environment["DATABASE_URL"] = database_url
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
