"""Which network is an address of? What one subscriber has counts as one, however many addresses that is."""

import ipaddress

_OF_ONE_SUBSCRIBER = 64
"""Bits of an address in IPv6 that one household has to itself."""


def network_of(address: str | None) -> str | None:
    """An address; of IPv6 the network that one subscriber has. None for what is no address."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _OF_ONE_SUBSCRIBER), strict=False))
