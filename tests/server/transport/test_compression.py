"""Which coding a client takes, and what it gets."""

import asyncio
import zlib

import pytest

from kibitz.transport.compression import OFF_LOOP_BYTES_MIN, chosen_coding, compress_then, compressed


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "gzip"),
        ("GZIP", "gzip"),
        ("deflate", "deflate"),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", "gzip"),
        ("gzip;q=0, deflate", "deflate"),
        ("gzip; q=0.0", None),
        ("identity", None),
        ("br", None),
        ("", None),
    ],
)
def test_coding(accepted: str, coding: str | None) -> None:
    assert chosen_coding({"accept-encoding": accepted}) == coding


def test_no_header() -> None:
    assert chosen_coding({}) is None


@pytest.mark.parametrize("size", [10, OFF_LOOP_BYTES_MIN])
async def test_round_trip(size: int) -> None:
    body = b"kibitz " * (size // 7 + 1)
    assert zlib.decompress(compressed(body, "gzip"), 31) == body
    packed: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    compress_then(body, "deflate", packed.set_result)
    assert zlib.decompress(await packed, 15) == body
