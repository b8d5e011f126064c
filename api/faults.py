"""What does the log say of a fault of ours: its class, our own lines, the database's code, and never a value?

An exception's message is not said: the database quotes in it what a citizen wrote, and so may anything else.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import asyncpg
from sqlalchemy.exc import StatementError
from structlog.typing import EventDict, WrappedLogger

from domain.outage import causes

_HERE = Path(__file__).resolve().parent.parent
_OURS = tuple(f"{_HERE / package}{os.sep}" for package in ("domain", "schema", "admin", "api", "migrations"))
MOST_LINES = 12


def described(fault: BaseException) -> dict[str, Any]:
    """What there is to say of a fault, as fields of a log entry."""
    told: dict[str, Any] = {"fault": type(fault).__name__, "where": where(fault)}
    chain = list(causes(fault))
    if below := [type(each).__name__ for each in chain[1:]]:
        told["causes"] = " < ".join(below)
    for each in chain:
        if isinstance(each, asyncpg.PostgresError):
            told["sqlstate"] = each.sqlstate
            names = {name: getattr(each, name, None) for name in ("constraint_name", "table_name")}
            told |= {name: value for name, value in names.items() if value}
        if isinstance(each, StatementError) and each.statement:
            told["statement"] = " ".join(each.statement.split())[:500]
        if isinstance(each, OSError) and each.strerror:
            told["reason"] = each.strerror
    return told


def where(fault: BaseException) -> str:
    """The lines of ours that a fault and what caused it came through, the innermost first."""
    lines = [
        line for each in reversed(list(causes(fault))) for line in reversed(list(_lines(each.__traceback__)))
    ]
    return " < ".join(dict.fromkeys(lines[:MOST_LINES])) or "outside of our code"


def _lines(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename.startswith(_OURS):
            yield f"{Path(code.co_filename).relative_to(_HERE)}:{trace.tb_lineno}:{code.co_name}"
        trace = trace.tb_next


def describe_faults(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Puts the description in the place of the exception of a log entry."""
    given = event.pop("exc_info", None)
    if not given:
        return event
    if not isinstance(given, BaseException):
        given = given[1] if isinstance(given, tuple) else sys.exception()
    return event if given is None else {**event, **described(given)}
