"""Rendering: once per state and class, and always canonical."""

import json
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from kibitz.games.connect_four import ConnectFour, Drop
from kibitz.ids import Epoch, PlayerId, RoomKey, Seat, Version
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.state import RoomState
from kibitz.rooms.views.views import EVERYBODY, SPECTATORS, Renderer, ViewFault
from kibitz.rules import Game, NoOptions, Referee, Value
from kibitz.sync.checksum import checksum
from kibitz.sync.patch import Op, apply
from support.toy_games import Hands, Tally

EPOCH = Epoch("e")


def begun(game: Game[Any], options: Any) -> tuple[Fold, RoomState]:
    fold = Fold(Referee(game), options, 2)
    state = fold.begin(1_000, EPOCH)
    for seat, name in enumerate(("p_a", "p_b")):
        state = fold.joined(state, 2_000, Seat(seat), PlayerId(name)).after
    return fold, fold.started(state, 3_000_000, bytes(range(16))).after


class Counted(Tally):
    """Counts how often it is asked to show itself."""

    def __init__(self) -> None:
        self.shown = 0

    def view(self, state: Hands, seat: Seat | None) -> dict[str, Value]:
        self.shown += 1
        return super().view(state, seat)


def test_each_class_is_rendered_once_per_state() -> None:
    game = Counted()
    fold, state = begun(game, NoOptions())
    renderer = Renderer(game, NoOptions())
    for _ in range(3):
        for viewer in (None, Seat(0), Seat(1)):
            renderer.view(state, renderer.viewer_class(viewer))
    assert game.shown == 3
    payload: Any = fold.referee.decode_args("add", b'{"n":1}')
    after = fold.acted(state, 4_000_000, Seat(0), "add", payload, None).after
    for viewer in (None, Seat(0), Seat(1)):
        renderer.patch(state, after, renderer.viewer_class(viewer), ())
    assert game.shown == 6


def test_classes() -> None:
    same = Renderer(ConnectFour(), None)
    assert {same.viewer_class(viewer) for viewer in (None, Seat(0), Seat(1))} == {EVERYBODY}
    different = Renderer(Tally(), None)
    assert [different.viewer_class(viewer) for viewer in (None, Seat(0), Seat(1))] == [SPECTATORS, 0, 1]


def test_a_patch_leads_from_one_view_to_the_next() -> None:
    game = ConnectFour()
    fold, before = begun(game, game.options())
    event = Event(
        RoomKey(1), Version(5), EPOCH, 4_000_000, EventKind.ACTION, Seat(0), type="drop", args='{"column":3}'
    )
    after = fold.acted(before, 4_000_000, Seat(0), "drop", Drop(3), 1_000).after
    renderer = Renderer(game, game.options())
    old, new = renderer.view(before, EVERYBODY), renderer.view(after, EVERYBODY)
    patch = renderer.patch(before, after, EVERYBODY, [event])
    ops = msgspec.json.decode(patch.ops)
    assert apply(old.value, [Op(**op) for op in ops]) == new.value
    assert patch.checksum == new.checksum == checksum(new.value)
    assert (patch.base, patch.version, patch.at_ms) == (4, 5, 4_000)
    assert [each["args"] for each in msgspec.json.decode(patch.events)] == [{"column": 3}]
    assert json.loads(msgspec.json.encode(patch))["ops"] == ops


def test_the_frame_adds_the_clock() -> None:
    game = ConnectFour()
    _, state = begun(game, game.options())
    timed = Renderer(game, game.options()).view(state, EVERYBODY).value
    assert timed["clock"] == {"remaining_ms": [600_000, 600_000], "running": 0}
    untimed = replace(state, clock=None)
    assert Renderer(game, game.options()).view(untimed, EVERYBODY).value["clock"] is None


def test_a_value_that_is_no_json_is_the_games_fault() -> None:
    class Fractional(Tally):
        def view(self, state: Hands, seat: Seat | None) -> dict[str, Value]:
            return {"half": 0.5}  # type: ignore[dict-item]

    game = Fractional()
    _, state = begun(game, NoOptions())
    with pytest.raises(ViewFault) as caught:
        Renderer(game, NoOptions()).view(state, SPECTATORS)
    assert "/half: float" in str(caught.value.__cause__)


class Changing(Tally):
    """Shows whatever it was given for a version."""

    def __init__(self, *shown: Any) -> None:
        self.shown = list(shown)

    def view(self, state: Hands, seat: Seat | None) -> dict[str, Value]:
        return {"it": self.shown.pop(0)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([1, [2, 3]], (1, [2, 4])),
        ([1, 0], [True, 0]),
        ([True, "."], [1, "."]),
        ({"a": (1, 2), "b": None}, {"a": (1, 2), "b": {"c": (3,)}}),
        ((1, 2), (1, 2)),
    ],
    ids=repr,
)
def test_a_patch_tells_what_differs_in_json(old: Any, new: Any) -> None:
    game = Changing(old, new)
    _, before = begun(game, NoOptions())
    after = replace(before, version=Version(before.version + 1))
    renderer = Renderer(game, NoOptions())
    patch = renderer.patch(before, after, SPECTATORS, ())
    values = renderer.view(before, SPECTATORS).value, renderer.view(after, SPECTATORS).value
    ops = [Op(**op) for op in msgspec.json.decode(patch.ops)]
    assert msgspec.json.encode(apply(values[0], ops)) == msgspec.json.encode(values[1])
    assert json.loads(json.dumps({"it": new})) == {"it": values[1]["it"]}


@pytest.mark.parametrize("new", [1.0, [1, 0.5], {"a": b"x"}, [2**53 + 1], {"a": {1: 2}}], ids=repr)
def test_a_later_value_that_is_no_json_is_the_games_fault_too(new: Any) -> None:
    game = Changing([1, 0], new)
    _, before = begun(game, NoOptions())
    after = replace(before, version=Version(before.version + 1))
    with pytest.raises(ViewFault):
        Renderer(game, NoOptions()).patch(before, after, SPECTATORS, ())
