"""Clocks run, fall, and stand still for what is nobody's fault."""

from typing import Any

from msgspec import UNSET

from kibitz.ids import GameName
from kibitz.rooms.answers import Accepted
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rooms.views.views import Held
from support.room_house import ANN, BEN, EVE, House, act, join
from support.tally_room import code_of, sent
from support.toy_games import LastOne


class TestClocks:
    async def test_a_move_costs_its_time_and_earns_the_increment(self) -> None:
        house = House()
        room = await house.playing(options=b'{"clock_ms":60000,"increment_ms":1000}')
        assert room.view(None).value["clock"] == {"remaining_ms": [60000, 60000], "running": 0}
        house.clock.advance(10_000_000)
        assert room.clock_elapsed_ms == 10_000
        await house.drop(room, ANN, 3)
        assert room.view(None).value["clock"] == {"remaining_ms": [51000, 60000], "running": 1}
        assert room.clock_elapsed_ms == 0

    async def test_the_flag_falls_though_nobody_is_there(self) -> None:
        house = House()
        room = await house.playing(options=b'{"clock_ms":60000}')
        assert room.presence.is_empty
        await house.pass_time(59)
        assert room.status is Status.PLAYING
        await house.pass_time(2)
        assert room.status is Status.FINISHED
        assert room.view(None).value["outcome"] == {"winner": 1, "line": None, "reason": "timeout"}
        assert room.view(None).value["clock"] == {"remaining_ms": [0, 60000], "running": None}
        row = house.journal.read_room(room.key)[-1]
        assert (row.kind, row.seat, row.player_id, row.spent_ms) == ("timeout", 0, ANN, 60000)

    async def test_a_move_after_the_flag_fell_is_too_late_even_before_the_timer_ran(self) -> None:
        house = House()
        room = await house.playing(options=b'{"clock_ms":60000}')
        house.clock.advance(60_000_000)
        assert code_of(await house.drop(room, ANN, 3)) == "wrong_phase"
        await house.quiet()
        assert room.status is Status.FINISHED

    async def test_downtime_counts_against_nobody(self) -> None:
        house = House()
        room = await house.playing(options=b'{"clock_ms":60000,"increment_ms":0}')
        house.clock.advance(20_000_000)
        await house.drop(room, ANN, 3)
        house.clock.advance(30_000_000)  # Ben thinks, then the server dies
        house.clock.advance(600_000_000)
        later = house.restarted()
        found = later.directory.find(room.room_id)
        assert isinstance(found, Room)
        assert found.view(None).value["clock"] == {"remaining_ms": [40000, 60000], "running": 1}
        assert found.clock_elapsed_ms == 0
        await later.pass_time(59)
        assert found.status is Status.PLAYING
        await later.pass_time(1)
        assert found.status is Status.FINISHED

    async def test_wall_clock_jumps_change_nothing(self) -> None:
        house = House()
        room = await house.playing(options=b'{"clock_ms":60000,"increment_ms":0}')
        house.clock.jump(3_600_000_000)
        house.clock.advance(1_000_000)
        await house.drop(room, ANN, 3)
        house.clock.jump(-7_200_000_000)
        await house.pass_time(1)
        assert room.status is Status.PLAYING
        assert room.view(None).value["clock"] == {"remaining_ms": [59000, 60000], "running": 1}

    async def test_a_stopped_process_fells_no_flag(self) -> None:
        house = House(config=RoomsConfig(pause_limit_ms=3_000))
        room = await house.playing(options=b'{"clock_ms":30000,"increment_ms":0}')
        await house.pass_time(5)
        house.clock.advance(60_000_000)  # SIGSTOP for a minute
        assert isinstance(await house.drop(room, ANN, 3), Accepted)
        clock: Any = room.view(None).value["clock"]
        assert clock["remaining_ms"][0] == 30_000 - 5_000 - 3_000

    async def test_without_a_clock_nothing_falls(self) -> None:
        house = House()
        room = await house.playing()
        assert room.view(None).value["clock"] is None
        await house.pass_time(100)
        assert room.status is Status.PLAYING
        assert room.clock_elapsed_ms == 0

    async def test_a_patch_tells_how_long_a_clock_ran_that_goes_on(self) -> None:
        house = House(games={GameName("last-one"): LastOne()})
        room = await house.create(game="last-one", options=b"{}", seats=3)
        for player in (ANN, BEN, EVE):
            await join(room, player)
        await house.quiet()
        first = room.catch_up(None, None)
        house.clock.advance(7_000_000)
        for number, (player, action, ran_ms) in enumerate(
            ((BEN, "wave", 7_000), (ANN, "pass_on", UNSET), (ANN, "wave", 2_000))
        ):
            assert isinstance(await act(room, player, sent(room, action, {}, f"id-{number:013}")), Accepted)
            assert house.told.patches[-1].clock_elapsed_ms == ran_ms
            house.clock.advance(2_000_000)
        (late,) = room.catch_up(None, Held(first.epoch, first.version, first.checksum)).patches
        assert late.clock_elapsed_ms == 2_000
