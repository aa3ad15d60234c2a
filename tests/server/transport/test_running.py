"""Asynchronous handlers: in order for each client, beside those of others, and never without a bound."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from kibitz.protocol.engineio import Text
from kibitz.transport.config import SOCKETIO_PROFILE
from kibitz.transport.handshake import Handshake
from kibitz.transport.namespace import Namespace
from kibitz.transport.origins import OriginPolicy
from kibitz.transport.poll_channel import PollChannel
from kibitz.transport.running import WAITING_MAX
from kibitz.transport.server import SocketServer
from kibitz.transport.socket import Ack, Socket
from support.engineio_wire import Poller
from support.memory_wire import MemoryServer, MemoryWire


class Desk:
    """Handles `work` when the test says so, and `note` at once."""

    def __init__(self, namespace: Namespace) -> None:
        self.log: list[tuple[str, object]] = []
        self.gates: list[asyncio.Event] = []
        namespace.on("work", self.work)
        namespace.on("note", self.note)
        namespace.on_message("typed", int, self.typed, invalid=lambda socket, event, ack, error: None)
        namespace.on("fail", self.fail)

    async def work(self, socket: Socket, args: list[object], ack: Ack | None) -> None:
        gate = asyncio.Event()
        self.gates.append(gate)
        self.log.append(("begin", args[0]))
        await gate.wait()
        self.log.append(("end", args[0]))
        if ack is not None:
            ack("done")

    def note(self, socket: Socket, args: list[object], ack: Ack | None) -> None:
        self.log.append(("note", args[0]))

    async def typed(self, socket: Socket, message: int, ack: Ack | None) -> None:
        self.log.append(("typed", message))

    async def fail(self, socket: Socket, args: list[object], ack: Ack | None) -> None:
        raise RuntimeError("secret")

    async def open(self, number: int) -> None:
        await settle()
        self.gates[number].set()
        await settle()


async def settle() -> None:
    for _ in range(6):
        await asyncio.sleep(0)


@pytest.fixture
def memory() -> MemoryServer:
    return MemoryServer(SOCKETIO_PROFILE)


@pytest.fixture
def desk(memory: MemoryServer) -> Desk:
    return Desk(memory.server.namespace("/"))


@pytest.fixture
def wire(memory: MemoryServer, desk: Desk) -> MemoryWire:
    return memory.connected()


async def test_one_after_another_in_the_order_of_the_events(
    memory: MemoryServer, desk: Desk, wire: MemoryWire
) -> None:
    wire.send('421["work",1]', '42["note",2]', '42["typed",3]', '422["work",4]', '42["note",5]')
    await desk.open(0)
    assert desk.log == [("begin", 1), ("end", 1), ("note", 2), ("typed", 3), ("begin", 4)]
    await desk.open(1)
    assert desk.log[-2:] == [("end", 4), ("note", 5)]
    memory.turn()
    assert wire.take() == ['431["done"]', '432["done"]']
    (socket,) = memory.server.namespace("/").sockets.values()
    assert socket.running is None
    assert not memory.server.namespace("/").tasks
    wire.send('42["note",6]')
    assert desk.log[-1] == ("note", 6)


async def test_other_clients_do_not_wait(memory: MemoryServer, desk: Desk, wire: MemoryWire) -> None:
    other = memory.connected()
    wire.send('42["work",1]', '42["note",2]')
    other.send('42["note",3]')
    await settle()
    assert desk.log == [("note", 3), ("begin", 1)]
    await desk.open(0)


async def test_a_failure_is_logged_and_the_next_goes_on(
    memory: MemoryServer, desk: Desk, wire: MemoryWire, caplog: pytest.LogCaptureFixture
) -> None:
    wire.send('42["fail"]', '42["note",1]')
    await settle()
    assert desk.log == [("note", 1)]
    assert memory.server.namespace("/").faults == 1
    assert caplog.records[-1].levelno == logging.ERROR


async def test_what_was_sent_before_leaving_is_handled(
    memory: MemoryServer, desk: Desk, wire: MemoryWire
) -> None:
    wire.send('42["work",1]', '42["note",2]', "41")
    await desk.open(0)
    assert desk.log[-1] == ("note", 2)


async def test_whoever_was_put_out_is_not_heard(memory: MemoryServer, desk: Desk, wire: MemoryWire) -> None:
    wire.send('42["work",1]', '42["note",2]')
    memory.server.namespace("/").all.disconnect()
    await desk.open(0)
    assert desk.log == [("begin", 1), ("end", 1)]


@pytest.mark.parametrize("event", ["typed", "plain"])
async def test_a_handler_that_gives_something_back_is_a_fault_and_no_more(
    memory: MemoryServer, wire: MemoryWire, desk: Desk, event: str
) -> None:
    """As handlers of python-socketio do, where that is the acknowledgement."""
    main = memory.server.namespace("/")

    def answer(socket: Socket, message: object, ack: Ack | None) -> Any:
        return "OK"

    main.on("returns plain", answer)
    main.on_message("returns typed", int, answer, invalid=lambda socket, event, ack, error: None)
    wire.send(f'42["returns {event}",1]', '42["note",1]')
    assert (main.faults, desk.log) == (1, [("note", 1)])
    wire.send('42["work",2]', f'42["returns {event}",1]', '42["note",3]')
    await desk.open(0)
    assert (main.faults, desk.log[-1]) == (2, ("note", 3))
    (socket,) = main.sockets.values()
    assert socket.running is None


async def test_what_is_invalid_waits_for_its_turn_too(memory: MemoryServer, desk: Desk) -> None:
    def invalid(socket: Socket, event: str, ack: Ack | None, error: str) -> None:
        desk.log.append(("invalid", event))

    memory.server.namespace("/").on_message("whole", int, desk.typed, invalid=invalid)
    memory.connected().send('42["work",1]', '42["whole","no number"]', '42["note",2]')
    await desk.open(0)
    assert desk.log == [("begin", 1), ("end", 1), ("invalid", "whole"), ("note", 2)]


async def test_whose_handlers_are_done_does_not_release_what_another_namespace_holds(
    memory: MemoryServer, desk: Desk
) -> None:
    elsewhere = Desk(memory.server.namespace("/elsewhere"))
    session, _ = memory.engine.open_polling(Handshake(b"", "/socket.io/", "", "", 0))
    channel = session.channel
    assert isinstance(channel, PollChannel)

    def post(*messages: str) -> None:
        session.on_packets([Text(message) for message in messages])

    post("0", "0/elsewhere,", '2["work",0]', '2/elsewhere,["work",0]')
    post(*[f'2["note",{n}]' for n in range(WAITING_MAX)])
    post(*[f'2/elsewhere,["note",{n}]' for n in range(WAITING_MAX)])
    await elsewhere.open(0)
    assert channel._held is not None
    await desk.open(0)
    assert channel._held is None


async def test_a_client_that_is_ahead_is_not_read(memory: MemoryServer, desk: Desk, wire: MemoryWire) -> None:
    wire.send('42["work",0]', *[f'42["note",{n}]' for n in range(500)])
    await asyncio.sleep(0)
    (socket,) = memory.server.namespace("/").sockets.values()
    assert socket.running is not None
    assert len(socket.running._waiting) == WAITING_MAX
    assert wire.is_reading_paused
    await desk.open(0)
    assert wire.is_reading()
    assert [n for what, n in desk.log if what == "note"] == list(range(500))


# ---------------------------------------------------------------- polling, and the end


@pytest.fixture
async def server() -> AsyncIterator[SocketServer]:
    server = SocketServer(origins=OriginPolicy.any())
    server.namespace("/")
    yield server
    await server.close(timeout_ms=500)


async def test_a_post_is_answered_when_its_events_are_nearly_done(server: SocketServer) -> None:
    desk = Desk(server.namespace("/"))
    await server.listen(web.Application(), "127.0.0.1", 0)
    async with await Poller.open(server.port, "/socket.io/") as poller:
        await poller.push("40")
        post = asyncio.ensure_future(poller.post('42["work",0]', *[f'42["note",{n}]' for n in range(100)]))
        async with asyncio.timeout(5):
            while not desk.gates:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        assert not post.done()
        desk.gates[0].set()
        assert (await post).status == 200
    assert [n for what, n in desk.log if what == "note"] == list(range(100))


async def test_no_post_goes_around_one_that_is_held(server: SocketServer) -> None:
    """Or a client could let any number of events wait."""
    desk = Desk(server.namespace("/"))
    await server.listen(web.Application(), "127.0.0.1", 0)
    notes = [f'42["note",{n}]' for n in range(WAITING_MAX)]
    async with await Poller.open(server.port, "/socket.io/") as poller:
        await poller.push("40")
        post = asyncio.ensure_future(poller.post('42["work",0]', *notes))
        async with asyncio.timeout(5):
            while not desk.gates:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        (socket,) = server.namespace("/").sockets.values()
        other = await poller.wire()
        answer = await other.request("POST", poller.target(), body="\x1e".join(notes))
        assert answer.status == 400
        assert (await post).status == 200
        assert socket.running is not None
        assert len(socket.running._waiting) == WAITING_MAX
        desk.gates[0].set()


async def test_the_end_of_the_server_ends_handlers(server: SocketServer) -> None:
    desk = Desk(server.namespace("/"))
    await server.listen(web.Application(), "127.0.0.1", 0)
    async with await Poller.open(server.port, "/socket.io/") as poller:
        await poller.push("40", '42["work",0]', '42["note",1]')
        await server.close(timeout_ms=500)
    assert desk.log == [("begin", 0)]
    assert not server.namespace("/").tasks


async def test_the_end_of_the_server_ends_what_waits_behind_a_handler_of_one_who_left(
    server: SocketServer,
) -> None:
    Desk(server.namespace("/"))
    await server.listen(web.Application(), "127.0.0.1", 0)
    async with await Poller.open(server.port, "/socket.io/") as poller:
        await poller.push("40", '42["work",0]', '42["work",1]', '42["work",2]', "1")
        await server.close(timeout_ms=500)
    assert not server.namespace("/").tasks
