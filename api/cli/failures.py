"""Which failures does the operator get in one line, with what to do about them?"""

import asyncpg
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from api.embedded import EmbeddedPostgresError
from api.operator_error import OperatorError
from domain.errors import Refusal
from domain.importing.problems import ImportFileError

_NOT_SET_UP = "the database is not set up for this version: run `aduan migrate`"


def explained(error: BaseException) -> str | None:
    """The line; None for a fault of our own, whose traceback is what helps."""
    if isinstance(error, OperatorError | EmbeddedPostgresError | ImportFileError):
        return str(error)
    if isinstance(error, Refusal):
        return f"{error.field}: {error}" if error.field else str(error)
    if isinstance(error, ValidationError):
        return "; ".join(f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors())
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return _of_the_database(error)


def _of_the_database(error: BaseException) -> str | None:
    """A failure in the middle of the work; that it cannot begin is said by `require_server`."""
    cause = error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig else error
    if isinstance(cause, asyncpg.UndefinedTableError | asyncpg.UndefinedColumnError):
        return _NOT_SET_UP
    if isinstance(cause, asyncpg.InsufficientPrivilegeError):
        return "the database's user lacks a right: let it own the database's tables"
    if isinstance(cause, asyncpg.LockNotAvailableError | asyncpg.QueryCanceledError):
        return "the database is busy: try again in a moment"
    if isinstance(cause, asyncpg.ReadOnlySQLTransactionError):
        return "the database is a read-only replica: name its primary in DATABASE_URL"
    if isinstance(
        cause,
        asyncpg.PostgresConnectionError
        | asyncpg.OperatorInterventionError
        | asyncpg.InterfaceError
        | ConnectionError
        | TimeoutError,
    ):
        return "the connection to the database was lost: what was reported as done is kept; run it again"
    return None
