"""Rooms of a namespace, and leaving it."""

import logging

import msgspec
import pytest

from kibitz.transport.namespace import Namespace
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.socket import Socket
from support.memory_wire import MemoryServer, only

# ---------------------------------------------------------------- rooms


def test_rooms(bare: MemoryServer, main: Namespace) -> None:
    wires = [bare.connected() for _ in range(4)]
    a, b, c, d = main.sockets.values()
    a.enter("x")
    b.enter("x")
    b.enter("y")
    c.enter("y")
    main.to("x").emit("x")
    main.to("x").to("y").but(a).emit("xy")
    main.to("nobody").emit("z")
    main.broadcast([d, a], main.encode("given"), but=a)
    b.leave("y")
    b.leave("never entered")
    main.to("y").emit("y")
    bare.turn()
    assert [wire.take() for wire in wires] == [
        ['42["x"]'],
        ['42["x"]', '42["xy"]'],
        ['42["xy"]', '42["y"]'],
        ['42["given"]'],
    ]
    wires[2].lose()
    assert "y" not in main._rooms
    assert c.rooms == set()


def test_rooms_are_still_entered_when_the_disconnect_handler_runs(
    bare: MemoryServer, main: Namespace
) -> None:
    def left(socket: Socket, reason: DisconnectReason) -> None:
        main.to("x").emit("left", reason)
        assert socket.rooms == {"x"}
        assert not socket.is_connected

    main.on_disconnect(left)
    wires = [bare.connected() for _ in range(2)]
    for socket in main.sockets.values():
        socket.enter("x")
    wires[0].send("41")
    bare.turn()
    assert wires[0].take() == []
    assert wires[1].take() == ['42["left","client namespace disconnect"]']


def test_failing_disconnect_handler_still_leaves(
    bare: MemoryServer, main: Namespace, caplog: pytest.LogCaptureFixture
) -> None:
    def left(socket: Socket, reason: DisconnectReason) -> None:
        raise RuntimeError

    main.on_disconnect(left)
    wire = bare.connected()
    only(main).enter("x")
    wire.lose()
    assert not main.sockets
    assert not main._rooms
    assert caplog.records[-1].levelno == logging.ERROR


def test_encoded_once_for_all(bare: MemoryServer, main: Namespace) -> None:
    for _ in range(3):
        bare.connected()
    encoded = main.encode("m", msgspec.Raw(b'{"raw":1}'), b"\x01")
    main.broadcast(main.sockets.values(), encoded)
    frames = {id(session.channel._outbox.frames[-1]) for session in bare.server.sessions()}  # type: ignore[attr-defined]
    assert frames == {id(encoded.frames)}
    assert encoded.polled == (b'451-["m",{"raw":1},{"_placeholder":true,"num":0}]', b"bAQ==")


class Frame(msgspec.Struct):
    tick: int
    data: bytes


def test_volatile_reaches_only_whoever_can_be_written_to(bare: MemoryServer, main: Namespace) -> None:
    reader, stuck = bare.connected(), bare.connected()
    sockets = list(main.sockets.values())
    stuck.is_stuck = True
    main.broadcast(sockets, main.encode("large", "x" * 200_000))
    bare.turn()
    for tick in range(3):
        main.broadcast_volatile(sockets, main.encode("frame", Frame(tick, bytes((tick,)))))
        bare.turn()
    stuck.unstick()
    main.broadcast_volatile(sockets, main.encode("frame", Frame(3, b"\3")))
    bare.turn()
    head = '451-["frame",{"tick":%d,"data":{"_placeholder":true,"num":0}}]'
    assert reader.take()[1:] == [part for n in range(4) for part in (head % n, bytes((n,)))]
    assert stuck.take()[1:] == [head % 3, b"\3"]
    assert bare.server.counters.volatile_dropped == 3


# ---------------------------------------------------------------- leaving


def test_kick_from_one_namespace(bare: MemoryServer, main: Namespace) -> None:
    other = bare.server.namespace("/other")
    reasons: list[DisconnectReason] = []
    other.on_disconnect(lambda socket, reason: reasons.append(reason))
    main.on("m", lambda socket, args, ack: socket.emit("still here"))
    wire = bare.connected("/other")
    wire.send("40")
    wire.take()
    socket = only(other)
    socket.disconnect()
    socket.disconnect()
    socket.emit("nothing")
    wire.send('42["m"]')
    bare.turn()
    assert wire.take() == ["41/other,", '42["still here"]']
    assert reasons == [DisconnectReason.SERVER_NAMESPACE]
    wire.send("40/other,")
    assert str(wire.take()[0]).startswith('40/other,{"sid":')


def test_kick_altogether(bare: MemoryServer, main: Namespace) -> None:
    other = bare.server.namespace("/other")
    reasons: list[DisconnectReason] = []
    for namespace in (main, other):
        namespace.on_disconnect(lambda socket, reason: reasons.append(reason))
    wire = bare.connected("/other")
    wire.send("40")
    wire.take()
    only(main).disconnect(close=True)
    assert wire.take() == ["41/other,", "41", "close"]
    assert reasons == [DisconnectReason.FORCED_SERVER_CLOSE] * 2


def test_client_leaves_and_comes_back(bare: MemoryServer, main: Namespace) -> None:
    wire = bare.connected()
    before = only(main).id
    wire.send("41", "40")
    assert wire.take() == [f'40{{"sid":"{only(main).id}"}}']
    assert only(main).id != before


def test_shutting_down(bare: MemoryServer, main: Namespace) -> None:
    reasons: list[DisconnectReason] = []
    main.on_disconnect(lambda socket, reason: reasons.append(reason))
    wire = bare.connected()
    bare.engine.close()
    assert wire.take() == ["close 1001"]
    assert reasons == [DisconnectReason.SHUTTING_DOWN]
    refused = bare.acceptor()
    refused.receive(b"")
    assert bare.websocket().sent.startswith(b"HTTP/1.1 503 ")
