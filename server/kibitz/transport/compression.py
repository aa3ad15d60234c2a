"""Compressed answers to polls, where the client says that it takes them."""

import asyncio
import zlib
from collections.abc import Callable
from typing import Literal

from kibitz.transport.handshake import Headers

Coding = Literal["gzip", "deflate"]

OFF_LOOP_BYTES_MIN = 128 * 1024
"""From here on another thread compresses, so that nobody else waits for it (1 MB takes some 10 ms)."""
_LEVEL = 1
_WINDOW_BITS: dict[Coding, int] = {"gzip": 31, "deflate": 15}


def chosen_coding(headers: Headers) -> Coding | None:
    """By `Accept-Encoding` (RFC 9110, 12.5.3): gzip before deflate; one with `q=0` is refused."""
    accepted = headers.get("accept-encoding", "").lower()
    if not accepted:
        return None
    taken = {
        name.strip()
        for name, _, parameters in (part.partition(";") for part in accepted.split(","))
        if parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    }
    if "gzip" in taken:
        return "gzip"
    return "deflate" if "deflate" in taken else None


def compressed(body: bytes, coding: Coding) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW_BITS[coding])
    return packer.compress(body) + packer.flush()


def compress_then(body: bytes, coding: Coding, then: Callable[[bytes], None]) -> None:
    """Call `then` with what `compressed` gives; later, where a large body would hold the loop up."""
    if len(body) < OFF_LOOP_BYTES_MIN:
        then(compressed(body, coding))
        return
    packing = asyncio.get_running_loop().run_in_executor(None, compressed, body, coding)
    packing.add_done_callback(lambda packed: then(packed.result()))
