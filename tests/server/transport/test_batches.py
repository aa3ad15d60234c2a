"""A room's broadcasts in batches: numbered, in order, encoded and compressed once."""

import json
import zlib
from typing import Any

import pytest

from kibitz.protocol.errors import LocalProtocolError
from kibitz.transport.batches import BroadcastConfig, RoomBroadcast
from kibitz.transport.config import SOCKETIO_PROFILE
from kibitz.transport.targets import user_room
from support.memory_wire import MemoryServer, MemoryWire

EVERY_100_MS = BroadcastConfig(batch_interval_ms=100)


@pytest.fixture
def memory() -> MemoryServer:
    memory = MemoryServer(SOCKETIO_PROFILE)
    memory.server.namespace("/")
    return memory


def joined(memory: MemoryServer, room: str = "hall") -> MemoryWire:
    wire = memory.connected()
    list(memory.server.namespace("/").sockets.values())[-1].enter(room)
    return wire


def batches(memory: MemoryServer, wire: MemoryWire) -> list[dict[str, Any]]:
    memory.turn()
    found: list[dict[str, Any]] = []
    for message in wire.take():
        if isinstance(message, bytes):
            found[-1]["binary"].append(message)
        else:
            name, batch = json.loads(message[message.index("[") :])
            assert name == "batch"
            found.append({**batch, "binary": []})
    return found


def test_what_gathered_leaves_as_one(memory: MemoryServer) -> None:
    wire, other = joined(memory), joined(memory, "elsewhere")
    hall = memory.server.broadcast_to("hall", EVERY_100_MS)
    hall.emit("moved", {"x": 1})
    memory.advance(99)
    hall.emit("said", "a", 2)
    assert wire.take() == []
    memory.advance(1)
    assert batches(memory, wire) == [
        {
            "room": "hall",
            "sequence": 1,
            "timestamp_ms": memory.clock.us // 1000,
            "messages": [["moved", {"x": 1}], ["said", "a", 2]],
            "compression": "none",
            "binary": [],
        }
    ]
    memory.advance(1_000)
    assert wire.take() == []  # nothing was said
    hall.emit("again")
    memory.advance(100)
    assert [batch["sequence"] for batch in batches(memory, wire)] == [2]
    assert other.take() == []


def test_a_full_batch_does_not_wait(memory: MemoryServer) -> None:
    wire = joined(memory)
    hall = memory.server.broadcast_to("hall", BroadcastConfig(batch_interval_ms=100, batch_size=3))
    for number in range(7):
        hall.emit("n", number)
    hall.close()
    memory.advance(1_000)
    got = batches(memory, wire)
    assert [[n for _, n in batch["messages"]] for batch in got] == [[0, 1, 2], [3, 4, 5], [6]]
    assert [batch["sequence"] for batch in got] == [1, 2, 3]


def test_without_an_interval_events_are_ordinary(memory: MemoryServer) -> None:
    wire = joined(memory)
    memory.server.broadcast_to("hall", BroadcastConfig()).emit("n", 1)
    memory.turn()
    assert wire.take() == ['42["n",1]']


@pytest.mark.parametrize(("coding", "bits"), [("gzip", 31), ("deflate", 15)])
def test_compressed_once_for_all(memory: MemoryServer, coding: Any, bits: int) -> None:
    wires = [joined(memory) for _ in range(2)]
    hall = memory.server.broadcast_to("hall", BroadcastConfig(batch_interval_ms=100, compression=coding))
    for number in range(50):
        hall.emit("moved", {"piece": number, "to": [1, 2]})
    memory.advance(100)
    for wire in wires:
        (batch,) = batches(memory, wire)
        assert batch["compression"] == coding
        assert batch["messages"] == {"_placeholder": True, "num": 0}
        (packed,) = batch["binary"]
        assert len(packed) < 400
        messages = json.loads(zlib.decompress(packed, bits))
        assert messages == [["moved", {"piece": n, "to": [1, 2]}] for n in range(50)]
    hall.emit("small")
    memory.advance(100)
    (batch,) = batches(memory, wires[0])
    assert (batch["compression"], batch["messages"]) == ("none", [["small"]])


def test_binary_data_in_batches(memory: MemoryServer) -> None:
    wire = joined(memory)
    hall = memory.server.broadcast_to("hall", EVERY_100_MS)
    for number in range(12):
        hall.emit("frame", bytes((number,)), {"deep": [number]})
    memory.advance(100)
    first, second = batches(memory, wire)
    assert [len(first["messages"]), len(second["messages"])] == [10, 2]  # clients take ten attachments
    assert first["binary"] + second["binary"] == [bytes((n,)) for n in range(12)]
    packing = memory.server.broadcast_to("hall", BroadcastConfig(batch_interval_ms=9, compression="gzip"))
    packing.emit("text", "x" * 2_000)
    packing.emit("binary", b"\1")
    packing.emit("text", "x" * 2_000)
    memory.advance(9)
    got = batches(memory, wire)
    assert [batch["compression"] for batch in got] == ["gzip", "none", "gzip"]
    assert [batch["sequence"] for batch in got] == [1, 2, 3]


def test_errors_are_those_of_the_one_who_said_it(memory: MemoryServer) -> None:
    wire = joined(memory)
    hall = memory.server.broadcast_to("hall", EVERY_100_MS)
    hall.emit("fine")
    for event, argument in (("connect", 1), ("m", object()), ("m", [b""] * 11)):
        with pytest.raises(LocalProtocolError):
            hall.emit(event, argument)
    memory.advance(100)
    assert batches(memory, wire)[0]["messages"] == [["fine"]]
    with pytest.raises(ValueError, match="at least one"):
        BroadcastConfig(batch_size=0)


def test_further_targets(memory: MemoryServer) -> None:
    watcher, user, other = joined(memory, "watchers"), joined(memory, "x"), joined(memory, "x")
    list(memory.server.namespace("/").sockets.values())[1].enter_as("ann")
    config = BroadcastConfig(batch_interval_ms=100, targets=("watchers", user_room("ann")))
    memory.server.broadcast_to("hall", config).emit("n")
    memory.advance(100)
    assert [len(batches(memory, wire)) for wire in (watcher, user, other)] == [1, 1, 0]


@pytest.mark.parametrize(
    ("priority", "sequences"), [("high", [1, 2, 3, 4]), ("state", [3, 4]), ("volatile", [4])]
)
def test_priority_for_whoever_reads_slowly(memory: MemoryServer, priority: Any, sequences: list[int]) -> None:
    wire = joined(memory)
    socket = next(iter(memory.server.namespace("/").sockets.values()))
    hall = memory.server.broadcast_to("hall", BroadcastConfig(batch_interval_ms=10, priority=priority))

    def say() -> None:
        hall.emit("n")
        memory.advance(10)

    wire.is_stuck = True
    socket.emit("batch", {"sequence": 0})
    memory.turn()
    for _ in range(3):
        say()
    wire.unstick()
    say()
    assert [batch["sequence"] for batch in batches(memory, wire)] == [0, *sequences]


def test_each_room_counts_for_itself(memory: MemoryServer) -> None:
    rooms: list[RoomBroadcast] = [memory.server.broadcast_to(name, EVERY_100_MS) for name in ("a", "b")]
    rooms[0].emit("n")
    memory.advance(100)
    assert [room.sequence for room in rooms] == [1, 0]


def test_whoever_leaves_the_room_is_owed_nothing_of_it(memory: MemoryServer) -> None:
    wire = joined(memory)
    (socket,) = memory.server.namespace("/").sockets.values()
    wire.is_stuck = True
    socket.emit("filler")
    memory.turn()
    hall = memory.server.broadcast_to("hall", BroadcastConfig(batch_interval_ms=100, priority="state"))
    hall.emit("secret")
    memory.advance(100)
    socket.leave("hall")
    wire.unstick()
    memory.turn()
    assert wire.take() == ['42["filler"]']
