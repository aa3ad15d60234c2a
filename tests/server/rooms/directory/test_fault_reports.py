"""Rooms out of play: what an admin hears of them, and how they come back."""

from typing import Any

import msgspec

from kibitz.journal.memory import MemoryJournal
from kibitz.rooms.answers import Accepted, Refused
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.guard.guard import Call, Doing
from kibitz.rooms.guard.quarantine import Quarantine
from kibitz.rooms.room import Room
from kibitz.rooms.services.config import RoomsConfig
from support.room_house import ANN, BEN, House, act
from support.tally_room import TALLY, code_of, sent, tally_house
from support.toy_games import NewTally, Tally


async def faulted(house: House) -> Room:
    room = await house.playing(game="tally", options=b"{}")
    for number in range(4):
        await act(room, BEN, sent(room, "add", {"n": 1}, f"add-{number:013}"))
    for number in range(3):
        await act(room, ANN, sent(room, "crash", {}, f"id-{number:013}"))
    assert room.status is Status.FAULTED
    return room


async def test_a_room_that_failed_too_often_is_reported_and_mended() -> None:
    house = tally_house(config=RoomsConfig(pause_limit_ms=0, snapshot_every=2))
    room = await faulted(house)
    await house.playing(game="tally", options=b"{}")
    (report,) = house.directory.faulted()
    assert (report.room_id, report.game, report.version) == (room.room_id, "tally", room.version)
    assert (report.why, report.at_us) == ("faults", house.clock.now_us())
    assert "ZeroDivisionError: the author did not think of this" in report.error
    assert [point.is_intact for point in report.recovery_points] == [True, True]
    assert house.directory.release(room.room_id) is room
    assert house.directory.faulted() == []
    assert isinstance(await act(room, BEN, sent(room, "add", {"n": 1}, "id-0000000000009")), Accepted)


async def test_a_room_that_crashed_the_server_is_left_alone_until_it_is_released() -> None:
    house = tally_house(config=RoomsConfig(pause_limit_ms=0, snapshot_every=2))
    room = await house.playing(game="tally", options=b"{}")
    quarantine = Quarantine()
    call = Call(Doing.ACT, room.room_id, ANN, "id-0000000000001", "crash")
    for _ in range(2):
        quarantine.died(call, 77, is_proven=True, error="Fatal Python error")
    later = house.restarted(quarantine=quarantine)
    assert code_of(later.directory.find(room.room_id)) == "room_faulted"
    assert later.directory.list() == []
    (report,) = later.directory.faulted()
    assert (report.why, report.at_us, report.error) == ("crash", 77, "Fatal Python error")
    assert (report.doing, report.player, report.action_id, report.action) == (
        "act",
        ANN,
        "id-0000000000001",
        "crash",
    )
    events = later.directory.events(room.room_id, room.version.__class__(0), 100, ANN)
    assert not isinstance(events, Refused)
    assert len(events) == room.version
    await later.pass_time(3_600)  # it is not closed for having nobody in it
    assert isinstance(later.directory.release(room.room_id), Room)
    assert later.directory.faulted() == []
    assert quarantine.refused == set()


async def test_an_act_that_crashed_the_server_is_refused_before_the_game_sees_it() -> None:
    house = tally_house()
    room = await house.playing(game="tally", options=b"{}")
    deadly = sent(room, "add", {"n": 1}, "id-0000000000001")
    quarantine = Quarantine()
    quarantine.died(Call(Doing.ACT, room.room_id, ANN, deadly.id, "add"), 77, is_proven=True)
    found = house.restarted(quarantine=quarantine).directory.find(room.room_id)
    assert isinstance(found, Room)
    for _ in range(5):
        assert code_of(await act(found, ANN, deadly)) == "game_fault"
    assert found.status is Status.PLAYING
    other = sent(found, "add", {"n": 1}, "id-0000000000002")
    assert isinstance(await act(found, ANN, other), Accepted)


async def test_a_damaged_recovery_point_is_told() -> None:
    class Rotten(MemoryJournal):
        def latest_snapshots(self, room: Any) -> Any:
            first, *rest = super().latest_snapshots(room)
            return [msgspec.structs.replace(first, checksum=first.checksum ^ 1), *rest]

    house = House(Rotten(), games={TALLY: Tally()}, config=RoomsConfig(pause_limit_ms=0, snapshot_every=2))
    room = await faulted(house)
    (report,) = house.directory.faulted()
    assert [(point.version, point.is_intact) for point in report.recovery_points] == [
        (room.version - 2, False),
        (room.version - 4, True),
    ]


async def test_a_room_of_other_rules_is_reported_with_the_code_that_refuses_it() -> None:
    house = tally_house()
    room = await house.playing(game="tally", options=b"{}")
    later = house.restarted(games={TALLY: NewTally()})
    (report,) = later.directory.faulted()
    assert (report.room_id, report.why) == (room.room_id, "rules_changed")
    assert code_of(later.directory.release(room.room_id)) == "rules_changed"
    assert code_of(later.directory.release(room.room_id.__class__("nothing"))) == "unknown_room"
