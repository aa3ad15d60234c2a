"""The checksum of a view: CRC-32 (that of zlib) of its canonical JSON.

It finds accidents, not attacks: the server alone decides what is true.
"""

from zlib import crc32

from kibitz.sync.canonical import Value, encode


def checksum(value: Value) -> int:
    """0 to 2^32 - 1. Raises `CanonicalError` for a value that canonical JSON does not have."""
    return crc32(encode(value))


def checksum_of(encoded: bytes) -> int:
    """The same, of canonical bytes that are there already."""
    return crc32(encoded)
