"""A server that speaks msgpack: every packet is one binary message, on either transport."""

from dataclasses import replace

import msgspec
import pytest

from kibitz.transport.config import SOCKETIO_PROFILE
from kibitz.transport.echo import register
from kibitz.transport.handshake import Handshake
from kibitz.transport.parsers import MSGPACK
from kibitz.transport.poll_channel import PollChannel
from kibitz.transport.recovery import RecoveryConfig
from support.memory_wire import MemoryServer, MemoryWire


def make(*, recovery: RecoveryConfig | None = None) -> MemoryServer:
    memory = MemoryServer(replace(SOCKETIO_PROFILE, recovery=recovery), parser=MSGPACK)
    register(memory.server.namespace("/"), memory.server.namespace("/custom"))
    return memory


def pack(kind: int, data: object = None, packet_id: int | None = None, namespace: str = "/") -> bytes:
    packet = {"type": kind, "nsp": namespace, "data": data}
    return msgspec.msgpack.encode(packet if packet_id is None else {**packet, "id": packet_id})


def taken(memory: MemoryServer, wire: MemoryWire) -> list[dict[str, object]]:
    memory.turn()
    return [msgspec.msgpack.decode(message) for message in wire.take() if isinstance(message, bytes)]


def test_events_acks_and_binary() -> None:
    memory = make()
    wire = memory.websocket()
    wire.send(pack(0, {"token": "t"}))
    connected, auth = taken(memory, wire)
    (sid,) = memory.server.namespace("/").sockets
    assert connected == {"type": 0, "nsp": "/", "data": {"sid": sid}}
    assert auth == {"type": 2, "nsp": "/", "data": ["auth", {"token": "t"}]}
    wire.send(pack(2, ["message", b"\1", {"deep": [b"\2"]}]), pack(2, ["message-with-ack", 1, b"\3"], 456))
    assert taken(memory, wire) == [
        {"type": 2, "nsp": "/", "data": ["message-back", b"\1", {"deep": [b"\2"]}]},
        {"type": 3, "nsp": "/", "data": [1, b"\3"], "id": 456},
    ]


async def test_the_server_asks() -> None:
    memory = make()
    wire = memory.websocket()
    wire.send(pack(0))
    (socket,) = memory.server.namespace("/").sockets.values()
    answer = socket.emit_with_ack("asked", 1)
    assert taken(memory, wire)[-1] == {"type": 2, "nsp": "/", "data": ["asked", 1], "id": 0}
    wire.send(pack(3, [b"answer"], 0))
    assert await answer == [b"answer"]


def test_refusals_and_kicks() -> None:
    memory = make()
    wire = memory.websocket()
    wire.send(pack(0, namespace="/random"), pack(0))
    refused = taken(memory, wire)[0]
    assert refused == {"type": 4, "nsp": "/random", "data": {"message": "Invalid namespace"}}
    wire.send(pack(2, ["kick"]))
    assert taken(memory, wire) == [{"type": 1, "nsp": "/"}]


@pytest.mark.parametrize("message", ["40", b"x", pack(2, ["m"], namespace="/nobody"), pack(4, {})])
def test_no_packets_end_the_connection(message: str | bytes) -> None:
    memory = make()
    wire = memory.websocket()
    wire.send(pack(0))
    wire.take()
    wire.send(message)
    assert wire.take() == ["close 1002"]


def test_on_polling_and_with_text_only() -> None:
    memory = make()
    session, _ = memory.engine.open_polling(Handshake(b"", "/socket.io/", "", "", 0))
    session.receiver.on_binary(pack(0))
    memory.turn()
    assert isinstance(session.channel, PollChannel)
    assert all(packet.startswith(b"b") for packet in session.channel.take(16))
    wire = memory.websocket("&b64=1")
    wire.send("b" + "g6R0eXBlAKRkYXRhwKNuc3ChLw==")
    memory.turn()
    assert [str(message)[:1] for message in wire.take()] == ["0", "b", "b"]


def test_state_recovery() -> None:
    memory = make(recovery=RecoveryConfig())
    namespace = memory.server.namespace("/")
    wire = memory.websocket()
    wire.send(pack(0))
    connected, auth = taken(memory, wire)
    pid = connected["data"]["pid"]  # type: ignore[index]
    offset = auth["data"][-1]  # type: ignore[index]
    wire.lose()
    namespace.emit("missed", b"\1")
    wire = memory.websocket()
    wire.send(pack(0, {"pid": pid, "offset": offset}))
    again, missed, *_ = taken(memory, wire)
    assert again == connected
    assert missed["data"][:2] == ["missed", b"\1"]  # type: ignore[index]
