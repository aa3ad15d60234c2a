"""What applications see: handlers, refusals, rooms, acknowledgements, both ways."""

import asyncio
import gc
import logging
from dataclasses import replace

import msgspec
import pytest

from kibitz.protocol.errors import LocalProtocolError
from kibitz.protocol.socketio_msgpack import encode_connect
from kibitz.transport.config import SOCKETIO_PROFILE
from kibitz.transport.namespace import ConnectRefused, Namespace
from kibitz.transport.parsers import JSON, MSGPACK, Parser
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.socket import Ack, AckTimeout, AlreadyAcknowledged, Socket, SocketDisconnected
from support.memory_wire import MemoryServer


@pytest.fixture
def memory() -> MemoryServer:
    return MemoryServer(SOCKETIO_PROFILE)


@pytest.fixture
def main(memory: MemoryServer) -> Namespace:
    return memory.server.namespace()


def only(namespace: Namespace) -> Socket:
    (socket,) = namespace.sockets.values()
    return socket


# ---------------------------------------------------------------- connecting


def test_connect_handler_sees_the_handshake(memory: MemoryServer, main: Namespace) -> None:
    seen: list[object] = []

    def connect(socket: Socket, auth: dict[str, object]) -> None:
        seen.append(
            (auth, socket.handshake.cookies, socket.handshake.query["x"], socket.handshake.remote_address)
        )
        socket.emit("early")
        socket.enter("room")
        assert not main.room("room")

    main.on_connect(connect)
    wire = memory.websocket("&x=1", "Cookie: a=b\r\n")
    wire.send('40{"token":"t"}')
    memory.turn()
    socket = only(main)
    assert wire.take()[1:] == [f'40{{"sid":"{socket.id}"}}', '42["early"]']
    assert seen == [({"token": "t"}, {"a": "b"}, "1", "192.0.2.1")]
    assert list(main.room("room")) == [socket]
    assert socket.connection.status == "connected"
    assert socket.connection.transport == "websocket"


def test_refused_with_data_and_asked_again(memory: MemoryServer, main: Namespace) -> None:
    def connect(socket: Socket, auth: dict[str, object]) -> None:
        socket.emit("never")
        if "token" not in auth:
            raise ConnectRefused("who are you?", {"code": "unauthenticated"})

    main.on_connect(connect)
    wire = memory.websocket()
    wire.take()
    wire.send("40")
    assert wire.take() == ['44{"message":"who are you?","data":{"code":"unauthenticated"}}']
    assert not main.sockets
    wire.send('40{"token":1}')
    assert str(wire.take()[0]).startswith('40{"sid":')


def test_failing_connect_handler_refuses_only_its_client(
    memory: MemoryServer, main: Namespace, caplog: pytest.LogCaptureFixture
) -> None:
    def connect(socket: Socket, auth: dict[str, object]) -> None:
        raise RuntimeError("secret detail")

    main.on_connect(connect)
    wire = memory.websocket()
    wire.take()
    wire.send("40")
    assert wire.take() == ['44{"message":"The server failed","data":{"code":"internal"}}']
    assert "secret detail" in caplog.text
    assert memory.server.totals()["handler_faults"] == 1


async def test_asynchronous_connect_handler(memory: MemoryServer, main: Namespace) -> None:
    allowed = asyncio.Event()

    async def connect(socket: Socket, auth: dict[str, object]) -> None:
        await allowed.wait()
        socket.emit("early")
        if auth:
            raise ConnectRefused("no")

    main.on_connect(connect)
    wire, refused, gone = memory.websocket(), memory.websocket(), memory.websocket()
    wire.send("40")
    refused.send('40{"x":1}')
    gone.send("40")
    for each in (wire, refused):
        each.take()
    gone.lose()
    allowed.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    memory.turn()
    assert wire.take() == [f'40{{"sid":"{only(main).id}"}}', '42["early"]']
    assert refused.take() == ['44{"message":"no"}']


@pytest.mark.parametrize("packet", ["40", '42["m"]', "41", '451-["m"]'])
async def test_nothing_may_come_before_the_confirmation(
    memory: MemoryServer, main: Namespace, packet: str
) -> None:
    async def connect(socket: Socket, auth: dict[str, object]) -> None:
        await asyncio.Event().wait()

    main.on_connect(connect)
    wire = memory.websocket()
    wire.take()
    wire.send("40", packet)
    memory.turn()
    assert wire.take() == ["close 1002"]
    await asyncio.sleep(0)


def test_unknown_namespace(memory: MemoryServer, main: Namespace) -> None:
    wire = memory.connected()
    wire.send("40/random", "40/random?x=1,")
    assert wire.take() == [
        '44/random,{"message":"Invalid namespace"}',
        '44/random?x=1,{"message":"Invalid namespace"}',
    ]


def test_number_of_namespaces_is_limited(memory: MemoryServer) -> None:
    memory = MemoryServer(
        replace(SOCKETIO_PROFILE, limits=replace(SOCKETIO_PROFILE.limits, namespaces_max=1))
    )
    memory.server.namespace("/")
    memory.server.namespace("/b")
    wire = memory.connected()
    wire.send("40/b,")
    assert wire.take() == ['44/b,{"message":"Invalid namespace"}']


def test_connect_timeout(memory: MemoryServer, main: Namespace) -> None:
    silent, known = memory.websocket(), memory.connected()
    silent.take()
    memory.advance(45_000)
    assert "close 1002" in silent.take()
    assert "close 1002" not in known.take()


def test_connect_timeout_after_leaving(memory: MemoryServer, main: Namespace) -> None:
    """Or one account could keep any number of connections, each of which was its own for an instant."""
    left, kicked, back = memory.connected(), memory.connected(), memory.connected()
    left.send("41")
    next(iter(main.sockets.values())).disconnect()
    back.send("41")
    back.send("40")
    for wire in (left, kicked, back):
        wire.take()
    memory.advance(20_000)
    for wire in (left, kicked, back):
        wire.send("3")
    memory.advance(24_999)
    assert all("close 1002" not in wire.take() for wire in (left, kicked, back))
    for wire in (left, kicked, back):
        wire.send("3")
    memory.advance(1)
    assert ["close 1002" in wire.take() for wire in (left, kicked, back)] == [True, True, False]


@pytest.mark.parametrize(
    "packet",
    ["40", '44{"message":"x"}', '42/other,["m"]', "41/other,", "4abc", "42{}", '42abc["m"]', "47", b"x",
     '451-["m",{"_placeholder":true,"num":5}]', '451-/other,["m"]', '41["x"]', '42["connect"]', "42[]"],
)  # fmt: skip
def test_packets_that_end_the_connection(memory: MemoryServer, main: Namespace, packet: str | bytes) -> None:
    reasons: list[DisconnectReason] = []
    main.on_disconnect(lambda socket, reason: reasons.append(reason))
    wire = memory.connected()
    wire.send(packet)
    if isinstance(packet, str) and "num" in packet:
        wire.send(b"")
    assert wire.take() == ["close 1002"]
    assert reasons == [DisconnectReason.FORCED_CLOSE]


# ---------------------------------------------------------------- events


def test_handlers(memory: MemoryServer, main: Namespace, caplog: pytest.LogCaptureFixture) -> None:
    got: list[object] = []

    def fail(socket: Socket, args: list[object], ack: Ack | None) -> None:
        raise RuntimeError

    main.on("known", lambda socket, args, ack: got.append((args, ack)))
    main.on("fails", fail)
    main.on_unknown(lambda socket, name, args, ack: got.append((name, args, ack)))
    wire = memory.connected()
    wire.send('42["known",1,[2]]', '42["fails"]', '42["other",3]', "42", "43999[]")
    assert got == [([1, [2]], None), ("other", [3], None)]
    assert main.faults == 1
    assert "fails" in caplog.text
    assert wire.take() == []


class Move(msgspec.Struct):
    column: int


def test_messages_are_decoded_into_their_type(memory: MemoryServer, main: Namespace) -> None:
    def move(socket: Socket, message: Move, ack: Ack | None) -> None:
        assert ack is not None
        ack({"ok": True, "column": message.column})

    def invalid(socket: Socket, event: str, ack: Ack | None, error: str) -> None:
        if ack is not None:
            ack({"ok": False, "event": event, "error": error})

    main.on_message("move", Move, move, invalid=invalid)
    wire = memory.connected()
    wire.send(
        '421["move",{"column":3}]', '422["move",{"column":"3"}]', '42["move"]', '423["move",{"column":4}]'
    )
    assert wire.take() == [
        '431[{"ok":true,"column":3}]',
        '432[{"ok":false,"event":"move","error":"Expected `int`, got `str` - at `$[1].column`"}]',
        '433[{"ok":true,"column":4}]',
    ]


def test_second_registration_is_refused(main: Namespace) -> None:
    main.on("a", lambda socket, args, ack: None)
    main.on_connect(lambda socket, auth: None)
    main.on_disconnect(lambda socket, reason: None)
    main.on_unknown(lambda socket, name, args, ack: None)
    for register in (
        lambda: main.on("a", lambda socket, args, ack: None),
        lambda: main.on("connect", lambda socket, args, ack: None),
        lambda: main.on_message("a", Move, lambda s, m, a: None, invalid=lambda s, e, a, x: None),
        lambda: main.on_connect(lambda socket, auth: None),
        lambda: main.on_disconnect(lambda socket, reason: None),
        lambda: main.on_unknown(lambda socket, name, args, ack: None),
    ):
        with pytest.raises(ValueError, match=r"already|reserved"):
            register()


def test_name_of_a_namespace(memory: MemoryServer) -> None:
    for name in ("", "x", "/a,b"):
        with pytest.raises(ValueError, match="name of a namespace"):
            memory.server.namespace(name)


# ---------------------------------------------------------------- acknowledgements


def test_ack_once_later_and_only_if_called(memory: MemoryServer, main: Namespace) -> None:
    acks: list[Ack | None] = []
    main.on("m", lambda socket, args, ack: acks.append(ack))
    wire = memory.connected()
    wire.send('425["m"]', '42["m"]', '426["m"]', '427["m"]')
    assert wire.take() == []
    first, without, second, third = acks
    assert without is None
    assert first is not None and second is not None and third is not None  # noqa: PT018
    first()
    second(None)
    memory.turn()
    assert wire.take() == ["435[]", "436[null]"]
    with pytest.raises(AlreadyAcknowledged):
        first()
    wire.lose()
    third("too late")
    assert third.is_used


def test_what_is_json_already_is_sent_as_it_is(memory: MemoryServer, main: Namespace) -> None:
    acks: list[Ack | None] = []
    main.on("m", lambda socket, args, ack: acks.append(ack))
    wire = memory.connected()
    wire.send('425["m"]')
    (ack,) = acks
    assert ack is not None
    ack.send_json(b'{"ok":true}')
    main.broadcast([only(main)], main.encode_json("m", b'{"a":[1]}'))
    memory.turn()
    assert wire.take() == ['435[{"ok":true}]', '42["m",{"a":[1]}]']
    with pytest.raises(AlreadyAcknowledged):
        ack.send_json(b"{}")


async def test_server_asks(memory: MemoryServer, main: Namespace) -> None:
    wire = memory.connected()
    socket = only(main)
    first, second = socket.emit_with_ack("a", 1), socket.emit_with_ack("b", timeout_ms=100)
    memory.turn()
    assert wire.take() == ['420["a",1]', '421["b"]']
    wire.send('430["x",2]', '430["again"]', "4399[]")
    assert await first == ["x", 2]
    memory.advance(100)
    with pytest.raises(AckTimeout):
        await second
    third = socket.emit_with_ack("c")
    memory.turn()
    wire.lose()
    with pytest.raises(SocketDisconnected):
        await third
    with pytest.raises(SocketDisconnected):
        await socket.emit_with_ack("d")


async def test_binary_answer(memory: MemoryServer, main: Namespace) -> None:
    wire = memory.connected()
    answer = only(main).emit_with_ack("a", b"\x01")
    memory.turn()
    assert wire.take() == ['451-0["a",{"_placeholder":true,"num":0}]', b"\x01"]
    wire.send('461-0[{"_placeholder":true,"num":0}]', b"\x02")
    assert await answer == [b"\x02"]


async def test_waiting_acks_are_bounded(memory: MemoryServer) -> None:
    memory = MemoryServer(replace(SOCKETIO_PROFILE, acks_waiting_max=2))
    memory.server.namespace("/")
    memory.connected()
    socket = only(memory.server.namespace("/"))
    waiting = [socket.emit_with_ack("a") for _ in range(2)]
    with pytest.raises(LocalProtocolError, match="too many"):
        socket.emit_with_ack("a")
    assert not any(future.done() for future in waiting)


# ---------------------------------------------------------------- rooms


def test_rooms(memory: MemoryServer, main: Namespace) -> None:
    wires = [memory.connected() for _ in range(4)]
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
    memory.turn()
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
    memory: MemoryServer, main: Namespace
) -> None:
    def left(socket: Socket, reason: DisconnectReason) -> None:
        main.to("x").emit("left", reason)
        assert socket.rooms == {"x"}
        assert not socket.is_connected

    main.on_disconnect(left)
    wires = [memory.connected() for _ in range(2)]
    for socket in main.sockets.values():
        socket.enter("x")
    wires[0].send("41")
    memory.turn()
    assert wires[0].take() == []
    assert wires[1].take() == ['42["left","client namespace disconnect"]']


def test_failing_disconnect_handler_still_leaves(
    memory: MemoryServer, main: Namespace, caplog: pytest.LogCaptureFixture
) -> None:
    def left(socket: Socket, reason: DisconnectReason) -> None:
        raise RuntimeError

    main.on_disconnect(left)
    wire = memory.connected()
    only(main).enter("x")
    wire.lose()
    assert not main.sockets
    assert not main._rooms
    assert caplog.records[-1].levelno == logging.ERROR


def test_encoded_once_for_all(memory: MemoryServer, main: Namespace) -> None:
    for _ in range(3):
        memory.connected()
    encoded = main.encode("m", msgspec.Raw(b'{"raw":1}'), b"\x01")
    main.broadcast(main.sockets.values(), encoded)
    frames = {id(session.channel._outbox.frames[-1]) for session in memory.server.sessions()}  # type: ignore[attr-defined]
    assert frames == {id(encoded.frames)}
    assert encoded.polled == (b'451-["m",{"raw":1},{"_placeholder":true,"num":0}]', b"bAQ==")


class Frame(msgspec.Struct):
    tick: int
    data: bytes


def test_volatile_reaches_only_whoever_can_be_written_to(memory: MemoryServer, main: Namespace) -> None:
    reader, stuck = memory.connected(), memory.connected()
    sockets = list(main.sockets.values())
    stuck.is_stuck = True
    main.broadcast(sockets, main.encode("large", "x" * 200_000))
    memory.turn()
    for tick in range(3):
        main.broadcast_volatile(sockets, main.encode("frame", Frame(tick, bytes((tick,)))))
        memory.turn()
    stuck.unstick()
    main.broadcast_volatile(sockets, main.encode("frame", Frame(3, b"\3")))
    memory.turn()
    head = '451-["frame",{"tick":%d,"data":{"_placeholder":true,"num":0}}]'
    assert reader.take()[1:] == [part for n in range(4) for part in (head % n, bytes((n,)))]
    assert stuck.take()[1:] == [head % 3, b"\3"]
    assert memory.server.counters.volatile_dropped == 3


# ---------------------------------------------------------------- leaving


def test_kick_from_one_namespace(memory: MemoryServer, main: Namespace) -> None:
    other = memory.server.namespace("/other")
    reasons: list[DisconnectReason] = []
    other.on_disconnect(lambda socket, reason: reasons.append(reason))
    main.on("m", lambda socket, args, ack: socket.emit("still here"))
    wire = memory.connected("/other")
    wire.send("40")
    wire.take()
    socket = only(other)
    socket.disconnect()
    socket.disconnect()
    socket.emit("nothing")
    wire.send('42["m"]')
    memory.turn()
    assert wire.take() == ["41/other,", '42["still here"]']
    assert reasons == [DisconnectReason.SERVER_NAMESPACE]
    wire.send("40/other,")
    assert str(wire.take()[0]).startswith('40/other,{"sid":')


def test_kick_altogether(memory: MemoryServer, main: Namespace) -> None:
    other = memory.server.namespace("/other")
    reasons: list[DisconnectReason] = []
    for namespace in (main, other):
        namespace.on_disconnect(lambda socket, reason: reasons.append(reason))
    wire = memory.connected("/other")
    wire.send("40")
    wire.take()
    only(main).disconnect(close=True)
    assert wire.take() == ["41/other,", "41", "close"]
    assert reasons == [DisconnectReason.FORCED_SERVER_CLOSE] * 2


def test_client_leaves_and_comes_back(memory: MemoryServer, main: Namespace) -> None:
    wire = memory.connected()
    before = only(main).id
    wire.send("41", "40")
    assert wire.take() == [f'40{{"sid":"{only(main).id}"}}']
    assert only(main).id != before


def test_shutting_down(memory: MemoryServer, main: Namespace) -> None:
    reasons: list[DisconnectReason] = []
    main.on_disconnect(lambda socket, reason: reasons.append(reason))
    wire = memory.connected()
    memory.engine.close()
    assert wire.take() == ["close 1001"]
    assert reasons == [DisconnectReason.SHUTTING_DOWN]
    refused = memory.acceptor()
    refused.receive(b"")
    assert memory.websocket().sent.startswith(b"HTTP/1.1 503 ")


# ---------------------------------------------------------------- middleware


async def test_middlewares_run_in_order_and_the_first_refusal_counts(
    memory: MemoryServer, main: Namespace
) -> None:
    ran: list[str] = []

    def first(socket: Socket, auth: dict[str, object]) -> None:
        ran.append("first")
        if auth.get("refuse") == "first":
            raise ConnectRefused("first", {"code": 1})

    async def second(socket: Socket, auth: dict[str, object]) -> None:
        await asyncio.sleep(0)
        ran.append("second")
        if auth.get("refuse") == "second":
            raise ConnectRefused("second")

    async def third(socket: Socket, auth: dict[str, object]) -> None:
        ran.append("third")

    main.use(first)
    main.use(second)
    main.use(third)
    main.on_connect(lambda socket, auth: ran.append("connect"))
    for auth, order, answer in (
        ("{}", ["first", "second", "third", "connect"], '40{"sid":'),
        ('{"refuse":"first"}', ["first"], '44{"message":"first","data":{"code":1}}'),
        ('{"refuse":"second"}', ["first", "second"], '44{"message":"second"}'),
    ):
        wire = memory.websocket()
        wire.take()
        wire.send("40" + auth)
        for _ in range(5):
            await asyncio.sleep(0)
        memory.turn()
        assert ran == order
        assert str(wire.take()[0]).startswith(answer)
        ran.clear()
    assert len(main.sockets) == 1


@pytest.mark.parametrize("parser", [JSON, MSGPACK], ids=["json", "msgpack"])
def test_an_answer_that_cannot_be_sent_may_be_followed_by_another(parser: Parser) -> None:
    memory = MemoryServer(SOCKETIO_PROFILE, parser=parser)
    main = memory.server.namespace("/")
    wire = memory.websocket()
    session = next(memory.server.sessions())
    if parser is MSGPACK:
        session.receiver.on_binary(encode_connect("/"))
    else:
        session.receiver.on_text("0")
    (socket,) = main.sockets.values()
    memory.turn()
    wire.take()
    ack = Ack(socket, 1)
    with pytest.raises(LocalProtocolError):
        ack(object())
    ack("failed")
    memory.turn()
    assert len(wire.take()) == 1
    with pytest.raises(AlreadyAcknowledged):
        ack("again")


async def test_a_connect_handler_that_fails_after_its_client_is_gone(
    memory: MemoryServer, main: Namespace, caplog: pytest.LogCaptureFixture
) -> None:
    async def connect(socket: Socket, auth: dict[str, object]) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise RuntimeError("could not clean up")

    main.on_connect(connect)
    wire = memory.websocket()
    wire.send("40")
    await asyncio.sleep(0)
    wire.lose()
    for _ in range(3):
        await asyncio.sleep(0)
    gc.collect()
    assert main.faults == 1
    assert [record.name for record in caplog.records] == ["kibitz.transport"]
