"""What aiohttp's parser makes of the bytes of one connection, to hold our own readers against it."""

import asyncio
from dataclasses import dataclass

from aiohttp.base_protocol import BaseProtocol
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.http_parser import HttpRequestParser

_loop = asyncio.new_event_loop()
_loop.close()  # it is only asked for futures, and nobody waits


@dataclass(frozen=True)
class Understood:
    method: str
    target: str
    fields: tuple[tuple[bytes, bytes], ...]
    body: bytes | None
    """None where its end has not come."""


def understood(data: bytes) -> list[Understood] | None:
    """All requests in it, or None where it refuses, or takes an upgrade."""
    parser = HttpRequestParser(
        BaseProtocol(_loop), _loop, 2**16, max_line_size=16_384, max_field_size=16_384, max_headers=64
    )
    try:
        messages, is_upgraded, _ = parser.feed_data(data)
    except HttpProcessingError:
        return None
    if is_upgraded:
        return None
    return [
        Understood(
            message.method,
            message.path,
            tuple(message.raw_headers),
            payload.read_nowait() if payload.is_eof() else None,
        )
        for message, payload in messages
    ]
