"""Can a webhook be made to lead into our own network?"""

import asyncio
import ipaddress
import socket
import threading
from typing import Any

import httpcore
import pytest

from api.webhooks.reaching import AddressForbiddenError, CheckedNetwork, Lookups, NameUnknownError
from domain.errors import InvalidInput
from domain.webhooks.addresses import checked_url, is_open_to_all

CLOSED = (
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.0.0.8",
    "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1",
    "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1",
    "2001:db8::1", "2002:7f00:1::", "fc00::1", "fe80::1", "fec0::1", "ff02::1", "3fff::1",
)  # fmt: skip
OPEN = ("8.8.8.8", "1.1.1.1", "103.10.61.1", "2606:4700:4700::1111", "2a00:1450:4001:800::200e")


@pytest.mark.parametrize("address", CLOSED)
def test_no_address_that_is_not_open_to_all(address: str) -> None:
    assert not is_open_to_all(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(InvalidInput):
        checked_url("url", f"https://{host}/", loopback=True)


@pytest.mark.parametrize("address", OPEN)
def test_addresses_of_the_internet(address: str) -> None:
    assert is_open_to_all(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "ftp://example.org/", "example.org", "https://", "https://localhost/",
        "https://user@example.org/", "https://:x@example.org/", "https://example.org/#a",
        "https://example.org:22/",
        "https://example.org:99999/", "https://2130706433/", "https://0x7f.1/", "https://127.1/",
        "https://017700000001/", "https://\uff11\uff12\uff17.0.0.1/", "https://ex\u00e4mple.org/",
        "https://example.org\\@127.0.0.1/", "https://example.org/ x", "https://intranet/",
        "https://a_b.example.org/", "https://example.123/", "https://[::1", "https://[fe80::1%25eth0]/",
        "https://example.org/" + "x" * 2_000,
    ],
)  # fmt: skip
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        checked_url("url", url, loopback=False)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/a", "http://localhost/", "http://[::1]:8080/"])
def test_this_machine_only_in_development(url: str) -> None:
    assert checked_url("url", url, loopback=True) == url
    with pytest.raises(InvalidInput):
        checked_url("url", url, loopback=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/",
        "https://a.b-c.example.org:8443/p?q=1",
        "https://8.8.8.8/",
        "https://example.org./",
    ],
)
def test_addresses_that_are_taken(url: str) -> None:
    assert checked_url("url", f" {url} ", loopback=False) == url


async def test_a_name_that_leads_to_this_machine_is_not_connected_to() -> None:
    """Whatever was thought of the name when it was set: what it leads to now is looked at."""
    network = CheckedNetwork(Lookups(), loopback=False)
    with pytest.raises(AddressForbiddenError):
        await network.connect_tcp("localhost", 80)
    for written in ("127.1", "0x7f.1", "2130706433"):
        with pytest.raises(httpcore.ConnectError):
            await network.connect_tcp(written, 80)


async def test_a_name_is_looked_up_once_each_address_checked_and_that_one_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leads_to, asked, connected = [["8.8.8.8"], ["8.8.8.8", "127.0.0.1"], ["10.0.0.1", "8.8.8.8"]], [], []

    def look_up(host: str, port: int, **_: Any) -> Any:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in leads_to.pop(0)]

    async def connect(_self: Any, host: str, *_rest: Any) -> Any:
        connected.append(host)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
    network = CheckedNetwork(Lookups(), loopback=True)
    await network.connect_tcp("redaksi.example.org", 443)
    # One of several that is ours is enough: nobody says which of them is taken.
    for _ in range(2):
        with pytest.raises(AddressForbiddenError):
            await network.connect_tcp("redaksi.example.org", 443)
    assert connected == ["8.8.8.8"]
    assert asked == ["redaksi.example.org"] * 3


async def test_a_name_server_that_hangs_keeps_no_other_name_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answer, resolve = [], threading.Event(), socket.getaddrinfo

    def look_up(host: str, *rest: Any, **more: Any) -> Any:
        if host == "diam.example.org":
            asked.append(host)
            answer.wait(30)
            raise socket.gaierror
        return resolve(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    lookups = Lookups()
    network = CheckedNetwork(lookups, loopback=False)
    waiting = [asyncio.create_task(network.connect_tcp("diam.example.org", 443)) for _ in range(50)]
    try:
        with pytest.raises(AddressForbiddenError):
            async with asyncio.timeout(20):
                await network.connect_tcp("localhost", 443)
        for task in waiting[1:]:
            task.cancel()
    finally:
        answer.set()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in found] == [NameUnknownError, *[asyncio.CancelledError] * 49]
    assert len(asked) == 1
