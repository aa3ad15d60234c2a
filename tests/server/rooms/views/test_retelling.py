"""A match told again is what live clients of the same viewer were sent, and never more."""

import random
from functools import partial
from typing import Any

import msgspec
import pytest

from kibitz.games.liars_dice import LiarsDice
from kibitz.games.light_cycles import LightCycles
from kibitz.ids import Epoch, GameName, PlayerId, RoomId, RoomKey, Seat, Version
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.answers import Accepted, Left
from kibitz.rooms.directory.archive import Archive
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.guard.guard import Guard
from kibitz.rooms.room import Room
from kibitz.rooms.views.retelling import Beginning, MatchRows, Retelling, Selection, Told, seats_to_see
from kibitz.rooms.views.views import SPECTATORS
from kibitz.rules import Game, Referee
from kibitz.sync.canonical import encode
from kibitz.sync.checksum import checksum_of
from kibitz.sync.patch import apply
from support.room_house import ANN, BEN, EVE, House, Sent, act, asked, rematch
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
    for event in house.journal.read_room(room.key):
        selection.add(event)
    return selection.match(match)


def told(house: House, room: Room, viewer: Seat | None, after: int = 0, match: int | None = None) -> Any:
    """The view at the beginning, and the steps."""
    opened = Archive(house.journal, house.games).find(room.room_id)
    assert isinstance(opened, tuple)
    rows = rows_of(house, room, match)
    assert rows is not None
    retelling = Retelling(opened[1], rows, viewer, Version(after), house.directory.guard, room.room_id)
    beginning: Beginning | None = None
    steps: list[Told] = []
    for row in house.journal.read_room(room.key, Version(rows.first - 1)):
        if row.version > rows.last:
            break
        if retelling.is_told(row) and beginning is None:
            beginning = retelling.beginning()
        steps += retelling.take(row)
    return beginning or retelling.beginning(), steps


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


def test_of_nothing_there_is_no_match() -> None:
    assert Selection().match(None) is None


async def test_what_was_rewound_is_left_out() -> None:
    house = House()
    room = await house.playing()
    await house.drops(room, "3344")  # versions 5 to 8
    assert isinstance(await asked(partial(room.rewind, Version(6))), Left)  # version 9
    await house.quiet()
    await house.drops(room, "55")
    rows = rows_of(house, room)
    assert rows is not None
    assert (rows.status, sorted(rows.versions)) == (Status.PLAYING, [4, 5, 6, 9, 10, 11])
    for after in (0, 6, 9):
        beginning, steps = told(house, room, None, after=after)
        assert [step.shown.version for step in steps] == [v for v in (5, 6, 9, 10, 11) if v > after]
        view = msgspec.json.decode(beginning.view)
        for step in steps:
            view = led(view, step)
        assert encode(view) == room.view(None).json
    assert steps[-1].shown.epoch == room.epoch


async def test_a_match_that_was_taken_back_is_none() -> None:
    house = House()
    room = await house.playing()
    await house.drops(room, "0101010")  # Ann wins with version 11
    for player in (ANN, BEN):
        await rematch(room, player)
    await house.quiet()
    assert room.match == 2
    assert isinstance(await asked(partial(room.rewind, Version(8))), Left)
    await house.quiet()
    rows = rows_of(house, room)
    assert rows is not None
    assert (rows.match, rows.matches, rows.is_over) == (1, 1, False)
    beginning, steps = told(house, room, None)
    view = msgspec.json.decode(beginning.view)
    for step in steps:
        view = led(view, step)
    assert encode(view) == room.view(None).json


async def test_a_pause_is_told() -> None:
    house = House()
    room = await house.playing()
    assert isinstance(await asked(partial(room.pause, "")), Left)
    rows = rows_of(house, room)
    assert rows is not None
    assert rows.status is Status.PAUSED
    assert isinstance(await asked(room.resume), Left)
    assert [step.shown.kind for step in told(house, room, None)[1]] == ["paused", "resumed"]


def test_a_row_of_ticks_is_told_tick_by_tick() -> None:
    referee: Referee[Any] = Referee(LightCycles())
    fold = Fold(referee, referee.options(b"{}"), 2)
    steer = [2, 0, "steer", {"direction": "up"}, ANN, "an-action-id-0000"]
    rows = [
        row(4, EventKind.STARTED, 0, {"seed": "00" * 32, "players": [ANN, BEN]}, match=1),
        row(5, EventKind.TICKS, 1_000_000, {"first": 0, "count": 4, "inputs": [steer]}, match=1),
        row(6, EventKind.TICKS, 1_100_000, {"first": 4, "count": 2, "inputs": []}, match=1),
    ]
    selection = Selection()
    for each in rows:
        selection.add(each)
    found = selection.match(None)
    assert found is not None
    retelling = Retelling(fold, found, None, Version(0), Guard(), RoomId("room"))
    steps = [step for each in rows for step in retelling.take(each)]
    assert [(step.shown.version, step.tick, step.shown.at_us) for step in steps] == [
        (5, 1, 850_000),
        (5, 2, 900_000),
        (5, 3, 950_000),
        (5, 4, 1_000_000),
        (6, 5, 1_050_000),
        (6, 6, 1_100_000),
    ]
    again = Retelling(fold, found, None, Version(0), Guard(), RoomId("room"))
    assert list(again.take(rows[0])) == []
    view = msgspec.json.decode(again.beginning().view)
    seen = []
    for step in steps:
        view = led(view, step)
        seen.append((view["tick"], view["riders"][0]["turns"]))
    assert seen == [(1, []), (2, []), (3, [0]), (4, [0]), (5, [0]), (6, [0])]


def row(version: int, kind: EventKind, at_us: int, args: dict[str, Any], match: int) -> Event:
    text = msgspec.json.encode(args).decode()
    return Event(RoomKey(1), Version(version), Epoch("e"), at_us, kind, args=text, match=match)


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_happened_it_is_what_was_live(seed: int) -> None:
    """Liar's Dice with hidden dice and chance, moves at random, rewinds, pauses and matches in a row."""
    rng = random.Random(seed)
    game = LiarsDice()
    house = House(games={GameName(game.name): game}, entropy=random.Random(seed).randbytes)
    house.told.viewer_classes = (SPECTATORS, 0, 1)
    room = await house.playing(game=game.name, options=b"{}", seats=2)
    for number in range(120):
        if room.status is Status.FINISHED:
            if room.match == 2:
                break
            for player in (ANN, BEN):
                await rematch(room, player)
        elif rng.random() < 0.06:
            await asked(partial(room.rewind, Version(rng.randrange(4, room.version + 1))))
        elif rng.random() < 0.06:
            await asked(partial(room.pause, ""))
            await asked(room.resume)
        else:
            await random_act(room, rng, number)
        await house.quiet()
    live: dict[tuple[int, int], int] = {}
    classes = house.told.viewer_classes
    for at, patch in enumerate(house.told.patches):
        live[patch.version, classes[at % 3]] = patch.checksum
    for match in range(1, room.match + 1):
        for viewer in (None, Seat(0), Seat(1)):
            if rows_of(house, room, match) is None:
                continue
            beginning, steps = told(house, room, viewer, match=match)
            view = msgspec.json.decode(beginning.view)
            for step in steps:
                view = led(view, step)
                of = SPECTATORS if viewer is None else int(viewer)
                assert step.checksum == live[step.shown.version, of]


async def random_act(room: Room, rng: random.Random, number: int) -> None:
    """A legal one of whoever is to move."""
    state = room._ledger.committed.state
    if state is None or room.status is not Status.PLAYING:
        return
    seat = room.game.to_move(state)[0]
    move = rng.choice(room.referee.legal_moves(state, seat))
    player = room.players[seat]
    assert player is not None
    args = msgspec.Raw(msgspec.json.encode(move.args))
    await act(room, player, Sent(room.epoch, f"random-{number:010}", room.version, move.type, args))
