"""Which pages (Origin) and under which names (Host) the realtime transport may be used.

Exact allow-lists on every transport, because CORS does not stop a websocket (cross-site websocket
hijacking) and an Origin compared with the request's own Host does not stop DNS rebinding.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from kibitz.transport.handshake import Headers


class Verdict(Enum):
    """`value` is what the refused client is told."""

    ALLOWED = "ok"
    HOST_REFUSED = "Host not allowed"
    ORIGIN_REFUSED = "Origin not allowed"


@dataclass(frozen=True, slots=True)
class OriginPolicy:
    """`origins` are whole origins (`http://localhost:8000`), `hosts` whole Host values (`localhost:8000`).

    `None` allows any. A request without Origin comes from no browser or is a same-origin GET: it is
    allowed unless `Sec-Fetch-Site` says that another site sent it, or unless it is a websocket
    handshake with a cookie, where a browser would have named its origin.
    `cors`: answer allowed foreign origins with CORS headers (without it, browsers keep polling
    answers from pages of other origins).
    """

    origins: frozenset[str] | None
    hosts: frozenset[str] | None
    cors: bool = False

    @classmethod
    def any(cls) -> "OriginPolicy":
        """Everybody, with CORS: for the echo server and for benchmarks."""
        return cls(None, None, cors=True)

    @classmethod
    def only(cls, origins: Iterable[str], *, cors: bool = False) -> "OriginPolicy":
        """Exactly these origins, and the hosts that they name."""
        known = frozenset(origin.lower().rstrip("/") for origin in origins)
        return cls(known, frozenset(origin.partition("://")[2] for origin in known), cors=cors)

    def judge(self, headers: Headers, *, is_websocket: bool) -> Verdict:
        if self.hosts is not None and headers.get("host", "").lower() not in self.hosts:
            return Verdict.HOST_REFUSED
        origin = headers.get("origin")
        if self.origins is None:
            return Verdict.ALLOWED
        if origin is not None:
            return Verdict.ALLOWED if origin.lower() in self.origins else Verdict.ORIGIN_REFUSED
        if is_websocket and "cookie" in headers:
            return Verdict.ORIGIN_REFUSED
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return Verdict.ORIGIN_REFUSED
        return Verdict.ALLOWED

    def cors_headers(self, headers: Headers) -> dict[str, str]:
        """Headers to add to an answer; empty without `cors`, without Origin, or for a refused one."""
        origin = headers.get("origin")
        if not self.cors or origin is None:
            return {}
        if self.origins is None:
            return {"Access-Control-Allow-Origin": "*"}
        if origin.lower() not in self.origins:
            return {"Vary": "Origin"}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Credentials": "true",
            "Vary": "Origin",
        }
