"""Which coding a client takes, and what it gets."""

import zlib

import pytest

from kibitz.transport.compression import OFF_LOOP_BYTES_MIN, chosen_coding, compressed, compressed_aside


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
    assert zlib.decompress(await compressed_aside(body, "deflate"), 15) == body
