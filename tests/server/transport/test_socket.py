"""Acknowledgements, both ways."""

from dataclasses import replace

import pytest

from kibitz.protocol.errors import LocalProtocolError
from kibitz.protocol.socketio_msgpack import encode_connect
from kibitz.transport.config import SOCKETIO_PROFILE
from kibitz.transport.namespace import Namespace
from kibitz.transport.parsers import JSON, MSGPACK, Parser
from kibitz.transport.socket import Ack, AckTimeout, AlreadyAcknowledged, SocketDisconnected
from support.memory_wire import MemoryServer, only


def test_ack_once_later_and_only_if_called(bare: MemoryServer, main: Namespace) -> None:
    acks: list[Ack | None] = []
    main.on("m", lambda socket, args, ack: acks.append(ack))
    wire = bare.connected()
    wire.send('425["m"]', '42["m"]', '426["m"]', '427["m"]')
    assert wire.take() == []
    first, without, second, third = acks
    assert without is None
    assert first is not None and second is not None and third is not None  # noqa: PT018
    first()
    second(None)
    bare.turn()
    assert wire.take() == ["435[]", "436[null]"]
    with pytest.raises(AlreadyAcknowledged):
        first()
    wire.lose()
    third("too late")
    assert third.is_used


def test_what_is_json_already_is_sent_as_it_is(bare: MemoryServer, main: Namespace) -> None:
    acks: list[Ack | None] = []
    main.on("m", lambda socket, args, ack: acks.append(ack))
    wire = bare.connected()
    wire.send('425["m"]')
    (ack,) = acks
    assert ack is not None
    ack.send_json(b'{"ok":true}')
    main.broadcast([only(main)], main.encode_json("m", b'{"a":[1]}'))
    bare.turn()
    assert wire.take() == ['435[{"ok":true}]', '42["m",{"a":[1]}]']
    with pytest.raises(AlreadyAcknowledged):
        ack.send_json(b"{}")


async def test_server_asks(bare: MemoryServer, main: Namespace) -> None:
    wire = bare.connected()
    socket = only(main)
    first, second = socket.emit_with_ack("a", 1), socket.emit_with_ack("b", timeout_ms=100)
    bare.turn()
    assert wire.take() == ['420["a",1]', '421["b"]']
    wire.send('430["x",2]', '430["again"]', "4399[]")
    assert await first == ["x", 2]
    bare.advance(100)
    with pytest.raises(AckTimeout):
        await second
    third = socket.emit_with_ack("c")
    bare.turn()
    wire.lose()
    with pytest.raises(SocketDisconnected):
        await third
    with pytest.raises(SocketDisconnected):
        await socket.emit_with_ack("d")


async def test_binary_answer(bare: MemoryServer, main: Namespace) -> None:
    wire = bare.connected()
    answer = only(main).emit_with_ack("a", b"\x01")
    bare.turn()
    assert wire.take() == ['451-0["a",{"_placeholder":true,"num":0}]', b"\x01"]
    wire.send('461-0[{"_placeholder":true,"num":0}]', b"\x02")
    assert await answer == [b"\x02"]


async def test_waiting_acks_are_bounded() -> None:
    bare = MemoryServer(replace(SOCKETIO_PROFILE, acks_waiting_max=2))
    bare.server.namespace("/")
    bare.connected()
    socket = only(bare.server.namespace("/"))
    waiting = [socket.emit_with_ack("a") for _ in range(2)]
    with pytest.raises(LocalProtocolError, match="too many"):
        socket.emit_with_ack("a")
    assert not any(future.done() for future in waiting)


@pytest.mark.parametrize("parser", [JSON, MSGPACK], ids=["json", "msgpack"])
def test_an_answer_that_cannot_be_sent_may_be_followed_by_another(parser: Parser) -> None:
    bare = MemoryServer(SOCKETIO_PROFILE, parser=parser)
    main = bare.server.namespace("/")
    wire = bare.websocket()
    session = next(bare.server.sessions())
    if parser is MSGPACK:
        session.receiver.on_binary(encode_connect("/"))
    else:
        session.receiver.on_text("0")
    (socket,) = main.sockets.values()
    bare.turn()
    wire.take()
    ack = Ack(socket, 1)
    with pytest.raises(LocalProtocolError):
        ack(object())
    ack("failed")
    bare.turn()
    assert len(wire.take()) == 1
    with pytest.raises(AlreadyAcknowledged):
        ack("again")
