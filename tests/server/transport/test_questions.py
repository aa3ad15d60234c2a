"""One question to many clients: who answered, who did not, and no id that two questions share."""

from dataclasses import replace

import pytest

from kibitz.protocol.errors import LocalProtocolError
from kibitz.transport.config import SOCKETIO_PROFILE
from kibitz.transport.questions import SHARED_IDS_FROM
from support.memory_wire import MemoryServer

ID = SHARED_IDS_FROM


@pytest.fixture
def memory() -> MemoryServer:
    memory = MemoryServer(replace(SOCKETIO_PROFILE, acks_waiting_max=2))
    memory.server.namespace("/")
    return memory


async def test_all_answer(memory: MemoryServer) -> None:
    main = memory.server.namespace("/")
    wires = [memory.connected() for _ in range(3)]
    answers = main.all.emit_with_ack("who", b"\1")
    memory.turn()
    for number, wire in enumerate(wires):
        assert wire.take() == [f'451-{ID}["who",{{"_placeholder":true,"num":0}}]', b"\1"]
        assert not answers.done()
        wire.send(f"43{ID}[{number}]", f"43{ID}[9]")
    got = await answers
    assert list(got.answers.items()) == [(s, [n]) for n, s in enumerate(main.sockets.values())]
    assert got.missing == []
    memory.advance(20_000)


async def test_some_are_missing(memory: MemoryServer) -> None:
    main = memory.server.namespace("/")
    wires = [memory.connected() for _ in range(4)]
    first, second, third, fourth = main.sockets.values()
    busy = [fourth.emit_with_ack("busy"), fourth.emit_with_ack("busy")]
    answers = main.all.emit_with_ack("who", timeout_ms=500)
    memory.turn()
    wires[0].send(f'43{ID}["here"]')
    wires[1].lose()
    memory.advance(499)
    assert not answers.done()
    memory.advance(1)
    got = await answers
    assert got.answers == {first: ["here"]}
    assert set(got.missing) == {second, third, fourth}
    wires[2].send(f'43{ID}["late"]')
    assert got.answers == {first: ["here"]}
    again = main.to(first.id).emit_with_ack("again")
    assert third.may_be_asked
    wires[0].send(f"43{ID + 1}[]")
    assert (await again).answers == {first: []}
    assert not any(future.done() for future in busy)


async def test_nobody_there(memory: MemoryServer) -> None:
    got = await memory.server.namespace("/").to("nobody").emit_with_ack("who")
    assert (got.answers, got.missing) == ({}, [])
    with pytest.raises(LocalProtocolError):
        memory.server.namespace("/").all.emit_with_ack("connect")


async def test_the_asker_gave_up(memory: MemoryServer) -> None:
    wire = memory.connected()
    main = memory.server.namespace("/")
    answers = main.all.emit_with_ack("who")
    answers.cancel()
    wire.send(f"43{ID}[1]")
    (socket,) = main.sockets.values()
    assert socket.may_be_asked
