"""A player who reads slowly gets one patch for all that was missed, and plays on."""

import json
from collections.abc import Iterable

import pytest

from kibitz.ids import Seat
from kibitz.play.tables import Tables
from kibitz.rooms.room import Room
from kibitz.sync.checksum import checksum_of
from kibitz.transport.config import KIBITZ_PROFILE
from kibitz.transport.socket import Socket
from support.memory_wire import MemoryServer, MemoryWire
from support.room_house import ANN, BEN, House, rematch


class Hall:
    """A room of a house whose commits are told to two connections in memory."""

    def __init__(self, house: House, room: Room) -> None:
        self.house = house
        self.room = room
        self.memory = MemoryServer(KIBITZ_PROFILE)
        self.namespace = self.memory.server.namespace("/")
        self.tables = Tables(self.namespace, lambda player: None, house.clock, lambda seconds, call: None)
        house.told.committed = self.tables.committed  # type: ignore[method-assign]
        self.good, self.slow = self.memory.connected(), self.memory.connected()
        table = self.tables.table(room)
        self.sockets: list[Socket] = list(self.namespace.sockets.values())
        for seat, socket in enumerate(self.sockets):
            table.add(socket, Seat(seat))
        self.fall_behind()

    def fall_behind(self) -> None:
        self.slow.is_stuck = True
        self.sockets[1].emit("filler")
        self.memory.turn()

    def recover(self) -> list[tuple[str, dict[str, object]]]:
        self.slow.unstick()
        self.memory.turn()
        return [event for event in events(self.slow) if event[0] != "filler"]


def events(wire: MemoryWire) -> list[tuple[str, dict[str, object]]]:
    return [(event[0], event[-1]) for event in (json.loads(str(m)[2:]) for m in wire.take())]


def versions(patches: Iterable[tuple[str, dict[str, object]]]) -> list[tuple[str, object, object]]:
    return [(name, told.get("base"), told["version"]) for name, told in patches]


@pytest.fixture
async def hall() -> Hall:
    house = House()
    return Hall(house, await house.playing())


async def test_missed_moves_are_one_patch(hall: Hall) -> None:
    begin = hall.room.version
    await hall.house.drops(hall.room, "0101")
    hall.memory.turn()
    assert len(events(hall.good)) == 4
    ((name, patch),) = hall.recover()
    assert (name, patch["base"], patch["version"]) == ("patch", begin, begin + 4)
    assert patch["checksum"] == checksum_of(hall.room.view(Seat(1)).json)
    assert len(patch["events"]) == 4  # type: ignore[arg-type]
    await hall.house.drops(hall.room, "2")
    hall.memory.turn()
    assert versions(events(hall.slow)) == [("patch", begin + 4, begin + 5)]
    assert hall.memory.server.counters.state_rendered == 1


async def test_a_new_match_among_them_is_a_snapshot(hall: Hall) -> None:
    await hall.house.drops(hall.room, "0101010")
    for player in (ANN, BEN):
        await rematch(hall.room, player)
    await hall.house.quiet()
    told = hall.recover()
    assert [name for name, _ in told if name != "notice"] == ["snapshot"]
    assert told[-1][1]["match"] == 2
    assert told[-1][1]["version"] == hall.room.version


async def test_a_version_too_old_is_a_snapshot(hall: Hall) -> None:
    await hall.house.drops(hall.room, "010")
    hall.room._ledger.recent.clear()
    ((name, told),) = hall.recover()
    assert (name, told["version"]) == ("snapshot", hall.room.version)


async def test_whoever_left_is_sent_nothing_more(hall: Hall) -> None:
    table = hall.tables.table(hall.room)
    member = table.member(hall.sockets[1])
    assert member is not None
    await hall.house.drops(hall.room, "01")
    table.remove(member)
    assert hall.recover() == []


async def test_those_who_fell_behind_together_share_the_bytes(hall: Hall) -> None:
    await hall.house.drops(hall.room, "01")
    late = hall.tables.table(hall.room).late
    since = hall.room.version - 2
    assert late(hall.sockets[0], since) is late(hall.sockets[1], since)
    assert late(hall.sockets[0], since + 1) is not None
    assert late(hall.sockets[0], hall.room.version) is None
