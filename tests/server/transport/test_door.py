"""Who comes in at once, who waits, and what becomes of those who gave up."""

import asyncio
from dataclasses import replace

import pytest

from kibitz.transport.acceptor import Acceptor
from kibitz.transport.config import SOCKETIO_PROFILE
from support.memory_wire import MemoryServer, MemoryWire

CONFIG = replace(SOCKETIO_PROFILE, let_in_per_tick=2, head_timeout_ms=1_000, connections_max=8)


@pytest.fixture
def paced() -> MemoryServer:
    return MemoryServer(CONFIG)


def inside(wires: list[MemoryWire]) -> list[bool]:
    return [wire.sent.startswith(b"HTTP/1.1 101 ") for wire in wires]


def test_without_a_pace_everybody_comes_in() -> None:
    memory = MemoryServer(replace(CONFIG, let_in_per_tick=None))
    assert all(inside([memory.websocket() for _ in range(8)]))


def test_the_others_wait_in_order(paced: MemoryServer) -> None:
    wires = [paced.websocket() for _ in range(5)]
    assert inside(wires) == [True, True, False, False, False]
    paced.advance(10)
    assert inside(wires) == [True, True, True, True, False]
    paced.advance(10)
    assert all(inside(wires))


def test_after_a_pause_as_many_come_in_again(paced: MemoryServer) -> None:
    first = [paced.websocket() for _ in range(2)]
    paced.advance(1_000)
    assert all(inside(first + [paced.websocket() for _ in range(2)]))


def test_whoever_gave_up_takes_nobodys_place(paced: MemoryServer) -> None:
    wires = [paced.websocket() for _ in range(6)]
    wires[2].lose()
    wires[3].lose()
    paced.advance(10)
    assert inside(wires) == [True, True, False, False, True, True]
    assert len(paced.engine.sessions) == 4


def test_what_comes_while_it_waits_is_read_afterwards(paced: MemoryServer) -> None:
    paced.server.namespace("/")
    wires = [paced.websocket() for _ in range(3)]
    wires[2].send("40")
    paced.advance(10)
    assert any(str(message).startswith('40{"sid"') for message in wires[2].take())


def test_too_much_while_it_waits(paced: MemoryServer) -> None:
    wires = [paced.websocket() for _ in range(3)]
    wires[2].receive(b"x" * (CONFIG.head_bytes_max + 1))
    assert wires[2].sent.startswith(b"HTTP/1.1 431 ")
    paced.advance(10)
    assert len(paced.engine.sessions) == 2


def test_nobody_waits_for_ever() -> None:
    """With more guests than come in within `head_timeout_ms`, the rest is told to come back."""
    paced = MemoryServer(replace(CONFIG, let_in_per_tick=1, head_timeout_ms=25))
    wires = [paced.websocket() for _ in range(6)]
    paced.advance(60)
    assert inside(wires) == [True, True, True, False, False, False]
    for wire in wires[3:]:
        assert wire.sent.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: 2\r\n" in wire.sent


def test_who_polls_waits_as_well(paced: MemoryServer) -> None:
    wires = [paced.websocket() for _ in range(2)]
    poller = paced.acceptor(asyncio.Protocol)
    poller.receive(b"GET /socket.io/?EIO=4&transport=polling&t=a HTTP/1.1\r\nHost: a\r\n\r\n")
    wires.append(paced.websocket())
    assert isinstance(poller.get_protocol(), Acceptor)
    paced.advance(10)
    assert not isinstance(poller.get_protocol(), Acceptor), "aiohttp has it"
    assert all(inside(wires))


@pytest.mark.parametrize(
    "target",
    ["GET /socket.io/?EIO=4&transport=polling&sid=x", "POST /socket.io/?EIO=4", "GET /healthz", "GET /?sid"],
)
def test_only_a_new_session_waits(paced: MemoryServer, target: str) -> None:
    wires = [paced.websocket() for _ in range(3)]
    other = paced.acceptor(asyncio.Protocol)
    other.receive(f"{target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    assert not isinstance(other.get_protocol(), Acceptor)
    assert inside(wires) == [True, True, False]


def test_an_upgrade_from_polling_is_no_new_session(paced: MemoryServer) -> None:
    wires = [paced.websocket() for _ in range(3)]
    upgrade = paced.websocket("&sid=unknown")
    assert upgrade.sent.startswith(b"HTTP/1.1 400 ")
    assert inside(wires) == [True, True, False]
