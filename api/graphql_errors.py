"""What a client is told of an error: a code always, and of our own faults nothing but a request id."""

from collections.abc import Iterable
from typing import Any

import structlog
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.extensions import MaskErrors
from uuid_utils.compat import uuid7

from domain.errors import Refusal
from domain.words import Locale

log = structlog.get_logger()

_MASKED = {
    Locale.ID: "Terjadi kesalahan di server. Sebutkan nomor {request} saat melapor.",
    Locale.EN: "Something went wrong on the server. Quote {request} when you report it.",
}


class ErrorPresentation(MaskErrors):
    """Gives each top-level error its code, and masks what is our fault."""

    def _process_errors(self, errors: list[GraphQLError]) -> list[GraphQLError]:
        context = self.execution_context.context
        locale = getattr(context, "locale", Locale.ID)
        return [presented(error, locale) for error in errors]


def presented(error: GraphQLError, locale: Locale) -> GraphQLError:
    """The error as a client sees it."""
    original = root_cause(error)
    if isinstance(original, Refusal):
        return _with(error, original.message(locale), {"code": original.code.value})
    if original is None:
        code = (
            "GRAPHQL_PARSE_FAILED"
            if isinstance(error, GraphQLSyntaxError)
            else ("GRAPHQL_VALIDATION_FAILED" if error.path is None else "BAD_USER_INPUT")
        )
        return _with(error, error.message, {"code": code} | (error.extensions or {}))
    request = uuid7().hex
    log.error("graphql.fault", request=request, fault=type(original).__name__, where=_where(original))
    return _with(error, _MASKED[locale].format(request=request), {"code": "INTERNAL", "requestId": request})


def root_cause(error: GraphQLError) -> BaseException | None:
    """What a resolver raised, None where graphql-core itself, or we as a GraphQLError, refused."""
    cause: BaseException | None = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _where(fault: BaseException) -> str:
    """The innermost line of ours that the fault came through; its message may hold personal data."""
    trace, lines = fault.__traceback__, []
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    return " < ".join(reversed(lines[-6:]))


def _with(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    nodes: Iterable[Any] | None = error.nodes
    return GraphQLError(
        message,
        nodes=list(nodes) if nodes else None,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
