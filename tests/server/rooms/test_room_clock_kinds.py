"""Clocks per move and per phase in rooms: several at once, over restarts, pauses and slow ways."""

import os
from typing import Any

import pytest

from kibitz.ids import Seat, SocketId
from kibitz.rooms.answers import Accepted
from kibitz.rooms.room import Room
from kibitz.rooms.services.config import RoomsConfig
from support.picks_room import pick, picked, picking, picks_house
from support.room_house import ANN, BEN, House
from support.tally_room import code_of

PER_GAME = b'{"clock_ms":60000,"increment_ms":0}'


def clock(room: Room) -> Any:
    return room.view(None).value["clock"]


def found(house: House, room: Room) -> Room:
    it = house.directory.find(room.room_id)
    assert isinstance(it, Room)
    return it


def lag(room: Room, seat: int, latency_ms: int) -> None:
    """A connection of the seat with that round trip."""
    socket = SocketId(f"s{seat}")
    player = room.players[seat]
    assert player is not None
    room.presence.attach(socket, player, Seat(seat), "websocket")
    room.presence.measured(socket, latency_ms=latency_ms, transport="websocket")


class TestPerMove:
    async def test_both_run_and_each_stops_with_its_own_move(self) -> None:
        house = picks_house()
        room = await picking(house)
        assert clock(room) == {
            "remaining_ms": [10_000, 10_000],
            "running": None,
            "running_seats": [0, 1],
            "phase_ms": None,
        }
        house.clock.advance(3_000_000)
        assert room.clock_elapsed_ms == 3_000
        await picked(room, "ann")
        assert clock(room) == {
            "remaining_ms": [10_000, 7_000],
            "running": 1,
            "running_seats": [1],
            "phase_ms": None,
        }
        assert room.clock_elapsed_ms == 0
        house.clock.advance(2_000_000)
        await picked(room, "ben")
        assert [row.spent_ms for row in house.journal.read_room(room.key)[-2:]] == [3_000, 5_000]
        assert clock(room)["remaining_ms"] == [10_000, 10_000]

    async def test_each_falls_by_itself(self) -> None:
        house = picks_house()
        room = await picking(house)
        await house.pass_time(4)
        await picked(room, "ann")
        await house.pass_time(5)
        assert clock(room)["running"] == 1
        await house.pass_time(2)
        assert room.view(None).value["rolled"] != []
        row = house.journal.read_room(room.key)[-1]
        assert (row.kind, row.seat, row.player_id, row.spent_ms) == ("timeout", 1, BEN, 10_000)

    async def test_both_fall_at_once(self) -> None:
        house = picks_house()
        room = await picking(house)
        await house.pass_time(11)
        rows = house.journal.read_room(room.key)[-2:]
        assert [(row.kind, row.seat, row.spent_ms) for row in rows] == [
            ("timeout", 0, 10_000),
            ("timeout", 1, 10_000),
        ]
        assert clock(room)["running_seats"] == [0, 1]


class TestPerPhase:
    async def test_one_clock_for_all(self) -> None:
        house = picks_house()
        room = await picking(house, "phase")
        house.clock.advance(5_000_000)
        await picked(room, "ann")
        assert clock(room) == {
            "remaining_ms": [15_000, 15_000],
            "running": 1,
            "running_seats": [1],
            "phase_ms": 15_000,
        }
        await house.pass_time(14)
        assert room.view(None).value["rolled"] == []
        await house.pass_time(2)
        assert len(room.view(None).value["rolled"]) == 1  # type: ignore[arg-type]
        row = house.journal.read_room(room.key)[-1]
        assert (row.kind, row.seat, row.player_id, row.spent_ms) == ("timeout", None, None, 15_000)
        assert clock(room)["phase_ms"] == 20_000


KINDS = ["move", "phase", "game"]


async def timed(kind: str) -> tuple[House, Room]:
    """A match 4 s old, of which one move is done."""
    if kind == "game":
        house = House()
        room = await house.playing(options=PER_GAME)
        await house.pass_time(4)
        assert isinstance(await house.drop(room, ANN, 3), Accepted)
    else:
        house = picks_house()
        room = await picking(house, kind)
        await house.pass_time(4)
        await picked(room, "ann")
    return house, room


@pytest.mark.parametrize("kind", KINDS)
class TestWhatIsNobodysFault:
    async def test_ten_minutes_of_downtime_cost_nobody_a_second(self, kind: str) -> None:
        house, room = await timed(kind)
        before = room.view(None).json
        house.clock.advance(600_000_000)
        later = house.restarted()
        again = found(later, room)
        assert again.view(None).json == before
        assert again.clock_elapsed_ms == 0
        least_ms = min(ms for ms in clock(again)["remaining_ms"])
        ends = clock(again)["remaining_ms"][1] if kind == "game" else least_ms
        await later.pass_time(ends / 1000 - 1)
        assert found(later, room).version == room.version
        await later.pass_time(2)
        assert found(later, room).version == room.version + 1

    async def test_a_deadline_fires_with_nobody_joined(self, kind: str) -> None:
        house, room = await timed(kind)
        assert room.presence.is_empty
        await house.pass_time(70)
        kinds = [row.kind.value for row in house.journal.read_room(room.key)]
        assert kinds.count("timeout") >= 1

    async def test_a_stopped_process_costs_no_more_than_its_limit(self, kind: str) -> None:
        house, room = await timed(kind)
        config = RoomsConfig(pause_limit_ms=3_000, bot_pause_ms=(0, 0))
        later = house.restarted(config=config)
        await later.pass_time(1)
        house.clock.advance(900_000_000)  # SIGSTOP for a quarter of an hour
        later.directory.tick()
        await later.quiet()
        assert found(later, room).version == room.version
        assert found(later, room).clock_elapsed_ms <= 4_000


class TestLag:
    async def test_the_way_is_not_charged(self) -> None:
        house = House()
        room = await house.playing(options=PER_GAME)
        lag(room, 0, 120)
        house.clock.advance(5_000_000)
        await house.drop(room, ANN, 3)
        assert clock(room)["remaining_ms"] == [60_000 - 4_880, 60_000]
        assert house.journal.read_room(room.key)[-1].spent_ms == 4_880

    async def test_at_most_the_bound(self) -> None:
        house = House()
        room = await house.playing(options=PER_GAME)
        lag(room, 0, 5_000)
        house.clock.advance(5_000_000)
        await house.drop(room, ANN, 3)
        assert clock(room)["remaining_ms"] == [60_000 - 4_700, 60_000]

    async def test_never_less_than_nothing(self) -> None:
        house = House()
        room = await house.playing(options=PER_GAME)
        lag(room, 0, 200)
        house.clock.advance(50_000)
        await house.drop(room, ANN, 3)
        assert clock(room)["remaining_ms"] == [60_000, 60_000]

    async def test_a_move_on_its_way_when_the_time_ran_out_counts(self) -> None:
        house = House()
        room = await house.playing(options=PER_GAME)
        lag(room, 0, 200)
        house.clock.advance(60_100_000)
        house.directory.tick()
        assert isinstance(await house.drop(room, ANN, 3), Accepted)
        assert clock(room)["remaining_ms"] == [100, 60_000]

    async def test_and_one_later_does_not(self) -> None:
        house = House()
        room = await house.playing(options=PER_GAME)
        lag(room, 0, 200)
        house.clock.advance(60_100_000)
        house.directory.tick()
        house.clock.advance(100_000)
        house.directory.tick()
        await house.quiet()
        assert code_of(await house.drop(room, ANN, 3)) == "wrong_phase"

    async def test_who_waits_longer_is_waited_for_beside_who_does_not(self) -> None:
        house = picks_house()
        room = await picking(house)
        lag(room, 1, 200)
        house.clock.advance(10_100_000)
        house.directory.tick()
        await house.quiet()
        assert [row.seat for row in house.journal.read_room(room.key) if row.kind == "timeout"] == [0]
        assert isinstance(await pick(room, "ben", 2, 1), Accepted)

    async def test_the_phase_waits_for_the_slowest(self) -> None:
        house = picks_house()
        room = await picking(house, "phase")
        lag(room, 1, 200)
        house.clock.advance(20_100_000)
        house.directory.tick()
        assert isinstance(await pick(room, "ben", 2, 1), Accepted)
        house.clock.advance(100_000)
        house.directory.tick()
        await house.quiet()
        assert len(room.view(None).value["rolled"]) == 1  # type: ignore[arg-type]


class TestSecrets:
    async def test_a_seed_appears_in_no_byte_while_the_match_runs(self) -> None:
        drawn: list[bytes] = []

        def entropy(n: int) -> bytes:
            drawn.append(os.urandom(n))
            return drawn[-1]

        house = picks_house(entropy=entropy)
        house.told.viewer_classes = (-1, 0, 1)
        room = await picking(house)
        await picked(room, "ann", "ben")
        sent = [room.view(viewer).json for viewer in (None, Seat(0), Seat(1))]
        sent += [repr(room.catch_up(Seat(0), None)).encode()]
        sent += [bytes(patch.ops) + bytes(patch.events) for patch in house.told.patches]
        for viewer in (None, Seat(0), Seat(1)):
            sent.append(repr(room.events_after(0, 99, viewer, ANN)).encode())  # type: ignore[arg-type]
        seeds = [seed for seed in drawn if len(seed) == 32]
        assert len(seeds) == 1
        for seed in seeds:
            for text in (seed.hex().encode(), seed):
                assert not any(text in each for each in sent)
        await picked(room, "ann", "ben", "ann", "ben")
        chance: Any = room.view(None).value["chance"]
        assert chance["seed"] == seeds[0].hex()
