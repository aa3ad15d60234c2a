"""The texts of the frame's own events, to the byte: they are stored for ever."""

import msgspec
import pytest

from kibitz.ids import ActionId, PlayerId, RoomId, Seat, Version
from kibitz.rooms.fold import event_args
from kibitz.rooms.fold.event_args import encode_args
from kibitz.rooms.fold.state import ClockState, ForkOrigin, ForkPoint

FORK = ForkPoint(ForkOrigin(RoomId("r"), Version(7)), "AAA=", ClockState((5, 6), Seat(1)))


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (event_args.Created(), "{}"),
        (
            event_args.Created(FORK),
            '{"fork":{"clock":{"remaining_ms":[5,6],"running":1},"from":{"room":"r","version":7},"state":"AAA="}}',
        ),
        (event_args.Left(), "{}"),
        (event_args.Left("kicked"), '{"reason":"kicked"}'),
        (event_args.Started("00", (PlayerId("p_a"),)), '{"players":["p_a"],"seed":"00"}'),
        (
            event_args.Started("00", (PlayerId("p_a"),), FORK.state, FORK.clock, FORK.from_),
            (
                '{"clock":{"remaining_ms":[5,6],"running":1},"from":{"room":"r","version":7},'
                '"players":["p_a"],"seed":"00","state":"AAA="}'
            ),
        ),
        (event_args.Forfeited(), "{}"),
        (event_args.Forfeited(20), '{"charged_ms":20}'),
        (event_args.Paused("why", 3), '{"charged_ms":3,"reason":"why"}'),
        (event_args.Rewound(Version(4), "00"), '{"seed":"00","to_version":4}'),
        (event_args.Reopened("crash"), '{"reason":"crash"}'),
        (event_args.Closed("empty"), '{"reason":"empty"}'),
        (
            event_args.Ticks(
                8,
                2,
                (
                    event_args.TickInput(
                        9, Seat(1), "turn", msgspec.Raw(b'{"to":1}'), PlayerId("p_a"), ActionId("id")
                    ),
                ),
            ),
            '{"count":2,"first":8,"inputs":[[9,1,"turn",{"to":1},"p_a","id"]]}',
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_to_the_byte_and_back(args: msgspec.Struct, text: str) -> None:
    assert encode_args(args) == text
    assert msgspec.json.decode(text, type=type(args)) == args


def test_a_fork_is_one_only_with_its_state() -> None:
    assert event_args.Started("00", ()).fork_point() is None
    assert event_args.Started("00", (), FORK.state, FORK.clock, FORK.from_).fork_point() == FORK
