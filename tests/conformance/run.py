"""Does the service keep to GraphQL over HTTP, as the audits of npm's `graphql-http` read it, in either mode?

`make conformance`. The package comes into a folder that is removed at the end; without Node nothing is run.
`tests/api/test_graphql_over_http.py` has the same cases for every run of the tests.
"""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from api.settings import Mode
from tests.databases import Clones, run_server
from tests.service import running_service

PACKAGE = "graphql-http@1.23.1"
AUDITS = Path(__file__).parent / "audits.cjs"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def audit(database_url: str, folder: str, mode: Mode) -> bool:
    """Runs all audits against the service in one mode; says how many pass."""
    say(f"In {mode}:")
    async with running_service(database_url, mode=mode) as service:
        run = await asyncio.create_subprocess_exec(
            "node", shutil.copy(AUDITS, folder), f"{service.url}/graphql", cwd=folder
        )
        return await run.wait() == 0


def main() -> int:
    """The exit code: 0 where every audit passes."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        say("Node is not installed: nothing was run. `make test` has the same cases.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        install = f"npm install --silent --no-save --no-package-lock --prefix {folder} {PACKAGE}"
        subprocess.run(install.split(), check=True, cwd=folder)
        with run_server() as server:
            clones = Clones(server)
            address = clones.create()
            passed = [asyncio.run(audit(address, folder, mode)) for mode in Mode]
            clones.drop(address)
            clones.close()
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
