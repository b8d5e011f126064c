"""How does `aduan serve` bring up the service, and take it down again in order?"""
# ruff: noqa: PLC0415 - what sets a database up, and what works by the clock, weigh 20 MB: a process that needs
# neither does not load them, and starts sooner.

import asyncio
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext

import uvicorn
from uvicorn.supervisors import Multiprocess

from api import logs
from api.app import create_app
from api.cli.setup_state import is_set_up
from api.cli.terminal import say
from api.collecting import keep_for_good
from api.operator_error import OperatorError
from api.parent import stop_with_parent
from api.secret_keys import vault_of
from api.server_config import server_config
from api.service_database import open_database, require_server
from api.settings import Mode, Settings, settings
from domain.secrecy import Vault

FACTORY = "api.asgi:app_from_environment"


def serve(*, host: str | None, port: int | None, workers: int, sample: bool | None) -> None:
    """`aduan serve`: until it is told to stop."""
    current = settings()
    if current.stop_with_parent:
        stop_with_parent()
    if workers > 1 and current.database_url is None:
        message = "--workers needs DATABASE_URL: the embedded PostgreSQL serves one process"
        raise OperatorError(message)
    if current.database_url is not None:
        vault_of(current)  # said before anything has begun
    logs.configure(current.mode)
    try:
        with (
            _listener(host or current.host, current.port if port is None else port) as listener,
            open_database(current, say, alone=True) as url,
        ):
            vault = vault_of(current)
            asyncio.run(_have_set_up(current, url, vault, sample=sample))
            if workers > 1:
                _Workers(server_config(FACTORY, workers=workers), sockets=[listener]).run()
            else:
                app = create_app(current, url, vault, beside=_beside(current, url, vault))
                keep_for_good()
                _Server(server_config(app)).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    say("Stopped.")


async def _have_set_up(current: Settings, url: str, vault: Vault, *, sample: bool | None) -> None:
    """Has the database ready for the service to use."""
    await require_server(url)
    if not await is_set_up(url):
        from api.cli.first_start import set_up

        await set_up(current, url, vault, sample=current.database_url is None if sample is None else sample)


def _beside(current: Settings, url: str, vault: Vault) -> Callable[[], AbstractAsyncContextManager[None]]:
    """What runs beside the service: the embedded database has no other process that works by the clock."""
    if current.database_url is not None:
        return nullcontext
    from api.worker.run import Worker

    return Worker(current, url, vault).running


def _listener(host: str, port: int) -> socket.socket:
    """The socket of the service, taken before anything else is begun; connections come once it is ready."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except socket.gaierror as error:
        message = f"there is no address {host}: choose another with --host or ADUAN_HOST"
        raise OperatorError(message) from error
    except OSError as error:
        message = (
            f"port {port} on {host} cannot be used ({error.strerror}): stop the program that has it, "
            "or choose another with --port or ADUAN_PORT"
        )
        raise OperatorError(message) from error
    listener.set_inheritable(True)
    return listener


class _Server(uvicorn.Server):
    """Says where the service is once it answers, and takes being told to stop for no failure."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            _announce(sockets[0])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        self._captured_signals.clear()  # uvicorn would raise them once more


class _Workers(Multiprocess):
    """Says where the service is once every worker answers."""

    announced = False

    def keep_subprocess_alive(self) -> None:
        super().keep_subprocess_alive()
        if not self.announced and all(process.is_ready(0.2) for process in self.processes):
            self.announced = True
            _announce(self.sockets[0])


def _announce(listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - told to people, not bound
        host = "localhost"
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    say("Aduan Cilegon is ready:")
    api = "API               " if settings().mode is Mode.PRODUCTION else "API, with GraphiQL"
    say(f"  {api}  {url}/graphql")
    say(f"  Panel               {url}/admin")
    say(f"  Health              {url}/healthz")
    say("Stop it with Ctrl-C.")
