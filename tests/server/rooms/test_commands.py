"""What an admin does to a room: journalled, answered after the commit, refused with a code."""

from functools import partial
from typing import Any

import pytest

from kibitz.ids import GameName, Seat, Version
from kibitz.journal.journal import CommitFailure
from kibitz.rooms.answers import Accepted, JoinAs, Left, Refused
from kibitz.rooms.room import Room
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rooms.views.views import Held
from support.picks_room import kick, pause, picking, picks_house, resume, rewind
from support.room_house import ANN, BEN, EVE, House, ScriptedBrains, asked, join, leave, rematch
from support.tally_room import code_of, kinds, sent, tally_house
from support.toy_games import LastOne

TIMED = b'{"clock_ms":60000,"increment_ms":0}'


def clock(room: Room) -> Any:
    return room.view(None).value["clock"]


def status_of(room: Room) -> str:
    return room.status.value


def found(house: House, room: Room) -> Room:
    """The room as the directory has it now: one that rested is another object."""
    it = house.directory.find(room.room_id)
    assert isinstance(it, Room)
    return it


def again(house: House, room: Room) -> Room:
    """The same room in a new process."""
    return found(house.restarted(), room)


class TestPause:
    async def test_nobody_acts_until_it_is_resumed(self) -> None:
        house = House()
        room = await house.playing()
        assert await pause(room, "a dispute") == Left(Version(5))
        assert status_of(room) == "paused"
        assert code_of(await house.drop(room, ANN, 3)) == "room_paused"
        assert room.version == 5
        assert await resume(room) == Left(Version(6))
        assert isinstance(await house.drop(room, ANN, 3), Accepted)
        row = house.journal.read_room(room.key)[4]
        assert (row.kind, row.args, row.match, row.phase_from, row.phase_to) == (
            "paused",
            '{"reason":"a dispute"}',
            1,
            "playing",
            "playing",
        )

    async def test_the_clock_stands(self) -> None:
        house = House()
        room = await house.playing(options=TIMED)
        await house.pass_time(20)
        await pause(room)
        assert clock(room) == {"remaining_ms": [40_000, 60_000], "running": None}
        await house.pass_time(600)
        room = found(house, room)
        assert status_of(room) == "paused"
        assert room.clock_elapsed_ms == 0
        await resume(room)
        assert clock(room) == {"remaining_ms": [40_000, 60_000], "running": 0}
        await house.pass_time(39)
        assert status_of(room) == "playing"
        await house.pass_time(2)
        assert status_of(room) == "finished"

    async def test_bots_wait(self) -> None:
        brains = ScriptedBrains()
        house = House(brains=brains)
        room = await house.create(bots=1)
        await join(room, ANN)
        await house.quiet()
        await pause(room)
        asked_before = len(brains.asked)
        await house.pass_time(5)
        assert len(brains.asked) == asked_before
        await resume(room)
        assert isinstance(await house.drop(room, ANN, 3), Accepted)
        await house.quiet()
        assert len(brains.asked) == asked_before + 1

    async def test_it_outlives_a_restart(self) -> None:
        house = House()
        room = await house.playing(options=TIMED)
        await house.pass_time(20)
        await pause(room)
        later = again(house, room)
        assert status_of(later) == "paused"
        assert later.view(None).json == room.view(None).json

    async def test_who_leaves_gives_the_match_up_all_the_same(self) -> None:
        house = House()
        room = await house.playing(options=TIMED)
        await pause(room)
        assert isinstance(await leave(room, BEN), Left)
        assert status_of(room) == "finished"
        assert kinds(house, room)[-3:] == ["paused", "forfeit", "left"]

    async def test_only_a_match_that_is_on_can_be_paused_and_only_a_paused_one_resumed(self) -> None:
        house = House()
        room = await house.create()
        assert code_of(await pause(room)) == "wrong_phase"
        room = await house.playing()
        assert code_of(await resume(room)) == "wrong_phase"
        await pause(room)
        assert code_of(await pause(room)) == "wrong_phase"

    async def test_a_failed_commit_is_told(self) -> None:
        house = House()
        room = await house.playing()
        house.memory.fail_when(lambda append: CommitFailure.UNAVAILABLE)
        assert code_of(await pause(room)) == "unavailable"
        assert status_of(room) == "playing"


class TestRewind:
    async def test_the_match_stands_as_it_stood_in_a_new_epoch(self) -> None:
        house = House()
        room = await house.playing(options=TIMED)
        await house.drop(room, ANN, 3)
        await house.pass_time(10)
        then, epoch = room.view(None).json, room.epoch
        await house.drop(room, BEN, 4)
        await house.drop(room, ANN, 5)
        assert await rewind(room, 5) == Left(Version(8))
        assert room.view(None).json == then
        assert room.epoch != epoch
        row = house.journal.read_room(room.key)[-1]
        assert (row.kind, row.epoch, row.args, row.match) == ("rewound", room.epoch, '{"to_version":5}', 1)
        assert isinstance(await house.drop(room, BEN, 0), Accepted)
        later = again(house, room)
        assert (later.version, later.epoch) == (room.version, room.epoch)
        assert later.view(None).json == room.view(None).json

    async def test_the_restored_clock_runs_from_now(self) -> None:
        house = House()
        room = await house.playing(options=TIMED)
        await house.pass_time(10)
        await house.drop(room, ANN, 3)
        await house.pass_time(30)
        await house.drop(room, BEN, 3)
        await house.pass_time(5)
        await rewind(room, 5)
        assert clock(room) == {"remaining_ms": [50_000, 60_000], "running": 1}
        assert room.clock_elapsed_ms == 0
        await house.pass_time(59)
        assert status_of(room) == "playing"
        await house.pass_time(2)
        assert status_of(room) == "finished"

    async def test_acts_of_the_old_epoch_are_refused_and_held_views_worthless(self) -> None:
        house = House()
        room = await house.playing()
        await house.drop(room, ANN, 3)
        held, late = Held(room.epoch, room.version), house.sent(room, 2)
        await rewind(room, 4)
        assert code_of(await asked(partial(room.act, BEN, late))) == "epoch_changed"
        assert room.catch_up(None, held).mode == "snapshot"

    async def test_a_finished_match_goes_on(self) -> None:
        house = House()
        room = await house.playing()
        await house.drops(room, "0101010")
        assert status_of(room) == "finished"
        await rematch(room, ANN)
        assert await rewind(room, 10) == Left(Version(13))
        assert status_of(room) == "playing"
        assert room.players == (ANN, BEN)
        assert isinstance(await house.drop(room, ANN, 6), Accepted)

    async def test_a_paused_room_stays_paused(self) -> None:
        house = House()
        room = await house.playing(options=TIMED)
        await house.drop(room, ANN, 3)
        await pause(room)
        await rewind(room, 4)
        assert status_of(room) == "paused"
        assert clock(room)["running"] is None
        await resume(room)
        assert clock(room) == {"remaining_ms": [60_000, 60_000], "running": 0}

    async def test_what_was_taken_back_cannot_be_gone_back_to(self) -> None:
        house = House()
        room = await house.playing()
        await house.drops(room, "01")
        await rewind(room, 4)
        for version in (1, 2, 3, 5, 6, 99):
            assert code_of(await rewind(room, version)) == "wrong_phase"
        assert await rewind(room, 7) == Left(Version(8))
        assert await rewind(room, 4) == Left(Version(9))

    async def test_a_new_epoch_among_what_was_taken_back_brings_nothing_back(self) -> None:
        house = House()
        room = await house.playing()
        await house.drop(room, ANN, 0)
        room.reopen("restore")
        await house.quiet()
        await rewind(room, 4)
        assert code_of(await rewind(room, 6)) == "wrong_phase"

    async def test_it_waits_for_what_is_on_its_way(self) -> None:
        house = House()
        room = await house.playing()
        house.memory.hold()
        answers: list[object] = []
        room.act(ANN, house.sent(room, 3), answers.append)
        room.rewind(Version(5), answers.append)
        await house.quiet()
        assert answers == []
        house.memory.release()
        await house.quiet()
        assert answers == [Accepted(Version(5)), Left(Version(6))]
        assert (room.view(None).value["turn"], room.match) == (1, 1)

    async def test_nobody_may_have_left_meanwhile(self) -> None:
        house = House()
        room = await house.playing()
        await leave(room, BEN)
        assert code_of(await rewind(room, 4)) == "wrong_phase"
        await join(room, EVE)
        assert isinstance(await rewind(room, 4), Left)
        assert room.players == (ANN, EVE)
        assert status_of(room) == "playing"

    async def test_one_that_is_not_stored_mends_nothing(self) -> None:
        house = tally_house()
        room = await house.playing(game="tally", options=b"{}")
        for number in range(3):
            await asked(partial(room.act, ANN, sent(room, "crash", {}, f"id-{number:013}")))
        house.memory.fail_when(lambda append: CommitFailure.UNAVAILABLE)
        assert code_of(await rewind(room, 4)) == "unavailable"
        assert status_of(room) == "faulted"

    async def test_a_game_that_fails_at_it_is_answered(self) -> None:
        class Brittle(LastOne):
            is_ill = False

            def to_move(self, state: Any) -> tuple[Seat, ...]:
                if self.is_ill:
                    raise ZeroDivisionError("the author did not think of this")
                return super().to_move(state)

        game = Brittle()
        house = House(games={GameName("last-one"): game})
        room = await house.create(game="last-one", options=b"{}", seats=3)
        for player in (ANN, BEN, EVE):
            await join(room, player)
        await house.quiet()
        await pause(room)
        game.is_ill = True
        assert code_of(await resume(room)) == "game_fault"
        game.is_ill = False
        await resume(room)
        game.is_ill = True
        assert code_of(await rewind(room, 5)) == "game_fault"
        assert status_of(room) == "playing"

    async def test_it_mends_a_faulted_room(self) -> None:
        house = tally_house()
        room = await house.playing(game="tally", options=b"{}")
        for number in range(3):
            await asked(partial(room.act, ANN, sent(room, "crash", {}, f"crash-{number:012}")))
        assert status_of(room) == "faulted"
        assert code_of(await pause(room)) == "room_faulted"
        assert isinstance(await rewind(room, 4), Left)
        assert status_of(room) == "playing"

    async def test_a_new_seed_is_drawn_and_the_old_one_kept(self) -> None:
        house = picks_house()
        room = await picking(house)
        before: Any = room.view(None).value["chance"]
        await rewind(room, 4)
        after: Any = room.view(None).value["chance"]
        assert after["commitment"] != before["commitment"]
        assert after["earlier"] == [{"commitment": before["commitment"], "seed": None}]

    async def test_a_recovery_point_follows_and_those_of_what_is_gone_are_passed_over(self) -> None:
        house = House(config=RoomsConfig(pause_limit_ms=0, snapshot_every=4))
        room = await house.playing()
        await house.drops(room, "01234")
        await house.quiet()
        assert house.journal.latest_snapshots(room.key)[0].version == 9
        await rewind(room, 5)
        await house.quiet()
        points = house.journal.latest_snapshots(room.key)
        assert (points[0].version, points[0].epoch) == (10, room.epoch)
        house.memory._snapshots[room.key] = {point.version: point for point in points[1:]}
        later = again(house, room)
        assert later.view(None).json == room.view(None).json


class TestKick:
    async def test_the_seat_is_free_and_the_match_over(self) -> None:
        house = House()
        room = await house.playing()
        assert await kick(room, 1) == Left(Version(6))
        assert room.players == (ANN, None)
        assert status_of(room) == "finished"
        assert house.journal.read_room(room.key)[-1].args == '{"reason":"kicked"}'

    async def test_a_match_of_more_goes_on_without_that_player(self) -> None:
        house = House(games={GameName("last-one"): LastOne()})
        room = await house.create(game="last-one", options=b"{}")
        for player in (ANN, BEN, EVE):
            await join(room, player)
        await kick(room, 0)
        assert status_of(room) == "playing"
        assert (room.players, room.view(None).value["inside"]) == ((None, BEN, EVE), [1, 2])
        assert again(house, room).view(None).json == room.view(None).json
        assert code_of(await rewind(room, 5)) == "wrong_phase"
        assert isinstance(await rewind(room, room.version), Left)

    async def test_that_player_watches_from_then_on(self) -> None:
        house = House()
        room = await house.create()
        await join(room, BEN)
        await kick(room, 0)
        for each in (room, again(house, room)):
            assert code_of(await join(each, BEN, JoinAs.PLAYER)) == "forbidden"
            seated: Any = await join(each, BEN)
            assert seated.seat is None
            assert isinstance(await join(each, EVE, JoinAs.PLAYER), object)

    @pytest.mark.parametrize("seat", [1, 2, 63])
    async def test_nobody_to_kick(self, seat: int) -> None:
        house = House()
        room = await house.create()
        await join(room, BEN)
        assert code_of(await kick(room, seat)) == "not_seated"


class TestReopen:
    async def test_a_new_epoch_and_nothing_else(self) -> None:
        house = House()
        room = await house.playing()
        await house.drop(room, ANN, 3)
        view, epoch = room.view(None).json, room.epoch
        room.reopen("crash")
        await house.quiet()
        assert (room.view(None).json, status_of(room)) == (view, "playing")
        assert room.epoch != epoch
        assert house.journal.epoch_of(room.key) == room.epoch
        assert again(house, room).epoch == room.epoch


class TestClose:
    async def test_a_closed_room_takes_no_command(self) -> None:
        house = House()
        room = await house.playing()
        room.close("admin")
        for answer in (await pause(room), await rewind(room, 4), await kick(room, 0)):
            assert isinstance(answer, Refused)
            assert answer.code == "room_closed"
