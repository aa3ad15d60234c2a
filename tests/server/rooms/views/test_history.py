"""What leaves the journal for eyes: nothing that no game described."""

from typing import Any

import pytest

from kibitz.ids import ActionId, Epoch, PlayerId, RoomKey, Seat, Version
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.views.history import show
from support.toy_games import Tally

ANN, BEN = PlayerId("p_ann"), PlayerId("p_ben")


def event(kind: EventKind, **fields: Any) -> Event:
    return Event(RoomKey(1), Version(5), Epoch("e"), 7, kind, **fields)


BID = event(
    EventKind.ACTION,
    seat=Seat(0),
    player_id=ANN,
    action_id=ActionId("anns-action-id-0"),
    type="bid",
    args='{"n":3}',
    handled_us=99,
)


WITH_ARGUMENTS = (EventKind.ACTION, EventKind.REWOUND)


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind not in WITH_ARGUMENTS])
def test_the_frames_events_show_no_arguments(kind: EventKind) -> None:
    (shown,) = show([event(kind, seat=Seat(0), player_id=ANN, args='{"seed":"secret"}')], Tally(), None, ANN)
    assert (shown.kind, shown.seat, shown.type, shown.args, shown.action_id) == (kind, 0, None, None, None)


def test_a_rewind_tells_where_to_and_never_its_seed() -> None:
    rewound = event(EventKind.REWOUND, args='{"to_version":7,"seed":"secret"}')
    (shown,) = show([rewound], Tally(), None, None)
    assert (shown.type, shown.args) == (None, {"to_version": 7})


@pytest.mark.parametrize(
    ("viewer", "player", "args", "action_id"),
    [
        (Seat(0), ANN, {"n": 3}, "anns-action-id-0"),
        (Seat(0), None, {"n": 3}, None),
        (Seat(1), BEN, None, None),
        (None, None, None, None),
        (None, ANN, None, "anns-action-id-0"),
    ],
)
def test_an_action_is_shown_as_far_as_its_game_says(
    viewer: Seat | None, player: PlayerId | None, args: Any, action_id: str | None
) -> None:
    (shown,) = show([BID], Tally(), viewer, player)
    assert (shown.args, shown.action_id) == (args, action_id)
    assert shown.type == (None if args is None else "bid")


def test_without_its_game_nothing_is_shown() -> None:
    (shown,) = show([BID], None, Seat(0), None)
    assert (shown.type, shown.args) == (None, None)
