"""Rooms that gather their patches: one batch for many moves, numbered, and healed where one is missing."""

import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kibitz.client import Client
from kibitz.ids import Seat
from kibitz.play.tables import Tables
from kibitz.transport.batches import BroadcastConfig
from kibitz.transport.config import KIBITZ_PROFILE
from support.memory_wire import MemoryServer, MemoryWire
from support.room_house import ANN, BEN, House, rematch
from support.running_server import running

CONFIG = BroadcastConfig(batch_interval_ms=50)


class Hall:
    """A room of a house whose commits are told in batches to two connections in memory."""

    def __init__(self, house: House, config: BroadcastConfig) -> None:
        self.house = house
        self.config = config
        self.memory = MemoryServer(KIBITZ_PROFILE)
        namespace = self.memory.server.namespace("/")
        self.due: list[tuple[float, Callable[[], None]]] = []
        self.tables = Tables(
            namespace, lambda player: None, house.clock, lambda s, call: self.due.append((s, call)), config
        )
        house.told.committed = self.tables.committed  # type: ignore[method-assign]
        self.wires = [self.memory.connected() for _ in range(2)]

    async def begin(self) -> None:
        self.room = await self.house.playing()
        table = self.tables.table(self.room)
        for seat, socket in enumerate(self.memory.server.namespace("/").sockets.values()):
            table.add(socket, Seat(seat))

    def pass_interval(self) -> None:
        due, self.due = self.due, []
        for seconds, call in due:
            if seconds == self.config.batch_interval_ms / 1000:
                call()

    def told(self, wire: MemoryWire) -> list[tuple[str, Any]]:
        self.memory.turn()
        found: list[tuple[str, Any]] = []
        for message in wire.take():
            if isinstance(message, bytes):
                found[-1][1]["messages"] = json.loads(zlib.decompress(message, 31))
            else:
                name, payload = json.loads(message[message.index("[") :])
                found.append((name, payload))
        return found


@pytest.fixture
async def hall() -> Hall:
    hall = Hall(House(), CONFIG)
    await hall.begin()
    return hall


def versions(batch: dict[str, Any]) -> list[tuple[int, int]]:
    return [(patch["base"], patch["version"]) for name, patch in batch["messages"] if name == "patch"]


async def test_moves_of_an_interval_are_one_batch(hall: Hall) -> None:
    begin = hall.room.version
    await hall.house.drops(hall.room, "0101")
    assert hall.told(hall.wires[0]) == []
    hall.pass_interval()
    for wire in hall.wires:
        ((name, batch),) = hall.told(wire)
        assert (name, batch["room"], batch["sequence"], batch["compression"]) == (
            "batch", hall.room.room_id, 1, "none",
        )  # fmt: skip
        assert versions(batch) == [(begin + n, begin + n + 1) for n in range(4)]
    await hall.house.drops(hall.room, "2")
    hall.pass_interval()
    ((_, batch),) = hall.told(hall.wires[0])
    assert (batch["sequence"], versions(batch)) == (2, [(begin + 4, begin + 5)])


async def test_a_whole_state_comes_after_what_waited(hall: Hall) -> None:
    await hall.house.drops(hall.room, "0101010")
    for player in (ANN, BEN):
        await rematch(hall.room, player)
    await hall.house.quiet()
    names = [name for name, _ in hall.told(hall.wires[0]) if name in ("batch", "snapshot")]
    assert names == ["batch", "snapshot"]
    hall.pass_interval()
    assert hall.told(hall.wires[0]) == []


async def test_a_new_member_is_not_told_what_it_knows(hall: Hall) -> None:
    await hall.house.drops(hall.room, "01")
    newcomer = hall.memory.connected()
    socket = list(hall.memory.server.namespace("/").sockets.values())[-1]
    hall.tables.table(hall.room).add(socket, None)
    hall.pass_interval()
    assert hall.told(newcomer) == []
    assert [name for name, _ in hall.told(hall.wires[0])] == ["batch"]


async def test_whoever_read_slowly_finds_a_number_missing(hall: Hall) -> None:
    slow = hall.wires[1]
    begin = hall.room.version
    await hall.house.drops(hall.room, "0")
    hall.pass_interval()
    hall.told(slow)
    slow.is_stuck = True
    list(hall.memory.server.namespace("/").sockets.values())[1].emit("filler", None)
    hall.memory.turn()
    for column in ("1", "0"):
        hall.house._acts += 1
        await hall.house.drop(hall.room, BEN if column == "1" else ANN, int(column))
        hall.pass_interval()
        hall.memory.turn()
    slow.unstick()
    told = [(name, payload) for name, payload in hall.told(slow) if name != "filler"]
    assert [(n, p["base"], p["version"]) for n, p in told] == [("patch", begin + 1, begin + 3)]
    await hall.house.drop(hall.room, BEN, 1)
    hall.pass_interval()
    ((_, batch),) = hall.told(slow)
    assert (batch["sequence"], versions(batch)) == (4, [(begin + 3, begin + 4)])


async def test_size_and_compression() -> None:
    hall = Hall(House(), replace(CONFIG, batch_size=6, compression="gzip"))
    await hall.begin()
    begin = hall.room.version
    await hall.house.drops(hall.room, "010102")
    ((_, batch),) = hall.told(hall.wires[0])  # full, so it did not wait
    assert batch["compression"] == "gzip"
    assert versions(batch) == [(begin + n, begin + n + 1) for n in range(6)]


async def test_without_an_interval_patches_are_not_gathered() -> None:
    hall = Hall(House(), BroadcastConfig())
    await hall.begin()
    await hall.house.drops(hall.room, "0")
    assert [name for name, _ in hall.told(hall.wires[0])] == ["patch"]


@pytest.mark.parametrize("compression", ["none", "gzip"])
async def test_the_sdk_plays_with_batches(tmp_path: Path, compression: str) -> None:
    """Against a real server: in step all the way, without one resync."""
    async with (
        running(tmp_path, batch_interval_ms=5, batch_compression=compression) as server,
        Client(server.url, name="Ada") as ada,
        Client(server.url, name="Bo") as bo,
    ):
        created = await ada.create_room("connect-four")
        rooms = [await client.join(created.room_id) for client in (ada, bo)]
        for number in range(6):
            room = rooms[number % 2]
            await room.until(lambda one: one.confirmed["turn"] == one.seat, 10_000)  # type: ignore[call-overload, index]
            acted = await room.act("drop", {"column": number % 2})
        for room in rooms:
            await room.until(lambda one: one.version >= acted.version, 10_000)
            assert (room.incidents.resyncs, room.incidents.wrong) == (0, 0)
        assert rooms[0].confirmed == rooms[1].confirmed
