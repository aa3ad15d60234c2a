"""Masks of websocket frames (RFC 6455, section 5.3): XOR with a key of four bytes, again and again."""

from collections.abc import Callable

Mask = Callable[[bytes, bytearray], None]
"""`(key, data)`: changes `data` in place."""


def mask_in_python(key: bytes, data: bytearray) -> None:
    """XOR as two big integers: one operation, whatever the length."""
    size = len(data)
    pad = (key * ((size + 3) >> 2))[:size]
    data[:] = (int.from_bytes(data, "little") ^ int.from_bytes(pad, "little")).to_bytes(size, "little")
