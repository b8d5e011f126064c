"""What a client is told of an error: a code always, and of our own faults nothing but a request id."""

import re
from collections.abc import Iterable
from typing import Any

import asyncpg
import structlog
from graphql import GraphQLError
from uuid_utils.compat import uuid7

from api.faults import described
from domain.errors import Refusal
from domain.messages import MESSAGES
from domain.outage import RETRY_SECONDS, is_away
from domain.words import Locale
from schema.documents import Refused
from schema.limits import Excess, LimitExceeded
from schema.rates import TooMany

log = structlog.get_logger()

UNAVAILABLE = "SERVICE_UNAVAILABLE"

_GIVEN = (
    (re.compile(r"(cannot represent [^:]*value): .*?(?= Did you mean|\Z)", re.DOTALL), r"\1."),
    (re.compile(r", found: .*", re.DOTALL), "."),
    (re.compile(r"Value '.*' does not exist", re.DOTALL), "Value does not exist"),
)
"""Where graphql-core quotes a value that it refuses: what a citizen sent is for no client's log."""
_LARGEST_NUMBER = 2**53 - 1
"""A bomb of fragments asks for more than JSON's readers can count."""

_WORDED = {
    "BAD_CURSOR": "bad_cursor",
    "CURSOR_EXPIRED": "cursor_expired",
    "INTROSPECTION_DISABLED": "introspection_closed",
    "SUBSCRIPTION_TRANSPORT": "subscription_transport",
}
"""Codes whose sentence is ours in both languages, whoever raised them."""


def request_errors(problem: Refused | LimitExceeded | TooMany, locale: Locale) -> list[GraphQLError]:
    """Why a request is not run at all."""
    if isinstance(problem, TooMany):
        return [_rate_error(problem, locale)]
    if isinstance(problem, LimitExceeded):
        return [limit_error(excess, locale) for excess in problem.excesses]
    return [presented(error, locale) for error in problem.errors]


def _rate_error(problem: TooMany, locale: Locale) -> GraphQLError:
    """The error that says how long to wait."""
    message = MESSAGES["rate_exceeded"][locale].format(
        limit=problem.limit, most=problem.most, seconds=problem.seconds
    )
    extensions = {
        "code": "THROTTLED",
        "limit": problem.limit,
        "max": problem.most,
        "retryAfter": problem.seconds,
    }
    return GraphQLError(message, extensions=extensions)


def limit_error(excess: Excess, locale: Locale) -> GraphQLError:
    """The error that names a limit and what was found."""
    actual = min(excess.actual, _LARGEST_NUMBER)
    message = MESSAGES["limit_exceeded"][locale].format(limit=excess.limit, actual=actual, most=excess.most)
    extensions: dict[str, Any] = {
        "code": "LIMIT_EXCEEDED",
        "limit": excess.limit,
        "max": excess.most,
        "actual": actual,
    }
    if excess.limit == "cost":  # said as an answer says it
        extensions["cost"] = {"requested": actual, "ceiling": excess.most}
    return GraphQLError(message, extensions=extensions)


def presented(error: GraphQLError, locale: Locale) -> GraphQLError:
    """The error as a client sees it."""
    original = root_cause(error)
    if isinstance(original, Refusal):
        return _with(error, original.message(locale), {"code": original.code.value})
    if original is None:
        extensions = {"code": "BAD_USER_INPUT"} | (error.extensions or {})
        key = _WORDED.get(extensions["code"])
        worded = MESSAGES[key][locale].format_map(extensions) if key else _without_values(error.message)
        return _with(error, worded, extensions)
    if isinstance(original, asyncpg.QueryCanceledError | TimeoutError):
        return _with(error, MESSAGES["query_timeout"][locale], {"code": "QUERY_TIMEOUT"})
    if is_away(original):
        log.warning("graphql.database_away", reason=type(original).__name__)
        message = MESSAGES["database_away"][locale]
        return _with(error, message, {"code": UNAVAILABLE, "retryAfter": RETRY_SECONDS})
    if _is_unstorable_text(original):
        return _with(error, MESSAGES["control_characters"][locale], {"code": "BAD_USER_INPUT"})
    request = uuid7().hex
    log.error("graphql.fault", request=request, **described(original))
    message = MESSAGES["fault"][locale].format(request=request)
    return _with(error, message, {"code": "INTERNAL", "requestId": request})


def _without_values(message: str) -> str:
    for quoted, instead in _GIVEN:
        message = quoted.sub(instead, message)
    return message


def fault(error: Exception, locale: Locale) -> GraphQLError:
    """What is told of an exception outside the run of an operation."""
    if isinstance(error, GraphQLError):
        return presented(error, locale)
    return presented(GraphQLError("", original_error=error), locale)


def root_cause(error: GraphQLError) -> BaseException | None:
    """What a resolver raised, None where graphql-core itself, or we as a GraphQLError, refused."""
    cause: BaseException | None = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _is_unstorable_text(fault: BaseException) -> bool:
    """PostgreSQL has no NUL in texts and the driver no half characters: a search for them finds this."""
    return isinstance(fault, asyncpg.CharacterNotInRepertoireError) or isinstance(
        fault.__cause__, UnicodeEncodeError
    )


def _with(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    nodes: Iterable[Any] | None = error.nodes
    told = GraphQLError(
        message,
        nodes=list(nodes) if nodes else None,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
    told.locations = told.locations or error.locations
    return told
