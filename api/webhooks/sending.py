"""What comes of sending one message? A receiver that hangs, redirects or babbles costs its time only."""

import asyncio
import email.utils
import ssl
from datetime import UTC, datetime, timedelta

import httpcore

from api.webhooks.reaching import AddressForbiddenError, CheckedNetwork, NameUnknownError
from domain.webhooks.outcomes import Outcome
from domain.words import DeliveryFault

CONNECT_SECONDS = 5.0
AT_ONCE = 4
"""Messages on their way to one receiver at the same time."""


def connections(*, loopback: bool) -> httpcore.AsyncConnectionPool:
    """The connections to one receiver: none through a proxy, none that follows where it is sent on to."""
    return httpcore.AsyncConnectionPool(
        ssl_context=ssl.create_default_context(),
        max_connections=AT_ONCE,
        network_backend=CheckedNetwork(loopback=loopback),
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
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError):
        return Outcome(fault=DeliveryFault.BROKEN_OFF)


def _retry_after(headers: list[tuple[bytes, bytes]]) -> timedelta | None:
    """The patience that the receiver asks for, in seconds or until a date (RFC 9110, 10.2.3)."""
    said = next((value for name, value in headers if name.lower() == b"retry-after"), b"").decode("latin-1")
    if said.isascii() and said.isdigit() and len(said) < 10:
        return timedelta(seconds=int(said))
    try:
        until = email.utils.parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC), timedelta())
