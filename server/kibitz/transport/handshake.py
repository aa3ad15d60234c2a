"""What is known of a connection from the HTTP request that opened it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl

Headers = Mapping[str, str]
"""Field names in lower case; a repeated field is joined by `, ` (cookies by `; `)."""


@dataclass(frozen=True)
class Handshake:
    """The opening request of an Engine.IO session, kept as long as the session.

    `query_string` as it was sent, unknown keys included; `remote_address` of the TCP peer (never
    from a forwarding header); `transport` is `polling` or `websocket`.
    """

    headers: Headers
    path: str
    query_string: str
    remote_address: str
    transport: str
    at_us: int

    @cached_property
    def query(self) -> dict[str, str]:
        """The last value of each key."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    @cached_property
    def cookies(self) -> dict[str, str]:
        """The first value of each name; pairs that other applications broke are skipped, not fatal."""
        jar: dict[str, str] = {}
        for pair in self.headers.get("cookie", "").split(";"):
            name, equals, value = pair.strip().partition("=")
            if equals and name and name not in jar:
                jar[name] = value.strip('"')
        return jar
