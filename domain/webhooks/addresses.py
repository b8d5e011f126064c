"""Which addresses may a webhook have, and to which of them may the service connect?

A webhook's address is somebody else's choice: it must not lead into our own network. What is written is
checked here when it is set; where its name leads is checked at each connection (`is_open_to_all`).
"""

import ipaddress
import re
from urllib.parse import urlsplit

from domain import text
from domain.errors import InvalidInput

LONGEST = 2_000
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+(?=[a-z]){_LABEL}")
"""A full name whose last part is no number: `127.1`, `0x7f.1` and `2130706433` are addresses in disguise."""
_OF_OTHERS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # relays of 6to4
        "64:ff9b::/96",  # translated to IPv4, whatever that is
        "64:ff9b:1::/48",
        "2001::/23",  # Teredo and other tunnels
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation, which Python before 3.12 does not know
    )
)
_UNICAST_6 = ipaddress.ip_network("2000::/3")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_open_to_all(address: Address) -> bool:
    """An address of the public internet, and no tunnel to one that is not.

    `is_global` alone passes 192.0.0.8, 224.0.0.1, 64:ff9b::7f00:1 and 2002:7f00:1::.
    """
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address not in _UNICAST_6:
        return False
    return not any(address in network for network in _OF_OTHERS if network.version == address.version)


def literal(host: str) -> Address | None:
    """The address that a host is written as, None for a name."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def is_loopback(host: str) -> bool:
    """A spelling that says: this machine."""
    address = literal(host)
    return host == "localhost" if address is None else address.is_loopback


def checked_url(field: str, value: str | None, *, loopback: bool) -> str:
    """The address of a webhook. `loopback` allows http to this machine: for development only.

    Raises InvalidInput.
    """
    clean = text.required(field, value, LONGEST)
    if not clean.isascii() or any(character <= " " or character == "\\" for character in clean):
        raise InvalidInput("bad_webhook_url", field=field)
    try:
        parts = urlsplit(clean)
        port, host = parts.port, (parts.hostname or "").rstrip(".")
    except ValueError as error:
        raise InvalidInput("bad_webhook_url", field=field) from error
    if parts.username is not None or parts.password is not None or parts.fragment or not host:
        raise InvalidInput("bad_webhook_url", field=field)
    if loopback and parts.scheme == "http" and is_loopback(host):
        return clean
    if parts.scheme != "https" or not (port is None or port == 443 or port >= 1024):
        raise InvalidInput("bad_webhook_url", field=field)
    address = literal(host)
    if not (_NAME.fullmatch(host) if address is None else is_open_to_all(address)):
        raise InvalidInput("webhook_url_closed", field=field)
    return clean
