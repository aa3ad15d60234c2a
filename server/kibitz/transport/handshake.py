"""The head of an HTTP request, and what a session remembers of the one that opened it.

The acceptor reads heads by itself only to find websocket upgrades, so the reader here is strict:
whatever two readers could understand differently is refused (request smuggling).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

Headers = Mapping[str, str]
"""Field names in lower case; a repeated field is joined by `, ` (cookies by `; `)."""

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE_REFUSED = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_SINGLE = frozenset((b"host", b"content-length", b"transfer-encoding", b"sec-websocket-key", b"origin"))


class HeadError(Exception):
    """The head is not HTTP as RFC 9112 wants it."""


@dataclass(frozen=True, slots=True)
class RequestHead:
    method: str
    path: str
    query_string: str
    headers: Headers


def parse_head(head: bytes) -> RequestHead:
    """`head` is everything before the empty line. Raises `HeadError`."""
    line, _, fields = head.partition(b"\r\n")
    parts = line.split(b" ")
    if len(parts) != 3 or parts[2] != b"HTTP/1.1" or not _TOKEN.fullmatch(parts[0]):
        raise HeadError("request line")
    if not parts[1].startswith(b"/") or not parts[1].isascii() or _VALUE_REFUSED.search(parts[1]):
        raise HeadError("request target")
    path, _, query = parts[1].decode("ascii").partition("?")
    return RequestHead(parts[0].decode("ascii"), path, query, parse_fields(fields))


def parse_fields(fields: bytes) -> dict[str, str]:
    """Header fields, separated by CR LF. Raises `HeadError`, also for a repeated Host and its like."""
    headers: dict[str, str] = {}
    for field in fields.split(b"\r\n") if fields else ():
        name, colon, value = field.partition(b":")
        if not colon or not _TOKEN.fullmatch(name) or _VALUE_REFUSED.search(value):
            raise HeadError("header field")
        key = name.lower()
        text = value.strip(b" \t").decode("latin-1")
        known = key.decode("ascii")
        if known in headers:
            if key in _SINGLE:
                raise HeadError("repeated header field")
            text = headers[known] + ("; " if key == b"cookie" else ", ") + text
        headers[known] = text
    return headers


class Handshake:
    """The opening request of an Engine.IO session, kept as long as the session.

    `query_string` as it was sent, unknown keys included; `remote_address` of the TCP peer (never
    from a forwarding header); `at_us` in microseconds since 1970 UTC. The header fields are kept as
    their bytes and read anew at each use: a dictionary of them would be the largest thing that an
    idle connection holds.
    """

    __slots__ = ("_fields", "at_us", "path", "query_string", "remote_address")

    def __init__(self, fields: bytes, path: str, query_string: str, remote_address: str, at_us: int) -> None:
        self._fields = fields
        self.path = path
        self.query_string = query_string
        self.remote_address = remote_address
        self.at_us = at_us

    @property
    def headers(self) -> Headers:
        return parse_fields(self._fields)

    @property
    def query(self) -> dict[str, str]:
        """The last value of each key."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    @property
    def cookies(self) -> dict[str, str]:
        """The first value of each name; pairs that other applications broke are skipped, not fatal."""
        jar: dict[str, str] = {}
        for pair in self.headers.get("cookie", "").split(";"):
            name, equals, value = pair.strip().partition("=")
            if equals and name and name not in jar:
                jar[name] = value.strip('"')
        return jar
