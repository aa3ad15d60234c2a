"""Who gets into a namespace, and what ends a connection."""

import asyncio
import gc
from dataclasses import replace

import pytest

from kibitz.transport.config import SOCKETIO_PROFILE
from kibitz.transport.namespace import ConnectRefused, Namespace
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.socket import Socket
from support.memory_wire import MemoryServer, only


def test_connect_handler_sees_the_handshake(bare: MemoryServer, main: Namespace) -> None:
    seen: list[object] = []

    def connect(socket: Socket, auth: dict[str, object]) -> None:
        seen.append(
            (auth, socket.handshake.cookies, socket.handshake.query["x"], socket.handshake.remote_address)
        )
        socket.emit("early")
        socket.enter("room")
        assert not main.room("room")

    main.on_connect(connect)
    wire = bare.websocket("&x=1", "Cookie: a=b\r\n")
    wire.send('40{"token":"t"}')
    bare.turn()
    socket = only(main)
    assert wire.take()[1:] == [f'40{{"sid":"{socket.id}"}}', '42["early"]']
    assert seen == [({"token": "t"}, {"a": "b"}, "1", "192.0.2.1")]
    assert list(main.room("room")) == [socket]
    assert socket.connection.status == "connected"
    assert socket.connection.transport == "websocket"


def test_refused_with_data_and_asked_again(bare: MemoryServer, main: Namespace) -> None:
    def connect(socket: Socket, auth: dict[str, object]) -> None:
        socket.emit("never")
        if "token" not in auth:
            raise ConnectRefused("who are you?", {"code": "unauthenticated"})

    main.on_connect(connect)
    wire = bare.websocket()
    wire.take()
    wire.send("40")
    assert wire.take() == ['44{"message":"who are you?","data":{"code":"unauthenticated"}}']
    assert not main.sockets
    wire.send('40{"token":1}')
    assert str(wire.take()[0]).startswith('40{"sid":')


def test_failing_connect_handler_refuses_only_its_client(
    bare: MemoryServer, main: Namespace, caplog: pytest.LogCaptureFixture
) -> None:
    def connect(socket: Socket, auth: dict[str, object]) -> None:
        raise RuntimeError("secret detail")

    main.on_connect(connect)
    wire = bare.websocket()
    wire.take()
    wire.send("40")
    assert wire.take() == ['44{"message":"The server failed","data":{"code":"internal"}}']
    assert "secret detail" in caplog.text
    assert bare.server.totals()["handler_faults"] == 1


async def test_a_connect_handler_that_fails_after_its_client_is_gone(
    bare: MemoryServer, main: Namespace, caplog: pytest.LogCaptureFixture
) -> None:
    async def connect(socket: Socket, auth: dict[str, object]) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise RuntimeError("could not clean up")

    main.on_connect(connect)
    wire = bare.websocket()
    wire.send("40")
    await asyncio.sleep(0)
    wire.lose()
    for _ in range(3):
        await asyncio.sleep(0)
    gc.collect()
    assert main.faults == 1
    assert [record.name for record in caplog.records] == ["kibitz.transport"]


async def test_asynchronous_connect_handler(bare: MemoryServer, main: Namespace) -> None:
    allowed = asyncio.Event()

    async def connect(socket: Socket, auth: dict[str, object]) -> None:
        await allowed.wait()
        socket.emit("early")
        if auth:
            raise ConnectRefused("no")

    main.on_connect(connect)
    wire, refused, gone = bare.websocket(), bare.websocket(), bare.websocket()
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
    bare.turn()
    assert wire.take() == [f'40{{"sid":"{only(main).id}"}}', '42["early"]']
    assert refused.take() == ['44{"message":"no"}']


@pytest.mark.parametrize("packet", ["40", '42["m"]', "41", '451-["m"]'])
async def test_nothing_may_come_before_the_confirmation(
    bare: MemoryServer, main: Namespace, packet: str
) -> None:
    async def connect(socket: Socket, auth: dict[str, object]) -> None:
        await asyncio.Event().wait()

    main.on_connect(connect)
    wire = bare.websocket()
    wire.take()
    wire.send("40", packet)
    bare.turn()
    assert wire.take() == ["close 1002"]
    await asyncio.sleep(0)


def test_unknown_namespace(bare: MemoryServer, main: Namespace) -> None:
    wire = bare.connected()
    wire.send("40/random", "40/random?x=1,")
    assert wire.take() == [
        '44/random,{"message":"Invalid namespace"}',
        '44/random?x=1,{"message":"Invalid namespace"}',
    ]


def test_number_of_namespaces_is_limited() -> None:
    bare = MemoryServer(replace(SOCKETIO_PROFILE, limits=replace(SOCKETIO_PROFILE.limits, namespaces_max=1)))
    bare.server.namespace("/")
    bare.server.namespace("/b")
    wire = bare.connected()
    wire.send("40/b,")
    assert wire.take() == ['44/b,{"message":"Invalid namespace"}']


def test_connect_timeout(bare: MemoryServer, main: Namespace) -> None:
    silent, known = bare.websocket(), bare.connected()
    silent.take()
    bare.advance(45_000)
    assert "close 1002" in silent.take()
    assert "close 1002" not in known.take()


def test_connect_timeout_after_leaving(bare: MemoryServer, main: Namespace) -> None:
    """Or one account could keep any number of connections, each of which was its own for an instant."""
    left, kicked, back = bare.connected(), bare.connected(), bare.connected()
    left.send("41")
    next(iter(main.sockets.values())).disconnect()
    back.send("41")
    back.send("40")
    for wire in (left, kicked, back):
        wire.take()
    bare.advance(20_000)
    for wire in (left, kicked, back):
        wire.send("3")
    bare.advance(24_999)
    assert all("close 1002" not in wire.take() for wire in (left, kicked, back))
    for wire in (left, kicked, back):
        wire.send("3")
    bare.advance(1)
    assert ["close 1002" in wire.take() for wire in (left, kicked, back)] == [True, True, False]


@pytest.mark.parametrize(
    "packet",
    ["40", '44{"message":"x"}', '42/other,["m"]', "41/other,", "4abc", "42{}", '42abc["m"]', "47", b"x",
     '451-["m",{"_placeholder":true,"num":5}]', '451-/other,["m"]', '41["x"]', '42["connect"]', "42[]"],
)  # fmt: skip
def test_packets_that_end_the_connection(bare: MemoryServer, main: Namespace, packet: str | bytes) -> None:
    reasons: list[DisconnectReason] = []
    main.on_disconnect(lambda socket, reason: reasons.append(reason))
    wire = bare.connected()
    wire.send(packet)
    if isinstance(packet, str) and "num" in packet:
        wire.send(b"")
    assert wire.take() == ["close 1002"]
    assert reasons == [DisconnectReason.FORCED_CLOSE]


async def test_middlewares_run_in_order_and_the_first_refusal_counts(
    bare: MemoryServer, main: Namespace
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
        wire = bare.websocket()
        wire.take()
        wire.send("40" + auth)
        for _ in range(5):
            await asyncio.sleep(0)
        bare.turn()
        assert ran == order
        assert str(wire.take()[0]).startswith(answer)
        ran.clear()
    assert len(main.sockets) == 1
