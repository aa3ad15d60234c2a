"""Clocks of more than two seats: whoever leaves, the clock that runs is known to everybody."""

from typing import Any

import msgspec

from kibitz.ids import GameName, Seat
from kibitz.journal.records import EventKind
from kibitz.rooms.answers import Accepted, Refused
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from support.room_house import ANN, BEN, EVE, House, Sent, act, join, leave
from support.toy_games import LastOne

LAST_ONE = GameName("last-one")


async def three() -> tuple[House, Room]:
    house = House(games={LAST_ONE: LastOne()})
    room = await house.create(game=LAST_ONE, options=b"{}")
    for player in (ANN, BEN, EVE):
        await join(room, player)
    assert room.status is Status.PLAYING
    return house, room


def clock(room: Room) -> Any:
    return room.view(None).value["clock"]


def sent(room: Room, action: str, number: int) -> Sent:
    return Sent(room.epoch, f"id-{number:013}", room.version, action, msgspec.Raw(b"{}"))


async def test_who_leaves_out_of_turn_does_not_stop_the_clock_that_runs() -> None:
    house, room = await three()
    house.clock.advance(20_000_000)
    await leave(room, BEN)
    # The view that everybody gets now is counted from now on: it has to have the 20 s in it.
    assert clock(room) == {"remaining_ms": [40_000, 60_000, 60_000], "running": 0}
    assert room.clock_elapsed_ms == 0
    house.clock.advance(5_000_000)
    assert await act(room, ANN, sent(room, "pass_on", 1)) == Accepted(room.version)
    assert clock(room) == {"remaining_ms": [36_000, 60_000, 60_000], "running": 2}


async def test_who_leaves_in_turn_pays_for_it_alone() -> None:
    house, room = await three()
    house.clock.advance(20_000_000)
    await leave(room, ANN)
    assert clock(room) == {"remaining_ms": [40_000, 60_000, 60_000], "running": 1}
    assert room.clock_elapsed_ms == 0


async def test_the_clock_falls_as_if_nobody_had_left() -> None:
    house, room = await three()
    await house.pass_time(20)
    await leave(room, BEN)
    await house.pass_time(39)
    assert clock(room)["running"] == 0
    await house.pass_time(2)
    assert room.status is Status.FINISHED
    assert house.journal.read_room(room.key)[-1].kind is EventKind.TIMEOUT


async def test_it_folds_to_the_same_after_a_restart() -> None:
    house, room = await three()
    house.clock.advance(20_000_000)
    await leave(room, BEN)
    row = house.journal.read_room(room.key)[-2]
    assert (row.kind, row.seat, row.spent_ms, row.args) == ("forfeit", 1, None, '{"charged_ms":20000}')
    found = house.restarted().directory.find(room.room_id)
    assert isinstance(found, Room)
    assert found.view(None).json == room.view(None).json


async def test_an_action_out_of_turn_charges_nobody_and_keeps_the_clock_running() -> None:
    house, room = await three()
    house.clock.advance(20_000_000)
    await act(room, BEN, sent(room, "wave", 1))
    assert clock(room) == {"remaining_ms": [60_000, 60_000, 60_000], "running": 0}
    assert room.clock_elapsed_ms == 20_000
    await act(room, ANN, sent(room, "pass_on", 2))
    assert clock(room)["remaining_ms"][0] == 41_000


async def test_a_game_that_fails_at_a_timeout_takes_no_move_any_more() -> None:
    class Endless(LastOne):
        def on_timeout(self, state: Any, seat: Seat) -> Any:
            raise ZeroDivisionError("the author did not think of this")

    house = House(games={LAST_ONE: Endless()})
    room = await house.create(game=LAST_ONE, options=b"{}")
    for player in (ANN, BEN, EVE):
        await join(room, player)
    house.clock.advance(60_000_000)
    refused = await act(room, ANN, sent(room, "pass_on", 1))
    assert isinstance(refused, Refused)
    assert refused.code == "room_faulted"
    assert room.status is Status.FAULTED
    assert room.version == 5


async def test_leaving_saves_nobody_whose_flag_fell_before_the_timer_ran() -> None:
    house = House()
    room = await house.playing(options=b'{"clock_ms":60000,"increment_ms":0}')
    house.clock.advance(60_000_000)
    await leave(room, BEN)
    assert room.view(None).value["outcome"] == {"winner": 1, "line": None, "reason": "timeout"}
    assert room.players == (ANN, None)
