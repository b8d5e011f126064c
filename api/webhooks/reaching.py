"""How is a webhook's address connected to? Its name is looked up once, each address checked, one taken.

A name may lead anywhere, and somewhere else at the next look: what is checked here is what is connected to.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpcore

from domain.webhooks.addresses import Address, is_loopback, is_open_to_all, literal


class NameUnknownError(httpcore.ConnectError):
    """The name leads nowhere."""


class AddressForbiddenError(httpcore.ConnectError):
    """It leads into a network that is not open to all."""


NAMES_AT_ONCE = 100


class Lookups:
    """Looks names up, each once at a time: if its server hangs, no other name waits."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(NAMES_AT_ONCE, "webhook-name")
        self._under_way: dict[tuple[str, int], asyncio.Future[Any]] = {}

    async def addresses(self, host: str, port: int) -> list[Address]:
        """All that a name leads to. Raises NameUnknownError."""
        which = host, port
        looking = self._under_way.get(which)
        if looking is None:
            ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
            looking = asyncio.get_running_loop().run_in_executor(self._threads, ask)
            self._under_way[which] = looking
            looking.add_done_callback(partial(self._forget, which))
        try:
            entries = await asyncio.shield(looking)
        except OSError as error:
            raise NameUnknownError from error
        # An address of one network card says which after a %: such are never open to all.
        return [ipaddress.ip_address(str(place[0]).partition("%")[0]) for *_, place in entries]

    def _forget(self, which: tuple[str, int], looked: "asyncio.Future[Any]") -> None:
        del self._under_way[which]
        if not looked.cancelled():
            looked.exception()  # whoever asked may have lost patience: then nobody else reads it


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to what is open to all, and to nothing else; in development to this machine too."""

    def __init__(self, lookups: Lookups, *, loopback: bool) -> None:
        self._network = httpcore.AnyIOBackend()
        self._lookups = lookups
        self._loopback = loopback

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failed: httpcore.ConnectError | None = None
        for address in await self._addresses(host, port):
            try:
                return await self._network.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except httpcore.ConnectError as error:
                failed = error
        raise failed or NameUnknownError

    async def _addresses(self, host: str, port: int) -> list[Address]:
        """Where a host is, all of it allowed."""
        written = literal(host)
        found = [written] if written is not None else await self._lookups.addresses(host, port)
        here = self._loopback and is_loopback(host)
        if not all(address.is_loopback if here else is_open_to_all(address) for address in found):
            raise AddressForbiddenError
        return found

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        raise AddressForbiddenError

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)
