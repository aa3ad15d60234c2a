"""Masks of websocket frames (RFC 6455, section 5.3): XOR with a key of four bytes, again and again.

aiohttp has a compiled one, several times faster than anything in Python for every size of message. It
is not part of aiohttp's public interface, so where it is missing Python's integers do the work.
"""

import importlib
from collections.abc import Callable
from typing import cast

Mask = Callable[[bytes, bytearray], None]
"""`(key, data)`: changes `data` in place."""


def mask_in_python(key: bytes, data: bytearray) -> None:
    """XOR as two big integers: one operation, whatever the length."""
    size = len(data)
    pad = (key * ((size + 3) >> 2))[:size]
    data[:] = (int.from_bytes(data, "little") ^ int.from_bytes(pad, "little")).to_bytes(size, "little")


def _fastest() -> Mask:
    try:
        compiled = importlib.import_module("aiohttp._websocket.mask")
        return cast("Mask", compiled._websocket_mask_cython)  # noqa: SLF001 - see above
    except (ImportError, AttributeError):
        return mask_in_python


mask: Mask = _fastest()
