"""Bots play by the same way as everybody, whatever their brains do."""

import asyncio
import json
from typing import Any

import msgspec
import pytest

from kibitz.games.connect_four_brain import choose
from kibitz.ids import GameName, PlayerId, Seat, is_bot
from kibitz.journal.journal import CommitFailure
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rules import Move, Value
from support.room_house import ANN, EVE, House, ScriptedBrains, Sent, act, join, leave, rematch
from support.toy_games import Hands, Tally


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
    assert (row.seat, row.type) == (1, "drop")
    assert json.loads(row.args)["column"] in (3, 2, 4, 1)  # no corner: the better half of its candidates


async def test_fallbacks_differ_from_room_to_room_but_not_from_run_to_run() -> None:
    async def columns() -> list[int]:
        house = House(brains=ScriptedBrains(lambda *_: None))
        rooms = [await against_bot(house) for _ in range(12)]
        for room in rooms:
            await house.drop(room, ANN, 3)
        await house.quiet()
        return [json.loads(house.journal.read_room(room.key)[-1].args)["column"] for room in rooms]

    first = await columns()
    assert len(set(first)) > 1
    assert await columns() == first


async def test_a_broken_brain_is_counted_each_time_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    house = House(brains=ScriptedBrains(lambda *_: None))
    room = await against_bot(house)
    for column in (0, 6, 0):
        await house.drop(room, ANN, column)
        await house.quiet()
    assert house.directory.bot_fallbacks == 3
    assert caplog.text.count("falls back") == 1


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


async def test_a_bot_plays_with_whoever_takes_the_place_of_who_left() -> None:
    house = House(brains=ScriptedBrains())
    room = await against_bot(house)
    await leave(room, ANN)
    assert room.status is Status.FINISHED
    await join(room, EVE)
    assert (room.status, room.match, room.players[0]) == (Status.PLAYING, 2, EVE)


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


class TestPause:
    """A bot takes 350 to 900 ms for a move, counted from the beginning of its turn."""

    def house(self, **how: Any) -> House:
        return House(config=RoomsConfig(pause_limit_ms=0), brains=ScriptedBrains(think), **how)

    async def waited_ms(self, house: House, room: Room) -> int:
        """How long the bot takes to move, in steps of 10 ms."""
        version, waited_ms = room.version, 0
        while room.version == version and waited_ms < 2_000:
            house.clock.advance(10_000)
            house.directory.tick()
            await house.quiet()
            waited_ms += 10
        return waited_ms

    async def test_it_moves_neither_at_once_nor_late(self) -> None:
        house = self.house()
        waits = []
        for _ in range(8):
            room = await against_bot(house)
            await house.drop(room, ANN, 3)
            await house.quiet()
            assert room.version == 5
            waits.append(await self.waited_ms(house, room))
            assert room.version == 6
        assert 350 <= min(waits) < max(waits) <= 910

    async def test_what_the_brain_took_is_part_of_it(self) -> None:
        house = self.house()
        house.brains.choose = None
        room = await against_bot(house)
        await house.drop(room, ANN, 3)
        await house.quiet()
        await house.pass_time(1)
        house.brains.asked[0][4](Move("drop", {"column": 3}))
        await house.quiet()
        assert room.version == 6

    async def test_on_a_short_clock_it_hurries(self) -> None:
        for clock_ms, versions, most_ms in ((2_000, 6, 0), (8_000, 5, 400)):
            house = self.house()
            options = msgspec.json.encode({"clock_ms": clock_ms, "increment_ms": 0})
            room = await house.create(bots=1, options=options)
            await join(room, ANN)
            await house.drop(room, ANN, 3)
            await house.quiet()
            assert room.version == versions
            if most_ms:
                assert 350 <= await self.waited_ms(house, room) <= most_ms

    async def test_who_leaves_during_it_is_not_answered(self) -> None:
        house = self.house()
        room = await against_bot(house)
        await house.drop(room, ANN, 3)
        await house.quiet()
        await leave(room, ANN)
        version = room.version
        await house.pass_time(2)
        assert (room.version, room.status) == (version, Status.FINISHED)

    async def test_it_begins_anew_after_a_restart(self) -> None:
        house = self.house()
        room = await against_bot(house)
        await house.drop(room, ANN, 3)
        await house.quiet()
        later = house.restarted()
        found = later.directory.find(room.room_id)
        assert isinstance(found, Room)
        await later.quiet()
        assert found.version == 5
        assert 350 <= await self.waited_ms(later, found) <= 910
        assert found.version == 6

    async def test_moves_of_others_do_not_put_it_off(self) -> None:
        house = House(
            config=RoomsConfig(pause_limit_ms=0),
            games={GameName("tally"): Tally()},
            brains=ScriptedBrains(lambda *_: Move("bid", {"n": 1})),
        )
        room = await house.create(game="tally", options=b"{}", bots=1)
        await join(room, ANN)
        for number in range(10):
            sent = Sent(room.epoch, f"id-{number:013}", room.version, "bid", msgspec.Raw(b'{"n":1}'))
            await act(room, ANN, sent)
            await house.pass_time(0.1)
        assert any(event.seat == 1 and event.type == "bid" for event in house.journal.read_room(room.key))


async def test_a_bot_that_waited_for_something_that_was_lost_goes_on() -> None:
    class Chatty(Tally):
        def to_move(self, state: Hands) -> tuple[Seat, ...]:
            return (Seat(1),) if state.total else super().to_move(state)[:1]

    house = House(games={GameName("tally"): Chatty()}, brains=ScriptedBrains())
    room = await house.create(game="tally", options=b"{}", bots=1)
    await join(room, ANN)
    await house.quiet()
    add = Sent(room.epoch, "id-0000000000001", room.version, "add", msgspec.Raw(b'{"n":1}'))
    house.memory.fail_when(
        lambda append: CommitFailure.UNAVAILABLE if append.event.kind == "forfeit" else None
    )
    room.act(ANN, add, lambda _: None)
    await asyncio.sleep(0)  # the move is on its way to the disk; Ann's leaving is built on it
    room.leave(ANN, lambda _: None)
    await house.quiet()
    assert (room.version, room.status) == (5, Status.PLAYING)
    assert house.brains.asked == []
    await house.pass_time(2)
    assert [seat for _, _, seat, _, _ in house.brains.asked] == [1]
    assert room.view(Seat(1)).json == house.brains.asked[0][1]


async def test_a_game_that_fails_at_a_bots_move_is_stopped_in_the_end() -> None:
    house = House(games={GameName("tally"): Tally()}, brains=ScriptedBrains(lambda *_: Move("crash", {})))
    room = await house.create(game="tally", options=b"{}", bots=1)
    await join(room, ANN)
    for _ in range(5):
        await house.pass_time(1)
    assert room.status is Status.FAULTED
    assert house.told.words()[-1] == "faulted"


async def test_after_a_view_that_failed_the_bot_thinks_again() -> None:
    class Flaky(Tally):
        is_ill = False

        def view(self, state: Hands, seat: Seat | None) -> dict[str, Value]:
            if self.is_ill and seat == 1:
                raise ZeroDivisionError("the author did not think of this")
            return super().view(state, seat)

    game = Flaky()
    house = House(games={GameName("tally"): game}, brains=ScriptedBrains())
    room = await house.create(game="tally", options=b"{}", bots=1)
    game.is_ill = True
    await join(room, ANN)
    await house.quiet()
    assert room.status is Status.FAULTED
    game.is_ill = False
    house.directory.release(room.room_id)
    await house.quiet()
    assert len(house.brains.asked) == 1
