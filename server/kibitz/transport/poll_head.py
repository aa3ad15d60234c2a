"""Whole polling requests, read only where two readers could not understand them differently.

Whatever is not plainly one such request is left to aiohttp as it came: it refuses what is wrong and carries
out what is merely rare. So nothing here ever repairs, skips or guesses. Source: RFC 9112, sections 3, 5 and 6
(message framing), 9.3 (persistence) and 11.2 (request smuggling).
"""

import re
from collections.abc import Collection

from kibitz.transport.handshake import HeadError, Headers, RequestHead, parse_fields, parse_head

_LINE = re.compile(rb"(GET|POST) (/[!\"$->@-~]*)\?([!\"$-~]*) HTTP/1\.1")
_LENGTH = re.compile(r"0|[1-9][0-9]{0,8}")
_RARE = frozenset(("transfer-encoding", "upgrade", "expect", "trailer", "te", "http2-settings"))
_METHODS_WITHOUT_SURPRISE = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


_FRAMING = frozenset(("transfer-encoding", "upgrade"))


class Doubt(Exception):
    """This is for aiohttp to judge."""


class PollReader:
    """The requests of one connection. It keeps the header fields of the last one, because a client sends the
    same again and again."""

    __slots__ = ("_fields", "_fields_max", "_headers", "_length", "_paths")

    def __init__(self, paths: Collection[bytes], fields_max: int) -> None:
        self._paths = paths
        self._fields_max = fields_max
        self._fields = b""
        self._headers: Headers = {}
        self._length: int | None = None

    def read(self, received: bytes, end: int, body_bytes_max: int) -> tuple[RequestHead, bytes | None, int]:
        """The request at the beginning, whose head ends before the empty line at `end`: its head, its whole
        body, or None if that is larger than allowed, and where it ends. Raises `Doubt`."""
        line_end = received.find(b"\r\n", 0, end)
        line = None if line_end < 0 else _LINE.fullmatch(received, 0, line_end)
        if line is None or line[2] not in self._paths:
            raise Doubt
        fields = received[line_end + 2 : end]
        if fields != self._fields:
            self._headers, self._length = _read_fields(fields, self._fields_max)
            self._fields = fields
        length = self._length
        body: bytes | None = b""
        after = end + 4
        if line[1] == b"POST":
            if length is None:
                raise Doubt
            after += length
            body = None if length > body_bytes_max else received[end + 4 : after]
            if body is not None and len(body) < length:
                raise Doubt
        elif length is not None:
            raise Doubt
        head = RequestHead(line[1].decode(), line[2].decode(), line[3].decode(), self._headers)
        return head, body, after


def _read_fields(fields: bytes, fields_max: int) -> tuple[Headers, int | None]:
    """The header fields, and the length of the body that they announce. Raises `Doubt`."""
    try:
        headers = parse_fields(fields)
    except HeadError as error:
        raise Doubt from error
    if (
        not fields.isascii()
        or len(headers) != fields.count(b"\r\n") + 1  # a repeated field
        or len(headers) > fields_max
        or not _RARE.isdisjoint(headers)
        or not headers.get("host")
        or headers.get("connection", "keep-alive").lower() != "keep-alive"
    ):
        raise Doubt
    length = headers.get("content-length")
    if length is None:
        return headers, None
    if not _LENGTH.fullmatch(length):
        raise Doubt
    return headers, int(length)


class RequestEnds:
    """Where the requests end that aiohttp gets on one connection, as far as that is beyond doubt."""

    __slots__ = ("_body_left", "_head", "_head_bytes_max", "_is_lost")

    def __init__(self, head_bytes_max: int) -> None:
        self._head_bytes_max = head_bytes_max
        self._head = b""
        self._body_left = 0
        self._is_lost = False

    @property
    def is_between(self) -> bool:
        """What comes next is certainly the beginning of a request."""
        return not self._is_lost and not self._head and not self._body_left

    def feed(self, data: bytes) -> None:
        if self._is_lost:
            return
        if not self._body_left:
            received = self._head + data if self._head else data
            end = received.find(b"\r\n\r\n", max(0, len(self._head) - 3))
            if end < 0:
                self._head = received
                self._is_lost = len(received) > self._head_bytes_max
                return
            try:
                self._body_left = _body_length(received[:end])
            except Doubt:
                self._lose()
                return
            self._head = b""
            data = received[end + 4 :]
        if len(data) > self._body_left:
            self._lose()  # pipelined
        else:
            self._body_left -= len(data)

    def _lose(self) -> None:
        self._is_lost = True
        self._head = b""


def _body_length(head: bytes) -> int:
    try:
        request = parse_head(head)
    except HeadError as error:
        raise Doubt from error
    headers = request.headers
    if request.method not in _METHODS_WITHOUT_SURPRISE or not headers.keys().isdisjoint(_FRAMING):
        raise Doubt
    length = headers.get("content-length", "0")
    if not _LENGTH.fullmatch(length):
        raise Doubt
    return int(length)
