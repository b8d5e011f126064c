"""What do tests share? A PostgreSQL server for each process of the run, and a database for each that asks."""

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, settings

from api.embedded import EmbeddedPostgresError
from tests.databases import EXTERNAL, Clones, Server, run_server
from tests.service import Service, running_service

# The same examples in every run, and no clock: how long one takes says what else the machine is doing.
settings.register_profile(
    "suite", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    # A run that is told to stop cleans up like one that is interrupted by hand.
    for told in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(told) is signal.SIG_DFL:
            signal.signal(told, signal.default_int_handler)
    if getattr(config.option, "tx", None) and not config.option.collectonly:
        # Several processes: a server must outlive each of them. A single one starts it when a test asks.
        stack = ExitStack()
        number = 1 if EXTERNAL in os.environ else len(config.option.tx)
        try:
            Server.hand_down([stack.enter_context(run_server()) for _ in range(number)])
        except (EmbeddedPostgresError, OSError, RuntimeError) as error:
            pytest.exit(f"no database for the tests: {error}", returncode=pytest.ExitCode.USAGE_ERROR)
        config.add_cleanup(stack.close)


@pytest.fixture(scope="session")
def clones() -> Iterator[Clones]:
    with ExitStack() as stack:
        server = Server.handed_down() or stack.enter_context(run_server())
        made = Clones(server)
        stack.callback(made.close)
        yield made


@pytest.fixture
def database_url(clones: Clones) -> Iterator[str]:
    """The address (`postgresql://...`) of a migrated and seeded database that is this test's alone."""
    address = clones.create()
    yield address
    clones.drop(address)


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Service]:
    """The running service on a database of its own."""
    async with running_service(database_url) as running:
        yield running
