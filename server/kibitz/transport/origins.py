"""Which pages (Origin) and under which names (Host) the realtime transport may be used.

Exact allow-lists on every transport, because CORS does not stop a websocket (cross-site websocket
hijacking) and an Origin compared with the request's own Host does not stop DNS rebinding.
"""

from collections.abc import Iterable, Mapping
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
    answers from pages of other origins). `credentials`: with their cookies, which where any origin
    is allowed means to every page there is. `request_headers` None: whatever the page wants to send.
    `exposed_headers`: what pages may read. `preflight_s`: how long browsers may remember that.
    """

    origins: frozenset[str] | None
    hosts: frozenset[str] | None
    cors: bool = False
    credentials: bool | None = None
    """None: yes for listed origins, no where any is allowed."""
    request_headers: tuple[str, ...] | None = None
    exposed_headers: tuple[str, ...] = ()
    preflight_s: int = 600

    @classmethod
    def any(cls, *, credentials: bool = False) -> "OriginPolicy":
        """Everybody, with CORS: for the echo server and for benchmarks."""
        return cls(None, None, cors=True, credentials=credentials)

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
        exposed = {"Access-Control-Expose-Headers": ", ".join(self.exposed_headers)}
        more = exposed if self.exposed_headers else {}
        if self.origins is None and not self.credentials:
            return {"Access-Control-Allow-Origin": "*", **more}
        if self.origins is not None and origin.lower() not in self.origins:
            return {"Vary": "Origin"}
        if self.credentials is not False:
            more = {"Access-Control-Allow-Credentials": "true", **more}
        return {"Access-Control-Allow-Origin": origin, **more, "Vary": "Origin"}

    def preflight_headers(self, headers: Headers, cors: Mapping[str, str]) -> dict[str, str]:
        """What the answer to a preflight has beside `cors`, the headers of every answer."""
        if "Access-Control-Allow-Origin" not in cors:
            return {}
        more = {
            "Access-Control-Allow-Methods": headers.get("access-control-request-method", "GET, POST"),
            "Access-Control-Max-Age": str(self.preflight_s),
        }
        if self.request_headers is not None:
            more["Access-Control-Allow-Headers"] = ", ".join(self.request_headers)
        elif wanted := headers.get("access-control-request-headers"):
            more["Access-Control-Allow-Headers"] = wanted
            more["Vary"] = ", ".join(filter(None, (cors.get("Vary"), "Access-Control-Request-Headers")))
        return more
