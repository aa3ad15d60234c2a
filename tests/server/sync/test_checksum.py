from typing import Any

import pytest

from kibitz.sync.canonical import CanonicalError
from kibitz.sync.checksum import checksum, checksum_of


@pytest.mark.cases("canonical.json", "values")
def test_checksums_are_those_of_the_client(case: dict[str, Any]) -> None:
    assert checksum(case["value"]) == case["checksum"]
    assert checksum_of(case["json"].encode()) == case["checksum"]


def test_the_check_value_of_crc_32() -> None:
    # The published check value of CRC-32/ISO-HDLC.
    assert checksum_of(b"123456789") == 0xCBF43926


def test_a_value_without_canonical_form_has_no_checksum() -> None:
    with pytest.raises(CanonicalError):
        checksum(0.5)  # type: ignore[arg-type]
