"""Rooms come into memory when they are needed, leave it when they are not, and nobody can tell."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from kibitz.ids import RoomId, Seat, SocketId, Version
from kibitz.journal.memory import MemoryJournal
from kibitz.rooms.answers import Accepted, Refused
from kibitz.rooms.directory.heads import Head
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rules import Move
from support.manual_clock import ManualClock
from support.room_house import ANN, BEN, EVE, UNTIMED, House, ScriptedBrains, join, rematch

CLOCK = b'{"clock_ms":600000,"increment_ms":0}'


def of(house: House, room_id: RoomId) -> Room | Head:
    """The room as it is held now, without asking for it."""
    (held,) = [held for held in house.directory.all() if held.room_id == room_id]
    return held


def is_loaded(house: House, room_id: RoomId) -> bool:
    return isinstance(of(house, room_id), Room)


def found(house: House, room_id: RoomId) -> Room:
    room = house.directory.find(room_id)
    assert isinstance(room, Room)
    return room


def shown(held: Room | Head) -> list[Any]:
    return [
        held.room_id,
        held.code,
        held.game_name,
        held.status,
        held.version,
        held.match,
        held.players,
        held.is_private,
        held.created_us,
        held.last_event_us,
        held.options,
        [(seat.seat, seat.player, seat.is_bot) for seat in held.presence.seats()],
        held.presence.spectators,
        held.presence.is_empty,
    ]


class TestHeads:
    async def test_a_head_tells_what_its_room_told(self) -> None:
        house = House()
        rooms = [
            await house.create(is_private=True),
            await house.playing(),
            await house.playing(),
            await house.playing(),
            await house.create(bots=1),
        ]
        await house.drops(rooms[1], "01")
        await house.drops(rooms[2], "0101010")
        await house.drops(rooms[3], "0101010")
        await rematch(rooms[3], BEN)
        await house.quiet()
        later = House(house.journal, clock=house.clock)
        later.directory.recover()
        heads = later.directory.all()
        assert later.directory.loaded == 0
        for head, room in zip(heads, rooms, strict=True):
            assert isinstance(head, Head)
            assert shown(head) == shown(room)
            assert shown(found(later, head.room_id)) == shown(room)

    async def test_lists_read_no_room(self) -> None:
        class Counting(MemoryJournal):
            def read_room(self, *how: Any, **more: Any) -> Any:
                reads.append(how)
                return super().read_room(*how, **more)

        reads: list[Any] = []
        house = House(Counting())
        playing, waiting, private = [
            await house.playing(),
            await house.create(),
            await house.create(is_private=True),
        ]
        later = House(house.journal, clock=house.clock)
        later.directory.recover()
        reads.clear()
        listed = later.directory.list()
        assert [held.room_id for held in listed] == [waiting.room_id, playing.room_id]
        assert [held.room_id for held in later.directory.list(status=Status.PLAYING)] == [playing.room_id]
        assert [held.room_id for held in later.directory.all()] == [
            each.room_id for each in (playing, waiting, private)
        ]
        assert (reads, later.directory.loaded) == ([], 0)

    async def test_a_room_is_read_by_id_and_by_code_and_once(self) -> None:
        house = House()
        room, other = await house.playing(), await house.playing()
        later = House(house.journal, clock=house.clock)
        later.directory.recover()
        by_code = later.directory.find_code(room.code)
        assert by_code is later.directory.find(room.room_id) is of(later, room.room_id)
        assert later.directory.loaded == 1
        assert not is_loaded(later, other.room_id)
        assert [held.room_id for held in later.directory.all()] == [room.room_id, other.room_id]


class TestAfterAStart:
    async def test_a_flag_falls_in_a_match_that_nobody_came_back_to(self) -> None:
        house = House()
        room = await house.playing(options=CLOCK)
        house.clock.advance(3_600_000_000)  # down for an hour: nobody's loss
        later = house.restarted()
        await later.pass_time(599)
        assert of(later, room.room_id).status is Status.PLAYING
        await later.pass_time(2)
        assert of(later, room.room_id).status is Status.FINISHED
        assert of(later, room.room_id).version == room.version + 1

    async def test_a_clock_runs_from_the_start_however_late_its_room_is_read(self) -> None:
        house = House()
        room = await house.playing(options=CLOCK)
        later = House(house.journal, clock=house.clock)
        later.directory.recover()
        house.clock.advance(9_000_000)
        again = found(later, room.room_id)
        assert again.clock_elapsed_ms == 9_000
        house.clock.advance(1_000_000)
        await later.drop(again, ANN, 3)
        assert later.journal.read_room(again.key)[-1].spent_ms == 10_000

    async def test_a_bot_moves_in_a_room_that_nobody_came_back_to(self) -> None:
        house = House()
        room = await house.create(bots=1)
        await join(room, ANN)
        await house.drop(room, ANN, 3)
        await house.quiet()
        brains = ScriptedBrains(lambda view, seat, seed: Move("drop", {"column": 3}))
        later = house.restarted(brains=brains)
        await later.pass_time(1)
        assert of(later, room.room_id).version == room.version + 1

    async def test_what_nothing_happens_in_is_not_read_until_it_closes(self) -> None:
        house = House()
        waiting, untimed = await house.create(), await house.playing(options=UNTIMED)
        later = house.restarted()
        assert later.directory.loaded == 0
        await later.pass_time(29 * 60)
        assert later.directory.loaded == 0
        await later.pass_time(2 * 60)
        assert isinstance(later.directory.find(waiting.room_id), Refused)
        assert not is_loaded(later, untimed.room_id)

    async def test_many_rooms_are_read_a_few_at_a_time(self) -> None:
        class Slow(ManualClock):
            """A room takes a millisecond to read."""

            def monotonic_us(self) -> int:
                self.advance(500)
                return super().monotonic_us()

        house = House()
        rooms = [await house.playing(options=CLOCK) for _ in range(40)]
        later = House(house.journal, clock=Slow())
        later.directory.recover()
        loaded = []
        for _ in range(60):
            later.directory.tick()
            loaded.append(later.directory.loaded)
        assert 0 < loaded[0] < 10
        assert all(after - before < 10 for before, after in pairwise(loaded))
        assert loaded[-1] == len(rooms)
        later.directory.tick()
        assert later.directory.next_deadline_us() > later.clock.monotonic_us() + 200_000


class TestRest:
    async def test_a_room_that_nobody_needs_is_put_back_and_comes_again(self) -> None:
        house = House()
        room = await house.playing()
        await house.drops(room, "0123")
        before, view = shown(room), room.view(Seat(0)).json
        await house.pass_time(120)
        assert not is_loaded(house, room.room_id)
        assert shown(of(house, room.room_id)) == before
        again = found(house, room.room_id)
        assert again is not room
        assert (shown(again), again.view(Seat(0)).json) == (before, view)
        assert isinstance(await house.drop(again, ANN, 4), Accepted)

    async def test_a_known_action_is_known_after_it(self) -> None:
        house = House()
        room = await house.playing()
        sent = house.sent(room, 3)
        await house.drop(room, ANN, 3, action_id=sent.id)
        base = room.version - 1
        await house.pass_time(120)
        again = await house.drop(found(house, room.room_id), ANN, 3, action_id=sent.id, base=base)
        assert again == Accepted(Version(room.version))

    async def test_a_clock_counts_on_and_falls_to_the_second(self) -> None:
        house = House()
        room = await house.playing(options=CLOCK)
        await house.pass_time(300)
        assert not is_loaded(house, room.room_id)
        assert found(house, room.room_id).clock_elapsed_ms == 300_000
        await house.pass_time(150)
        assert not is_loaded(house, room.room_id)
        await house.pass_time(149)
        assert of(house, room.room_id).status is Status.PLAYING
        await house.pass_time(2)
        assert of(house, room.room_id).status is Status.FINISHED
        assert house.journal.read_room(room.key)[-1].spent_ms == 600_000

    async def test_looking_at_a_room_does_not_keep_it_open(self) -> None:
        house = House()
        room = await house.create()
        for _ in range(29):
            await house.pass_time(60)
            found(house, room.room_id)
        await house.pass_time(61)
        assert isinstance(house.directory.find(room.room_id), Refused)

    @pytest.mark.parametrize("how", ["connected", "watching", "followed", "uncommitted"])
    async def test_a_room_that_is_needed_stays(self, how: str) -> None:
        house = House(is_watched=lambda room: how == "followed")
        room = await house.playing()
        if how == "connected":
            room.presence.attach(SocketId("s1"), ANN, Seat(0), "websocket")
        elif how == "watching":
            room.presence.attach(SocketId("s1"), EVE, None, "websocket")
        elif how == "uncommitted":
            house.memory.hold()
            room.act(ANN, house.sent(room, 3), lambda answer: None)
        await house.pass_time(600)
        assert of(house, room.room_id) is room
        if how == "connected":
            room.presence.detach(SocketId("s1"))
            await house.pass_time(29)  # the grace of the seat
            assert of(house, room.room_id) is room
            await house.pass_time(120)
            assert not is_loaded(house, room.room_id)
        house.memory.release()

    async def test_a_room_that_was_asked_for_stays_a_while(self) -> None:
        house = House()
        room = await house.playing()
        for _ in range(20):
            await house.pass_time(30)
            assert found(house, room.room_id) is room

    async def test_a_room_whose_clock_is_about_to_fall_stays(self) -> None:
        house = House(config=RoomsConfig(pause_limit_ms=0, rest_before_ms=10_000_000))
        room = await house.playing(options=CLOCK)
        await house.pass_time(300)
        assert of(house, room.room_id) is room

    async def test_a_thinking_bot_keeps_its_room(self) -> None:
        house = House()  # its brain never answers
        room = await house.create(bots=1)
        await join(room, ANN)
        await house.drop(room, ANN, 3)
        await house.pass_time(600)
        assert of(house, room.room_id) is room

    async def test_players_who_come_back_are_not_awaited_twice(self) -> None:
        house = House()
        room = await house.playing()
        await house.pass_time(120)
        again = found(house, room.room_id)
        assert [seat.status for seat in again.presence.seats()] == ["disconnected"] * 2

    async def test_rooms_put_back_again_and_again_leave_nothing(self) -> None:
        house = House()
        room = await house.playing(options=CLOCK)
        for _ in range(3):
            found(house, room.room_id)
            await house.pass_time(120)
        assert len(house.directory._deadlines) == 1
        await asyncio.sleep(0)
        assert house.directory.loaded == 0


async def test_nothing_is_kept_of_rooms_that_were_closed() -> None:
    house = House(config=RoomsConfig(pause_limit_ms=0, waiting_unjoined_ms=15_000))
    for _ in range(3):
        await house.create()
    await house.pass_time(12)
    assert len(house.directory._rounds._quiet) == 3
    await house.pass_time(5)
    assert house.directory.all() == []
    await house.pass_time(12)
    assert house.directory._rounds._quiet == {}
