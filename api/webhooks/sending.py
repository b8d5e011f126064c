"""What comes of sending one message? A receiver that hangs, redirects or babbles costs its time only."""

import asyncio
import email.utils
import ssl
from datetime import UTC, datetime, timedelta
from functools import cache

import httpcore
import structlog

from api.webhooks.reaching import AddressForbiddenError, CheckedNetwork, Lookups, NameUnknownError
from domain.webhooks.outcomes import Outcome
from domain.words import DeliveryFault

CONNECT_SECONDS = 5.0
AT_ONCE = 4
"""Messages on their way to one receiver at the same time."""

_BROKEN_OFF = (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError)

log = structlog.get_logger()


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed: read once, for that takes longer than to send many messages."""
    return ssl.create_default_context()


def connections(lookups: Lookups, *, loopback: bool) -> httpcore.AsyncConnectionPool:
    """The connections to one receiver: none through a proxy, none that follows where it is sent on to."""
    return httpcore.AsyncConnectionPool(
        ssl_context=_trusted(),
        max_connections=AT_ONCE,
        network_backend=CheckedNetwork(lookups, loopback=loopback),
    )


async def send(
    pool: httpcore.AsyncConnectionPool, url: str, headers: dict[str, str], body: bytes, seconds: float
) -> Outcome:
    """One attempt; only the status of the answer counts, and its Retry-After. Never raises."""
    timeouts = {"connect": min(CONNECT_SECONDS, seconds), "read": seconds, "write": seconds}
    try:
        async with (
            asyncio.timeout(seconds),
            pool.stream(
                "POST", url, headers=list(headers.items()), content=body, extensions={"timeout": timeouts}
            ) as answer,
        ):
            return Outcome(status=answer.status, retry_after=_retry_after(answer.headers))
    except NameUnknownError:
        return Outcome(fault=DeliveryFault.NAME_UNKNOWN)
    except AddressForbiddenError:
        return Outcome(fault=DeliveryFault.ADDRESS_FORBIDDEN)
    except (TimeoutError, httpcore.TimeoutException):
        return Outcome(fault=DeliveryFault.TIMEOUT)
    except httpcore.ConnectError as error:
        insecure = isinstance(error.__cause__, ssl.SSLError) or isinstance(error.__context__, ssl.SSLError)
        return Outcome(fault=DeliveryFault.INSECURE if insecure else DeliveryFault.UNREACHABLE)
    except Exception as error:  # what is not written down would be sent again each second, for ever
        if not isinstance(error, _BROKEN_OFF):
            log.exception("webhook.attempt_failed")
        return Outcome(fault=DeliveryFault.BROKEN_OFF)


def _retry_after(headers: list[tuple[bytes, bytes]]) -> timedelta | None:
    """The patience that the receiver asks for, in seconds or until a date (RFC 9110, 10.2.3)."""
    said = next((value for name, value in headers if name.lower() == b"retry-after"), b"").decode("latin-1")
    if said.isascii() and said.isdigit() and len(said) < 10:
        return timedelta(seconds=int(said))
    try:
        until = email.utils.parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    return max(until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC), timedelta())
