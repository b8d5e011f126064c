"""Which database does a command work on: the operator's, a running service's, or one it starts itself?"""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from api.database import OLDEST_SERVER, asyncpg_dsn, connect, without_password
from api.embedded import EmbeddedPostgres, running_dsn
from api.operator_error import OperatorError
from api.settings import Settings


@contextmanager
def open_database(settings: Settings, say: Callable[[str], None], *, alone: bool = False) -> Iterator[str]:
    """The address of the service's database for as long as the block lasts.

    With the embedded server, a command beside a running service uses that service's; the service itself must
    be `alone`. Raises OperatorError and EmbeddedPostgresError.
    """
    if settings.database_url is not None:
        yield checked_address(settings.database_url)
        return
    running = None if alone else running_dsn(settings.data_dir)
    if running is not None:
        yield running
        return
    if not alone and not (settings.data_dir / "postgres").exists():
        message = (
            f"there is no service in {settings.data_dir.absolute()}: start it there with `make run`, "
            "or name its folder with ADUAN_DATA_DIR"
        )
        raise OperatorError(message)
    with EmbeddedPostgres.start(settings.data_dir, on_progress=say) as server:
        yield server.dsn()


def checked_address(url: str) -> str:
    """DATABASE_URL, if it is an address of PostgreSQL. Raises OperatorError."""
    try:
        make_url(asyncpg_dsn(url))
    except (ValueError, ArgumentError) as error:
        message = (
            "DATABASE_URL is no address of PostgreSQL: write postgresql://user:password@host:5432/database"
        )
        raise OperatorError(message) from error
    return url


async def require_server(url: str) -> int:
    """The server's version, if it answers and is new enough. Raises OperatorError that says why not."""
    shown = without_password(url)
    try:
        connection = await connect(url)
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        message = f"{shown} refuses this user or password: correct DATABASE_URL"
        raise OperatorError(message) from error
    except asyncpg.InvalidCatalogNameError as error:
        message = f"{shown} has no such database: create it, or correct DATABASE_URL"
        raise OperatorError(message) from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        message = f"{shown} cannot be used ({type(error).__name__}): correct DATABASE_URL"
        raise OperatorError(message) from error
    except (OSError, TimeoutError) as error:
        why = "no such host" if isinstance(error, socket.gaierror) else "it does not answer"
        message = f"{shown} cannot be reached ({why}): start the server, or correct DATABASE_URL"
        raise OperatorError(message) from error
    try:
        version = connection.get_server_version().major
    finally:
        await connection.close()
    if version < OLDEST_SERVER:
        message = f"{shown} is PostgreSQL {version}: the service needs {OLDEST_SERVER} or newer"
        raise OperatorError(message)
    return version
