"""How often one address may open a realtime session.

A session costs memory until its client has said who it is, and there is only room for so many of them.
"""

from collections.abc import Mapping, Sequence

from kibitz.clock import Clock
from kibitz.http.addresses import client_address
from kibitz.rates import Buckets, Rate

SESSIONS = Rate(200, 2_000)
"""Enough for a school behind one address that comes back after a restart, too few to fill the server:
who does not say in ten seconds who they are is closed."""


class Admission:
    """Asked at each handshake."""

    def __init__(self, clock: Clock, proxies: Sequence[str]) -> None:
        self._buckets = Buckets(SESSIONS, clock)
        self._proxies = proxies

    def wait_ms(self, peer: str, headers: Mapping[str, str]) -> int:
        """0 if the client may open a session, else when to come back. `headers` in lower case."""
        return self._buckets.take(client_address(peer, headers.get("x-forwarded-for"), self._proxies))
