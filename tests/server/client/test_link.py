import asyncio
from collections.abc import AsyncIterator

import pytest
from msgspec import Struct

from kibitz.client.backoff import Backoff
from kibitz.client.connection import Connection
from kibitz.client.errors import CannotConnect, ClientClosed, ClientError, Refused, WireClosed
from kibitz.client.link import Link, LinkStatus
from kibitz.client.wires import Transport, Wire
from kibitz.protocol import socketio_encoder
from support.manual_timers import ManualTimers
from support.scripted_server import ScriptedWire, settle

WEBSOCKET, POLLING = Transport.WEBSOCKET, Transport.POLLING


class Watched:
    """A link, the wires it opened, and what it told its listener."""

    def __init__(self, attempts: int | None = None) -> None:
        self.timers = ManualTimers()
        self.blocked: set[Transport] = set()
        self.tried: list[Transport] = []
        self.wires: list[ScriptedWire] = []
        self.told: list[str] = []
        self.closed_with: ClientError | None = None
        self.link = Link(
            "http://test",
            self.open_wire,
            token="t",
            transports=[WEBSOCKET, POLLING],
            listener=self,
            backoff=Backoff(first_ms=100, longest_ms=400, attempts=attempts),
            timers=self.timers,
            entropy=lambda n: b"\xff" * n,
        )

    async def open_wire(self, transport: Transport) -> Wire:
        self.tried.append(transport)
        if transport in self.blocked:
            raise WireClosed(f"{transport} is blocked")
        self.wires.append(ScriptedWire(transport))
        return self.wires[-1]

    async def accept(self) -> ScriptedWire:
        await settle()
        wire = self.wires[-1]
        await wire.accept()
        await settle()
        return wire

    def on_connected(self, connection: Connection) -> None:
        self.told.append(f"connected {connection.transport}")

    def on_lost(self) -> None:
        self.told.append("lost")

    def on_event(self, name: str, message: Struct) -> None:
        self.told.append(name)

    def on_closed(self, error: ClientError) -> None:
        self.closed_with = error


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    watched = Watched()
    yield watched
    await watched.link.close()


async def test_it_connects_and_connects_again_after_a_wait(watched: Watched):
    watched.link.start()
    wire = await watched.accept()
    assert watched.link.state.status is LinkStatus.CONNECTED
    wire.cut()
    await settle()
    assert watched.told == ["connected websocket", "lost"]
    assert watched.link.state.status is LinkStatus.RECONNECTING
    assert watched.link.state.reason == "cut"
    assert watched.timers.waiting_ms == [100]
    watched.timers.advance(100)
    await watched.accept()
    assert watched.told[2:] == ["connected websocket"]
    assert watched.link.state.connects == 2


async def test_waits_grow_while_nobody_answers_and_begin_anew_after_a_connection(watched: Watched):
    watched.blocked = {WEBSOCKET, POLLING}
    watched.link.start()
    for wait_ms in (100, 200, 400, 400):
        await settle()
        assert watched.timers.waiting_ms == [wait_ms]
        watched.timers.advance(wait_ms)
    watched.blocked = set()
    await settle()
    watched.timers.advance(400)
    wire = await watched.accept()
    wire.cut()
    await settle()
    assert watched.timers.waiting_ms == [100]


async def test_where_websockets_are_blocked_it_polls_and_remembers(watched: Watched):
    watched.blocked = {WEBSOCKET}
    watched.link.start()
    wire = await watched.accept()
    assert wire.transport is POLLING
    wire.cut()
    await settle()
    watched.timers.advance(100)
    await watched.accept()
    assert watched.tried == [WEBSOCKET, POLLING, POLLING]


async def test_it_comes_back_when_a_draining_server_asked_it_to(watched: Watched):
    watched.link.start()
    wire = await watched.accept()
    watched.link.come_back_in(2_000)
    wire.put_text(socketio_encoder.encode_disconnect("/"))
    await settle()
    assert watched.timers.waiting_ms == [3_000]
    assert watched.closed_with is None


async def test_it_does_not_come_back_where_the_server_ended_it_on_purpose(watched: Watched):
    watched.link.start()
    wire = await watched.accept()
    wire.put_text(socketio_encoder.encode_disconnect("/"))
    await settle()
    assert isinstance(watched.closed_with, ClientClosed)
    assert watched.link.state.status is LinkStatus.CLOSED


async def test_a_refused_session_is_the_end(watched: Watched):
    watched.link.start()
    await settle()
    await watched.wires[0].received()
    watched.wires[0].put_text(socketio_encoder.encode_connect_error("/", "No.", {"code": "unauthenticated"}))
    await settle()
    assert isinstance(watched.closed_with, Refused)
    assert watched.wires[0].is_closed


async def test_a_draining_server_that_refuses_says_when_to_try_again(watched: Watched):
    watched.link.start()
    await settle()
    await watched.wires[0].received()
    refusal = socketio_encoder.encode_connect_error("/", "Restart.", {"code": "draining", "retry_ms": 500})
    watched.wires[0].put_text(refusal)
    await settle()
    assert watched.closed_with is None
    assert watched.timers.waiting_ms == [750]


async def test_attempts_can_be_bounded():
    watched = Watched(attempts=1)
    watched.blocked = {WEBSOCKET, POLLING}
    watched.link.start()
    await settle()
    watched.timers.advance(100)
    await settle()
    assert isinstance(watched.closed_with, CannotConnect)
    assert "websocket is blocked; polling is blocked" in str(watched.closed_with)
    await watched.link.close()


async def test_closing_while_it_opens_leaves_no_wire_open(watched: Watched):
    watched.link.start()
    await settle()
    await watched.link.close()
    assert watched.wires[0].is_closed
    assert watched.timers.waiting_ms == []
    assert isinstance(watched.closed_with, ClientClosed)


async def test_closing_while_it_waits(watched: Watched):
    watched.blocked = {WEBSOCKET, POLLING}
    watched.link.start()
    await settle()
    await asyncio.wait_for(watched.link.close(), 1)
    assert watched.timers.waiting_ms == []
