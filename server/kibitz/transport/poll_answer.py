"""The usual answer to a poll, written in one piece.

aiohttp's responses carry their header fields in a multidict that is filled, completed and serialized
for each answer, which took a quarter of a poll's time. Here only the length and the date differ.
"""

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.helpers import rfc822_formatted_time
from aiohttp.http import HttpVersion11

_beginnings: dict[str, tuple[str, bytes]] = {}
"""Of each media type that was answered, with the date in it."""


class PollAnswer(web.StreamResponse):
    """200 with a body and no header field of the application's. `media_type` is its Content-Type."""

    def __init__(self, body: bytes, media_type: str) -> None:
        # aiohttp's initializer would make what nobody reads here: a multidict and a dict of state.
        self._status = 200
        self._whole = body
        self._media_type = media_type

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Write it. aiohttp calls this once, and `write_eof` after it."""
        self._keep_alive = request.keep_alive
        transport = request.transport
        if transport is None or transport.is_closing():
            self._keep_alive = False
            return None
        transport.write(_head(request, self._media_type, len(self._whole)) + self._whole)
        self._body_length = len(self._whole)
        if transport.get_write_buffer_size():  # who does not read gets no second answer meanwhile
            await request.writer.drain()
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        self._eof_sent = True


def _head(request: web.BaseRequest, media_type: str, length: int) -> bytes:
    version = "HTTP/1.1" if request.version == HttpVersion11 else "HTTP/1.0"
    if request.keep_alive:
        connection = "" if version == "HTTP/1.1" else "Connection: keep-alive\r\n"
    else:
        connection = "Connection: close\r\n" if version == "HTTP/1.1" else ""
    return (
        f"{version} 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n"
        f"Cache-Control: no-store\r\nServer: kibitz\r\nDate: {answer_date()}\r\n{connection}\r\n"
    ).encode("latin-1")


def answer_date() -> str:
    """The value of `Date`; made once a second."""
    return rfc822_formatted_time()


def plain_head(media_type: str, length: int) -> bytes:
    """The head of a 200 on a connection that stays open, by HTTP/1.1."""
    date = rfc822_formatted_time()
    beginning = _beginnings.get(media_type)
    if beginning is None or beginning[0] is not date:
        beginning = (
            date,
            f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nCache-Control: no-store\r\nServer: kibitz\r\n"
            f"Date: {date}\r\nContent-Length: ".encode("latin-1"),
        )
        _beginnings[media_type] = beginning
    return b"%b%d\r\n\r\n" % (beginning[1], length)
