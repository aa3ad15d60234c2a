from kibitz.codes import Code
from kibitz.ids import PlayerId, Seat, Version
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.fold.state import RoomState
from kibitz.rooms.seats import choose_seat

ANN, BEN, EVE = PlayerId("p_ann"), PlayerId("p_ben"), PlayerId("p_eve")


def room(*players: PlayerId | None, status: Status = Status.WAITING) -> RoomState:
    return RoomState(Version(1), 0, status, players, (False,) * len(players))


def test_the_first_free_seat() -> None:
    assert choose_seat(room(ANN, None, None), EVE, None, must_play=False) == 1


def test_the_own_seat_whatever_is_asked_for() -> None:
    for status in Status:
        assert choose_seat(room(ANN, BEN, status=status), BEN, Seat(0), must_play=True) == 1


def test_a_seat_by_number() -> None:
    assert choose_seat(room(None, None), EVE, Seat(1), must_play=True) == 1
    assert choose_seat(room(ANN, None), EVE, Seat(0), must_play=True) is Code.SEAT_TAKEN
    assert choose_seat(room(ANN, None), EVE, Seat(0), must_play=False) is None
    assert choose_seat(room(ANN, None), EVE, Seat(5), must_play=True) is Code.SEAT_TAKEN


def test_no_seat_in_a_full_running_or_closed_room() -> None:
    for state in (room(ANN, BEN), room(ANN, None, status=Status.PLAYING), room(None, status=Status.CLOSED)):
        assert choose_seat(state, EVE, None, must_play=True) is Code.ROOM_FULL
        assert choose_seat(state, EVE, None, must_play=False) is None


def test_a_free_seat_of_a_finished_match() -> None:
    assert choose_seat(room(None, BEN, status=Status.FINISHED), EVE, None, must_play=True) == 0
