import pytest

from kibitz.rules import PerGame


def test_a_clock_needs_time() -> None:
    assert PerGame(1_000).increment_ms == 0
    for initial_ms, increment_ms in ((0, 0), (-1, 0), (1_000, -1)):
        with pytest.raises(ValueError, match="above 0"):
            PerGame(initial_ms, increment_ms)
