"""How does the service log: for people in development, as JSON lines in production, and never whom?

Logs go to standard error. Whatever a program logs, what names a person is left out here: e-mail addresses and
phone numbers within a text, the fields that hold identities and secrets, and the values that an error of the
database quotes.
"""

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from api.faults import describe_faults
from api.settings import Mode

LEFT_OUT = "[left out]"
_PERSONAL = frozenset(
    {"access_token", "authorization", "body", "cookie", "email", "name", "parameters", "password", "phone"}
    | {"reporter", "secret", "title", "token", "variables"}
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.:-])\+?\d[\d ]{8,16}\d(?![\w.:-])")
_QUOTED_BY_DATABASE = re.compile(r"\[parameters: .*?\](?=\n|$)|DETAIL:.*?(?=\n|$)", re.DOTALL)


def without_persons(text: str) -> str:
    """The text without what tells who somebody is."""
    text = _QUOTED_BY_DATABASE.sub(LEFT_OUT, text)
    return _PHONE.sub(LEFT_OUT, _EMAIL.sub(LEFT_OUT, text))


def leave_out_persons(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """`without_persons` for each value of a log entry."""
    for key, value in event.items():
        if key in _PERSONAL:
            event[key] = LEFT_OUT
        elif isinstance(value, str) and key != "timestamp":
            event[key] = without_persons(value)
    return event


def configure(mode: Mode) -> None:
    """Sets up structlog, and the standard library's logging to go the same way."""
    production = mode is Mode.PRODUCTION
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_faults,
        leave_out_persons,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if production
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    # Their own news ("started", "waiting for connections to close") would only repeat ours.
    for name in ("uvicorn", "uvicorn.error", "asyncio", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
