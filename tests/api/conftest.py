"""What do tests of the API share? A service for all tests of a file that write nothing."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.databases import Clones
from tests.service import Service, running_service


@pytest.fixture(scope="module")
def shared_database_url(clones: Clones) -> Iterator[str]:
    """The address of a database for the tests of one file."""
    address = clones.create()
    yield address
    clones.drop(address)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(shared_database_url: str) -> AsyncIterator[Service]:
    """The service in development; the tests run in its loop: `pytest.mark.asyncio(loop_scope="module")`."""
    async with running_service(shared_database_url) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def production(shared_database_url: str) -> AsyncIterator[Service]:
    """The service in production, on the same database."""
    async with running_service(shared_database_url, mode="production") as running:
        yield running


@pytest.fixture(params=["shared", "production"])
def each(request: pytest.FixtureRequest) -> Service:
    """The service in either mode."""
    found: Service = request.getfixturevalue(request.param)
    return found
