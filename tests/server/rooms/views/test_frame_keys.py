"""What the frame adds to views: the clock of each kind, and chance without its secret."""

from kibitz.ids import Epoch, Seat, Version
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.fold.state import ClockState, RoomState
from kibitz.rooms.views.frame_keys import chance_key, clock_key
from kibitz.rules import commitment
from kibitz.sync.canonical import encode

SEEDS = (bytes(32), bytes([1]) * 32)


def room(*seeds: bytes) -> RoomState:
    return RoomState(
        Version(5), 0, Status.PLAYING, (None, None), (False, False), epoch=Epoch("e"), seeds=seeds
    )


def test_the_clock_per_game_has_two_keys_and_the_others_four() -> None:
    assert clock_key(None) is None
    assert encode(clock_key(ClockState((60_000, 1), Seat(0)))) == b'{"remaining_ms":[60000,1],"running":0}'
    per_move = ClockState((-5, 7), None, (Seat(0), Seat(1)), (0, 0))
    assert encode(clock_key(per_move)) == (
        b'{"phase_ms":null,"remaining_ms":[0,7],"running":null,"running_seats":[0,1]}'
    )
    per_phase = ClockState((9, 9), None, (), (0, 0), 9)
    assert encode(clock_key(per_phase)) == (
        b'{"phase_ms":9,"remaining_ms":[9,9],"running":null,"running_seats":[]}'
    )


def test_the_clock_of_a_paused_phase_is_not_told_to_run() -> None:
    paused = ClockState((9, 9), None, (), (0, 0), 9, is_standing=True)
    assert encode(clock_key(paused)) == (
        b'{"phase_ms":null,"remaining_ms":[9,9],"running":null,"running_seats":[]}'
    )


def test_seeds_are_shown_once_the_match_is_over_and_never_before() -> None:
    first, second = (commitment(seed) for seed in SEEDS)
    assert chance_key(room(), is_over=False) is None
    assert chance_key(room(*SEEDS), is_over=False) == {
        "commitment": second,
        "seed": None,
        "earlier": [{"commitment": first, "seed": None}],
    }
    assert chance_key(room(*SEEDS), is_over=True) == {
        "commitment": second,
        "seed": SEEDS[1].hex(),
        "earlier": [{"commitment": first, "seed": SEEDS[0].hex()}],
    }
