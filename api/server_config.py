"""How is an application served by uvicorn? The same way by the command, the workers and the tests."""

import uvicorn
from starlette.applications import Starlette

from api.server_protocols import HttpConnection, SocketConnection
from api.settings import settings

GRACE_SECONDS = 5
"""How long open streams may hold up the end."""
MESSAGE_MOST = 256 * 1024
"""Bytes of one message from a subscriber, before the service's own limit says so."""


def server_config(
    app: Starlette | str, *, workers: int = 1, port: int = 0, grace_seconds: int = GRACE_SECONDS
) -> uvicorn.Config:
    """How uvicorn runs an application, or what the name of a factory makes in each worker."""
    return uvicorn.Config(
        app,
        port=port,
        loop="uvloop",
        http=HttpConnection,
        ws=SocketConnection,
        ws_max_size=MESSAGE_MOST,
        # Events are small, and a thousand of the same would each be compressed by itself.
        ws_per_message_deflate=False,
        lifespan="on",
        access_log=False,
        forwarded_allow_ips=settings().trusted_proxies,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=grace_seconds,
        workers=workers,
        factory=isinstance(app, str),
    )
