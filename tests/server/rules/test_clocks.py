import pytest

from kibitz.rules import PerGame, PerMove, PerPhase


def test_a_clock_needs_time() -> None:
    assert PerGame(1_000).increment_ms == 0
    for initial_ms, increment_ms in ((0, 0), (-1, 0), (1_000, -1)):
        with pytest.raises(ValueError, match="above 0"):
            PerGame(initial_ms, increment_ms)
    for limit_ms, phases_ms in ((0, {}), (1_000, {"looking": 0})):
        with pytest.raises(ValueError, match="above 0"):
            PerMove(limit_ms, phases_ms)
    with pytest.raises(ValueError, match="names phases"):
        PerPhase({})


def test_a_phase_may_have_another_limit_for_a_move():
    rule = PerMove(60_000, {"looking": 15_000})
    assert (rule.limit_in("looking"), rule.limit_in("bidding")) == (15_000, 60_000)
