"""Guessing passwords gets slower with every miss, per name and address.

An admin is never locked out by what others do elsewhere: the delay belongs to the pair. A network of
IPv6 counts as one address up to /64, for whoever has one address of it has them all.
"""

import ipaddress
from collections import OrderedDict

from msgspec import Struct

FREE_MISSES = 3
DELAY_MAX_MS = 15 * 60_000
FORGOTTEN_AFTER_US = 60 * 60 * 1_000_000
ENTRIES_MAX = 10_000


class _Misses(Struct):
    count: int
    last_us: int


class Lockout:
    """Bounded: beyond `ENTRIES_MAX` pairs the one that tried least recently is forgotten."""

    def __init__(self) -> None:
        self._misses: OrderedDict[tuple[str, str], _Misses] = OrderedDict()

    def wait_ms(self, name: str, address: str, now_us: int) -> int:
        """How long this pair has to wait before its next try, 0 if it may now. `now_us` is monotonic."""
        misses = self._find(name, address, now_us)
        if misses is None:
            return 0
        return max(0, delay_ms(misses.count) - (now_us - misses.last_us) // 1000)

    def missed(self, name: str, address: str, now_us: int) -> None:
        """Call it before the password is looked at: tries at the same time count, too."""
        key = (name, network(address))
        misses = self._find(name, address, now_us) or _Misses(0, now_us)
        self._misses[key] = _Misses(misses.count + 1, now_us)
        self._misses.move_to_end(key)
        if len(self._misses) > ENTRIES_MAX:
            self._misses.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        self._misses.pop((name, network(address)), None)

    def _find(self, name: str, address: str, now_us: int) -> _Misses | None:
        misses = self._misses.get((name, network(address)))
        return misses if misses and now_us - misses.last_us < FORGOTTEN_AFTER_US else None


def delay_ms(misses: int) -> int:
    """1 s after the third miss, then twice as long each time, up to `DELAY_MAX_MS`."""
    if misses < FREE_MISSES:
        return 0
    return min(1000 << min(misses - FREE_MISSES, 20), DELAY_MAX_MS)


def network(address: str) -> str:
    """The address as it is counted."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
