"""Whom a limit counts when it counts per address."""

import ipaddress
from collections.abc import Sequence


def client_address(peer: str | None, forwarded_for: str | None, proxies: Sequence[str]) -> str:
    """Whom a limit counts: an IPv4 address or the /64 of an IPv6 one.

    `X-Forwarded-For` is believed only from `proxies`, and only its last entry, which they wrote.
    """
    try:
        address = ipaddress.ip_address(peer or "")
    except ValueError:
        return "unknown"
    if forwarded_for and any(address in ipaddress.ip_network(network) for network in proxies):
        try:
            address = ipaddress.ip_address(forwarded_for.rsplit(",", 1)[-1].strip())
        except ValueError:
            return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))
    return str(address)
