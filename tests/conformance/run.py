"""Do the clients and audits of others find the service as they expect it? Run by `make conformance`.

npm's `graphql-http` audits GraphQL over HTTP; `graphql-ws`, `graphql-sse`, Apollo's client and `urql` follow
events, and `urql` asks and submits too. The packages come into a folder that is removed at the end; without
Node nothing is run. In `tests/api`, `test_graphql_over_http.py`, `test_graphql_socket.py` and
`test_streams.py` have the same cases for every run.
"""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from asyncio.subprocess import PIPE
from pathlib import Path

from api.settings import Mode
from tests.databases import Clones, run_server
from tests.service import Service, running_service

HERE = Path(__file__).parent
FOLLOWERS = 6
PATIENCE_SECONDS = 60


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def conforms(database_url: str, folder: str, mode: Mode) -> bool:
    """Looks at the service in one mode; says what is found."""
    say(f"In {mode}:")
    async with running_service(database_url, mode=mode) as service:
        code = (await service.dispatched(key=f"{mode}-past"))["trackingCode"]
        return (
            await passes(folder, "audits.cjs", f"{service.url}/graphql")
            and await passes(folder, "asking.mjs", f"{service.url}/graphql", code)
            and await followed(service, folder, mode)
        )


async def passes(folder: str, *script: str) -> bool:
    """Whether a script of Node's finds everything in order."""
    run = await asyncio.create_subprocess_exec("node", *script, cwd=folder)
    return await run.wait() == 0


async def followed(service: Service, folder: str, mode: Mode) -> bool:
    """Whether each client is told of what is past, and then of what happens."""
    found = await service.data("{ events(first: 100) { nodes { cursor } } }")
    cursor = found["events"]["nodes"][-2]["cursor"]
    run = await asyncio.create_subprocess_exec(
        "node", "followers.mjs", f"{service.url}/graphql", cursor, cwd=folder, stdout=PIPE
    )
    assert run.stdout is not None
    told = 0
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for line in run.stdout:
                if line == b"following\n":
                    told += 1
                    await service.dispatched(key=f"{mode}-{told}")
                else:
                    say(line.decode().rstrip())
            return await run.wait() == 0 and told == FOLLOWERS
    except TimeoutError:
        run.kill()
        await run.wait()
        say("  a client was not told of an event")
        return False


def main() -> int:
    """The exit code: 0 where everything is as expected."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        say("Node is not installed: nothing was run. `make test` has the same cases.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "audits.cjs", "asking.mjs", "followers.mjs"):
            shutil.copy(HERE / name, folder)
        subprocess.run(["npm", "install", "--silent", "--no-package-lock"], check=True, cwd=folder)
        with run_server() as server:
            clones = Clones(server)
            passed = []
            for mode in Mode:
                address = clones.create()
                passed.append(asyncio.run(conforms(address, folder, mode)))
                clones.drop(address)
            clones.close()
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
