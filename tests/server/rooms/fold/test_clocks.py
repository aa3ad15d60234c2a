"""The clocks of a match as events make them, by rule; never a time is read."""

import pytest

from kibitz.ids import Seat
from kibitz.rooms.fold.clocks import (
    begin,
    charged,
    due_in_ms,
    elapsed_ms,
    going_on,
    moved,
    moved_per_game,
    stopped,
)
from kibitz.rooms.fold.state import ClockState
from kibitz.rules import ClockRule, PerGame, PerMove, PerPhase

A, B, C = Seat(0), Seat(1), Seat(2)
GAME, MOVE, PHASE = PerGame(60_000, 1_000), PerMove(10_000, {"last": 2_000}), PerPhase({"bid": 20_000})


def begun(rule: ClockRule, *to_move: Seat, phase: str = "bid") -> ClockState:
    clock = begin(rule, 3, phase, to_move)
    assert clock is not None
    return clock


class TestPerGame:
    def test_it_runs_for_the_one_who_is_to_move(self) -> None:
        assert begun(GAME, A) == ClockState((60_000,) * 3, A)
        assert begun(GAME, A, B) == ClockState((60_000,) * 3, None)
        assert due_in_ms(begun(GAME, A)) == 60_000
        assert due_in_ms(begun(GAME, A, B)) is None

    def test_an_action_costs_its_own_seat_and_earns_the_increment(self) -> None:
        after = moved_per_game(begun(GAME, A), A, 4_000, 1_000, (B,))
        assert after == ClockState((57_000, 60_000, 60_000), B)
        assert moved_per_game(begun(GAME, A), B, None, 1_000, (A,)) == begun(GAME, A)
        assert moved(GAME, charged(begun(GAME, A), A, 4_000), ("bid", "bid"), (B,), A).running == B

    def test_it_never_falls_below_nothing(self) -> None:
        assert charged(begun(GAME, A), A, 99_000).remaining_ms[A] == 0


class TestPerMove:
    def test_all_who_are_to_move_run_side_by_side(self) -> None:
        clock = begun(MOVE, A, B)
        assert (clock.running, clock.running_seats, clock.remaining_ms) == (None, (A, B), (10_000,) * 3)
        after = moved(MOVE, charged(clock, A, 3_000), ("bid", "bid"), (B,), A)
        assert (after.running, after.remaining_ms) == (B, (10_000, 7_000, 10_000))
        assert due_in_ms(after) == 7_000

    def test_what_others_acts_charged_is_part_of_what_a_move_took(self) -> None:
        clock = moved(MOVE, charged(begun(MOVE, A, B), A, 3_000), ("bid", "bid"), (B,), A)
        assert elapsed_ms(clock, B, 5_000) == 2_000
        after = charged(clock, B, elapsed_ms(clock, B, 5_000))
        assert after.remaining_ms[B] == 5_000

    def test_who_goes_on_after_a_move_of_its_own_begins_anew(self) -> None:
        after = moved(MOVE, charged(begun(MOVE, A), A, 3_000), ("bid", "bid"), (A,), A)
        assert after.remaining_ms[A] == 10_000
        waved = moved(MOVE, charged(begun(MOVE, A), A, 3_000), ("bid", "bid"), (A,), None)
        assert waved.remaining_ms[A] == 7_000

    def test_a_phase_may_have_its_own_limit(self) -> None:
        after = moved(MOVE, begun(MOVE, A), ("bid", "last"), (B,), A)
        assert after.remaining_ms == (2_000,) * 3

    def test_it_waits_below_nothing_for_what_is_on_its_way(self) -> None:
        assert charged(begun(MOVE, A, B), A, 10_100).remaining_ms == (-100, -100, 10_000)


class TestPerPhase:
    def test_it_runs_whoever_is_to_move_and_goes_on_over_moves(self) -> None:
        clock = begun(PHASE, A, B)
        assert (clock.phase_ms, clock.running_seats) == (20_000, (A, B))
        after = moved(PHASE, charged(clock, A, 5_000), ("bid", "bid"), (), A)
        assert (after.phase_ms, after.remaining_ms, after.running_seats) == (15_000, (15_000,) * 3, ())
        assert due_in_ms(after) == 15_000
        assert after.is_running

    @pytest.mark.parametrize(
        ("phases", "was_over", "expected"),
        [
            (("bid", "bid"), False, 15_000),
            (("bid", "bid"), True, 20_000),
            (("show", "bid"), False, 20_000),
            (("bid", "show"), False, None),
        ],
    )
    def test_it_begins_anew(self, phases: tuple[str, str], was_over: bool, expected: int | None) -> None:
        clock = charged(begun(PHASE, A), A, 5_000)
        after = moved(PHASE, clock, phases, (A,), A, phase_was_over=was_over)
        assert after.phase_ms == expected
        assert after.is_running is (expected is not None)

    def test_a_turn_is_charged_from_its_own_beginning(self) -> None:
        clock = moved(PHASE, charged(begun(PHASE, A), A, 5_000), ("bid", "bid"), (B,), A)
        assert elapsed_ms(clock, B, 2_000) == 2_000


@pytest.mark.parametrize("rule", [GAME, MOVE, PHASE], ids=lambda rule: type(rule).__name__)
def test_what_is_stopped_stands_and_goes_on_where_it_stood(rule: ClockRule) -> None:
    clock = charged(begun(rule, A), A, 4_000)
    standing = stopped(clock)
    assert not standing.is_running
    assert due_in_ms(standing) is None
    assert stopped(standing) == standing
    assert going_on(standing, (A,)) == clock


def test_untimed() -> None:
    assert begin(None, 2, "bid", (A,)) is None
    assert due_in_ms(None) is None
