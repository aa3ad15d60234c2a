"""The fold of events that no room of ours would write is an error, never a guess."""

from typing import Any

import pytest
from msgspec.structs import replace

from kibitz.games.connect_four import ConnectFour
from kibitz.ids import Epoch, PlayerId, RoomKey, Seat, Version
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.fold.fold import Fold, FoldError
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rules import Referee

REFEREE = Referee(ConnectFour())
STARTED = '{"players":["p_a","p_b"],"seed":"00"}'


def fold() -> Fold:
    return Fold(REFEREE, REFEREE.options(b"{}"), 2)


def event(version: int, kind: EventKind, **fields: Any) -> Event:
    return Event(RoomKey(1), Version(version), Epoch("e"), 1_000 + version, kind, **fields)


HISTORY = (
    event(1, EventKind.CREATED),
    event(2, EventKind.JOINED, seat=Seat(0), player_id=PlayerId("p_a")),
    event(3, EventKind.JOINED, seat=Seat(1), player_id=PlayerId("p_b")),
    event(4, EventKind.STARTED, args=STARTED, match=1),
    event(5, EventKind.ACTION, seat=Seat(0), type="drop", args='{"column":3}', spent_ms=1_500),
    event(6, EventKind.TIMEOUT, seat=Seat(1), spent_ms=600_000),
    event(7, EventKind.LEFT, seat=Seat(0)),
    event(8, EventKind.CLOSED),
)


def test_a_history_folds() -> None:
    states = [fold().all(HISTORY[:count]) for count in range(1, 9)]
    assert [state.status for state in states] == [
        Status.WAITING,
        Status.WAITING,
        Status.WAITING,
        Status.PLAYING,
        Status.PLAYING,
        Status.FINISHED,
        Status.FINISHED,
        Status.CLOSED,
    ]
    assert states[4].clock is not None
    assert states[4].clock.remaining_ms == (603_500, 600_000)
    assert states[-1].players == (None, "p_b")
    assert [state.at_us for state in states] == [1_001 + n for n in range(8)]


def test_folding_in_pieces_is_the_same() -> None:
    whole = fold().all(HISTORY)
    assert fold().all(HISTORY[5:], fold().all(HISTORY[:5])) == whole


@pytest.mark.parametrize(
    ("at", "changed"),
    [
        (0, {"kind": EventKind.JOINED}),
        (0, {"version": Version(2)}),
        (1, {"version": Version(3)}),
        (1, {"seat": None}),
        (1, {"player_id": None}),
        (2, {"kind": EventKind.CREATED}),
        (2, {"kind": EventKind.ACTION}),
        (3, {"kind": EventKind.REMATCH, "seat": Seat(0)}),
        (4, {"type": "castle"}),
        (4, {"args": '{"column":9}'}),
        (4, {"kind": EventKind.STARTED, "args": STARTED}),
        (5, {"kind": EventKind.JOINED, "player_id": PlayerId("p_c")}),
        (6, {"kind": EventKind.FORFEIT}),
        (7, {"kind": EventKind.TIMEOUT, "seat": Seat(0)}),
    ],
    ids=str,
)
def test_what_does_not_follow_is_an_error(at: int, changed: dict[str, Any]) -> None:
    events = list(HISTORY)
    events[at] = replace(events[at], **changed)
    with pytest.raises(FoldError) as caught:
        fold().all(events)
    assert caught.value.event is events[at]


def test_no_events_no_state() -> None:
    with pytest.raises(ValueError, match="without events"):
        fold().all(())


NEW = Epoch("f")
_REWOUND = (
    *HISTORY[:5],
    event(6, EventKind.PAUSED, args='{"charged_ms":200,"reason":"x"}'),
    event(7, EventKind.REWOUND, args='{"to_version":4}'),
    event(8, EventKind.RESUMED),
    event(9, EventKind.REOPENED, args='{"reason":"crash"}'),
    event(10, EventKind.FORFEIT, seat=Seat(1)),
    event(11, EventKind.LEFT, seat=Seat(1), args='{"reason":"kicked"}'),
)
REWOUND = (
    *_REWOUND[:6],
    *(replace(each, epoch=NEW) for each in _REWOUND[6:8]),
    *(replace(each, epoch=Epoch("g")) for each in _REWOUND[8:]),
)


def test_a_history_with_a_rewind_folds() -> None:
    states = [state for _, _, state in fold().steps(REWOUND)]
    assert [state.status.value for state in states[4:]] == [
        "playing",
        "paused",
        "paused",
        "playing",
        "playing",
        "finished",
        "finished",
    ]
    assert [state.epoch for state in states[5:]] == ["e", "f", "f", "g", "g", "g"]
    assert states[7].state == states[3].state
    assert states[7].clock == states[3].clock
    assert states[-1].kicked == ("p_b",)


def test_a_fold_that_goes_on_knows_nothing_of_before() -> None:
    state = fold().all(REWOUND[:6])
    with pytest.raises(FoldError, match="version 4 is not known"):
        fold().all(REWOUND[6:], state)


@pytest.mark.parametrize(
    ("at", "changed"),
    [
        (5, {"epoch": NEW}),
        (6, {"epoch": Epoch("e")}),
        (6, {"args": '{"to_version":99}'}),
        (6, {"args": '{"to_version":2}'}),
        (7, {"kind": EventKind.PAUSED}),
        (8, {"epoch": NEW}),
        (9, {"seat": None}),
    ],
    ids=str,
)
def test_what_does_not_follow_in_an_epoch_is_an_error(at: int, changed: dict[str, Any]) -> None:
    events = list(REWOUND)
    events[at] = replace(events[at], **changed)
    with pytest.raises(FoldError) as caught:
        fold().all(events)
    assert caught.value.event is events[at]
