"""A match told again is what live clients of the same viewer were sent, and never more."""

from typing import Any

import msgspec
import pytest

from kibitz.ids import GameName, PlayerId, Seat, Version
from kibitz.journal.records import Event
from kibitz.rooms.answers import Accepted
from kibitz.rooms.archive import Archive
from kibitz.rooms.lifecycle import Status
from kibitz.rooms.retelling import MatchRows, Retelling, Selection, Told, seats_to_see
from kibitz.rooms.room import Room
from kibitz.rules import Game
from kibitz.sync.canonical import encode
from kibitz.sync.checksum import checksum_of
from kibitz.sync.patch import apply
from support.room_house import ANN, BEN, EVE, House, Sent, act, rematch
from support.toy_games import Tally


class OpenTally(Tally):
    """Everything is shown once it is over."""

    name = "open-tally"
    open_after = True


GAMES: dict[GameName, Game[Any]] = {GameName(game.name): game for game in (Tally(), OpenTally())}


class AnOp(msgspec.Struct, frozen=True):
    """As a client decodes it."""

    op: str
    path: str
    value: Any = msgspec.UNSET


async def do(room: Room, player: PlayerId, number: int, kind: str, **args: int) -> None:
    sent = Sent(room.epoch, f"act-{number:012}", room.version, kind, msgspec.Raw(msgspec.json.encode(args)))
    answer = await act(room, player, sent)
    assert isinstance(answer, Accepted), answer


def rows_of(house: House, room: Room, match: int | None = None) -> MatchRows | None:
    selection = Selection()
    selection.add(house.journal.read_room(room.key))
    return selection.match(match)


def told(house: House, room: Room, viewer: Seat | None, after: int = 0, match: int | None = None) -> Any:
    """The view at the beginning, and the steps."""
    opened = Archive(house.journal, house.games).find(room.room_id)
    assert isinstance(opened, tuple)
    rows = rows_of(house, room, match)
    assert rows is not None
    retelling = Retelling(opened[1], rows, viewer)
    *_, beginning = retelling.begin(Version(after))
    assert beginning is not None
    return beginning, list(retelling.steps())


def led(view: Any, step: Told) -> Any:
    value = apply(view, msgspec.json.decode(step.ops, type=list[AnOp]))
    assert checksum_of(encode(value)) == step.checksum
    return value


async def test_the_steps_lead_from_the_beginning_to_the_view_that_is_live() -> None:
    house = House()
    room = await house.playing()
    await house.drops(room, "3344")
    beginning, steps = told(house, room, None)
    assert (beginning.version, [step.shown.version for step in steps]) == (4, [5, 6, 7, 8])
    assert [(step.shown.kind, step.shown.type, step.shown.args) for step in steps[:2]] == [
        ("action", "drop", {"column": 3}),
        ("action", "drop", {"column": 3}),
    ]
    view = msgspec.json.decode(beginning.view)
    assert view["board"] == [[None] * 7] * 6
    for step in steps:
        view = led(view, step)
    assert encode(view) == room.view(None).json


async def test_it_can_begin_at_any_row() -> None:
    house = House()
    room = await house.playing()
    await house.drops(room, "3344")
    beginning, steps = told(house, room, None, after=6)
    assert (beginning.version, [step.shown.version for step in steps]) == (6, [7, 8])
    assert msgspec.json.decode(beginning.view)["last"] == {"row": 4, "column": 3, "seat": 1}
    assert told(house, room, None, after=99)[1] == []


async def test_one_match_of_several_begins_by_itself() -> None:
    house = House()
    room = await house.playing()
    await house.drops(room, "0101010")  # Ann wins
    for player in (ANN, BEN):
        await rematch(room, player)
    await house.quiet()
    first, second = rows_of(house, room, 1), rows_of(house, room)
    assert first is not None
    assert second is not None
    assert (first.match, first.matches, first.status, first.is_over) == (1, 2, Status.FINISHED, True)
    assert (second.match, second.matches, second.status, second.is_over) == (2, 2, Status.PLAYING, False)
    assert first.players == (ANN, BEN)
    beginning, steps = told(house, room, None, match=2)
    assert msgspec.json.decode(beginning.view)["turn"] == 1  # the other seat begins
    assert steps == []
    assert rows_of(house, room, 3) is None


async def test_without_a_match_there_is_nothing_to_tell() -> None:
    house = House()
    room = await house.create()
    assert rows_of(house, room) is None


async def test_closing_ends_a_match_without_finishing_it() -> None:
    house = House()
    room = await house.playing()
    room.close("admin")
    await house.quiet()
    rows = rows_of(house, room)
    assert rows is not None
    assert (rows.status, rows.is_over) == (Status.CLOSED, False)


@pytest.mark.parametrize(("name", "afterwards"), [("tally", (0,)), ("open-tally", (0, 1))])
async def test_hidden_hands_are_for_their_owner_until_the_game_says_otherwise(
    name: str, afterwards: tuple[int, ...]
) -> None:
    house = House(games=GAMES)
    room = await house.playing(game=name, options=b"{}")
    await do(room, ANN, 1, "bid", n=2)
    opened = Archive(house.journal, house.games).find(room.room_id)
    assert isinstance(opened, tuple)

    def may_see(player: PlayerId | None) -> tuple[int, ...]:
        rows = rows_of(house, room)
        assert rows is not None
        return seats_to_see(opened[1], rows, player)

    assert (may_see(ANN), may_see(BEN), may_see(EVE), may_see(None)) == ((0,), (1,), (), ())
    for number, player in enumerate((ANN, BEN, ANN, BEN), 2):
        await do(room, player, number, "add", n=3)
    assert room.status is Status.FINISHED
    assert may_see(ANN) == afterwards
    assert may_see(None) == (afterwards if len(afterwards) == 2 else ())


async def test_each_viewer_reads_what_it_may() -> None:
    house = House(games=GAMES)
    room = await house.playing(game="tally", options=b"{}")
    await do(room, ANN, 1, "bid", n=2)
    await do(room, BEN, 2, "add", n=1)
    mine = {viewer: told(house, room, viewer) for viewer in (Seat(0), Seat(1), None)}
    assert [step.shown.args for step in mine[Seat(0)][1]] == [{"n": 2}, {"n": 1}]
    assert [step.shown.args for step in mine[Seat(1)][1]] == [None, {"n": 1}]
    assert [bytes(step.ops) for step in mine[None][1]] == [
        b"[]",
        b'[{"op":"replace","path":"/total","value":1}]',
    ]
    for viewer, (beginning, steps) in mine.items():
        view = msgspec.json.decode(beginning.view)
        for step in steps:
            view = led(view, step)
        assert encode(view) == room.view(viewer).json


def test_rows_may_come_in_pieces() -> None:
    selection = Selection()
    none: list[Event] = []
    selection.add(none)
    assert selection.match(None) is None
