"""How often one address may ask REST for what costs something, or for what could be guessed.

Loopback is not exempt: behind a reverse proxy that is not named as trusted, everybody comes from there.
"""

from collections.abc import Sequence
from enum import Enum

from aiohttp import web

from kibitz.clock import Clock
from kibitz.codes import Code
from kibitz.http.addresses import client_address
from kibitz.http.problems import ProblemError
from kibitz.rates import Buckets, Rate


class Quota(Enum):
    """What is counted, and its rate per address."""

    REQUEST = Rate(100, 500)
    SESSION = Rate(2, 300)
    ROOM = Rate(1, 120)
    CODE = Rate(10 / 60, 10)  # misses only; codes have 40 bits: at this rate a hit takes millennia
    LOGIN = Rate(20 / 60, 20)
    REPLAY = Rate(5, 60)


class Quotas:
    """Off lets everything pass, but for logins."""

    def __init__(self, clock: Clock, *, is_on: bool, proxies: Sequence[str]) -> None:
        self._buckets = {quota: Buckets(quota.value, clock) for quota in Quota}
        self._is_on = is_on
        self._proxies = proxies

    def take(self, quota: Quota, request: web.Request) -> None:
        """Raises `ProblemError` (`rate_limited`) when the address has used up its share."""
        if not self._is_on and quota is not Quota.LOGIN:
            return
        if wait_ms := self._buckets[quota].take(self.address(request)):
            raise ProblemError(Code.RATE_LIMITED, retry_ms=wait_ms)

    def check(self, quota: Quota, request: web.Request) -> None:
        """As `take`, but takes nothing: for what counts only when it failed."""
        if self._is_on and (wait_ms := self._buckets[quota].wait_ms(self.address(request))):
            raise ProblemError(Code.RATE_LIMITED, retry_ms=wait_ms)

    def address(self, request: web.Request) -> str:
        """Whom the limits count this request for."""
        return client_address(request.remote, request.headers.get("X-Forwarded-For"), self._proxies)
