"""Is the database away: stopped, starting again, taken over by another server, or out of connections?

Nothing is wrong then with what was asked, and who asks again a little later gets an answer. What was under
way may have been committed or not: a key of the request (`idempotencyKey`, `version`) makes the repeat safe.
"""

from collections.abc import Iterator

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

RETRY_SECONDS = 2
"""After how long it is worth asking again: a server that is restarted is back in about that time."""

_SIGNS = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,
    NoConnectionFree,
)
_CLOSED = "connection is closed"
"""The driver's word for a connection that was lost before; its other interface errors are faults of ours."""


class DatabaseAway(ConnectionError):
    """No connection to the database could be made."""


def is_away(fault: BaseException) -> bool:
    """Whether a fault, or what it was raised from, is that."""
    return any(_says_so(each) for each in causes(fault))


def _says_so(fault: BaseException) -> bool:
    if isinstance(fault, asyncpg.InterfaceError):
        return _CLOSED in str(fault)
    return isinstance(fault, _SIGNS) and not isinstance(fault, asyncpg.QueryCanceledError)


def causes(fault: BaseException) -> Iterator[BaseException]:
    """The fault, and what it was raised from, as a traceback shows it."""
    seen: set[int] = set()
    each: BaseException | None = fault
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        original = each.orig if isinstance(each, DBAPIError) else None
        each = original or each.__cause__ or (None if each.__suppress_context__ else each.__context__)
