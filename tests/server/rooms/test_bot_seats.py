"""Bots play by the same way as everybody, whatever their brains do."""

import json

import msgspec
import pytest

from kibitz.games.connect_four_brain import choose
from kibitz.ids import GameName, PlayerId, Seat, is_bot
from kibitz.journal.journal import CommitFailure
from kibitz.rooms.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rules import Move
from support.room_house import ANN, House, ScriptedBrains, Sent, act, join, leave, rematch
from support.toy_games import Tally


def think(view: bytes, seat: Seat, seed: int) -> Move:
    return Move(*choose(json.loads(view), seat, seed, 2))


async def against_bot(house: House) -> Room:
    room = await house.create(bots=1)
    await join(room, ANN)
    await house.quiet()
    return room


async def test_a_bot_answers_each_move_by_an_event_of_its_own() -> None:
    house = House(brains=ScriptedBrains(think))
    room = await against_bot(house)
    await house.drop(room, ANN, 3)
    await house.quiet()
    row = house.journal.read_room(room.key)[-1]
    assert (row.kind, row.type, row.seat, room.version) == ("action", "drop", 1, 6)
    assert row.player_id is not None
    assert is_bot(row.player_id)
    assert row.action_id is not None


async def test_a_bot_sees_only_its_own_view_and_only_what_is_committed() -> None:
    house = House(games={GameName("tally"): Tally()}, brains=ScriptedBrains())
    room = await house.create(game="tally", options=b"{}", bots=1)
    await join(room, ANN)
    await house.quiet()
    ((brain, view, seat, _, _),) = house.brains.asked
    assert (brain, seat) == ("support.toy_brains:first", 1)
    assert view == room.view(Seat(1)).json


async def test_bots_play_a_whole_room_among_themselves() -> None:
    house = House(brains=ScriptedBrains(think))
    room = await house.create(bots=2)
    for _ in range(60):
        await house.quiet()
    assert room.status is Status.FINISHED
    assert room.version > 10


@pytest.mark.parametrize(
    "choice",
    [None, Move("drop", {"column": 9}), Move("castle", {}), Move("drop", {}), Move("drop", {"column": "x"})],
    ids=str,
)
async def test_a_brain_that_fails_costs_only_quality(choice: Move | None) -> None:
    house = House(brains=ScriptedBrains(lambda *_: choice))
    room = await against_bot(house)
    await house.drop(room, ANN, 3)
    await house.quiet()
    row = house.journal.read_room(room.key)[-1]
    assert (row.seat, row.args) == (1, '{"column":0}')


async def test_a_choice_that_comes_too_late_is_dropped() -> None:
    house = House(brains=ScriptedBrains())
    room = await against_bot(house)
    await house.drop(room, ANN, 3)
    await house.quiet()
    ((_, _, _, _, chosen),) = house.brains.asked
    await leave(room, ANN)
    version = room.version
    chosen(Move("drop", {"column": 3}))
    await house.quiet()
    assert room.version == version


async def test_after_a_restart_the_bot_goes_on_thinking() -> None:
    house = House(brains=ScriptedBrains())
    room = await against_bot(house)
    await house.drop(room, ANN, 3)
    await house.quiet()
    assert room.version == 5
    later = house.restarted(brains=ScriptedBrains(think))
    await later.quiet()
    found = later.directory.find(room.room_id)
    assert isinstance(found, Room)
    assert found.version == 6
    # The same position, the same thoughts.
    assert later.brains.asked[0][1:4] == house.brains.asked[0][1:4]


async def test_a_full_disk_makes_the_bot_try_again_later() -> None:
    house = House(brains=ScriptedBrains())
    room = await against_bot(house)
    await house.drop(room, ANN, 3)
    await house.quiet()
    house.memory.fail_when(lambda _: CommitFailure.UNAVAILABLE)
    house.brains.asked[0][4](Move("drop", {"column": 3}))
    await house.quiet()
    assert room.version == 5
    house.memory.fail_when(lambda _: None)
    house.brains.choose = think
    await house.pass_time(2)
    assert room.version == 6


async def test_a_bot_agrees_to_a_rematch_by_itself() -> None:
    house = House(brains=ScriptedBrains())
    room = await against_bot(house)
    bot = room.players[1]
    assert bot is not None
    for column in (0, 1, 0, 1, 0, 1):
        player: PlayerId = ANN if column == 0 else bot
        await house.drop(room, player, column)
    await house.drop(room, ANN, 0)
    assert room.status is Status.FINISHED
    await rematch(room, ANN)
    assert (room.status, room.match) == (Status.PLAYING, 2)


async def test_a_bot_without_any_legal_move_gives_up() -> None:
    class Speechless(Tally):
        def candidates(self, state: object, seat: Seat) -> list[Move]:
            return []

    house = House(games={GameName("tally"): Speechless()}, brains=ScriptedBrains(lambda *_: None))
    room = await house.create(game="tally", options=b"{}", bots=1)
    await join(room, ANN)
    await house.quiet()
    assert room.status is Status.FINISHED
    assert house.journal.read_room(room.key)[-1].kind == "forfeit"


async def test_simultaneous_moves_wake_a_bot_once_per_commit() -> None:
    house = House(games={GameName("tally"): Tally()}, brains=ScriptedBrains())
    room = await house.create(game="tally", options=b"{}", bots=1)
    await join(room, ANN)
    await house.quiet()
    sent = Sent(room.epoch, "id-0000000000001", room.version, "add", msgspec.Raw(b'{"n":1}'))
    await act(room, ANN, sent)
    await house.quiet()
    assert len(house.brains.asked) == 1  # it still thinks about the old position
    house.brains.choose = lambda *_: Move("add", {"n": 2})
    house.brains.asked[0][4](Move("add", {"n": 1}))
    await house.quiet()
    assert len(house.brains.asked) >= 2
