"""Both ways to mask give the RFC's result, and masking twice gives back what was there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.protocol.masking import Mask, mask_in_python
from kibitz.transport import masking

WAYS = pytest.mark.parametrize("way", [masking.mask, mask_in_python])


@WAYS
def test_the_example_of_the_rfc(way: Mask) -> None:
    data = bytearray.fromhex("7f9f4d5158")  # section 5.7
    way(bytes.fromhex("37fa213d"), data)
    assert data == b"Hello"


@WAYS
@given(key=st.binary(min_size=4, max_size=4), data=st.binary(max_size=200))
def test_every_byte_by_the_rule(way: Mask, key: bytes, data: bytes) -> None:
    masked = bytearray(data)
    way(key, masked)
    assert masked == bytes(byte ^ key[n % 4] for n, byte in enumerate(data))


def test_the_compiled_one_is_found() -> None:
    """A newer aiohttp may have moved it; then masks cost several times as much and nobody would see."""
    assert masking.mask is not mask_in_python
