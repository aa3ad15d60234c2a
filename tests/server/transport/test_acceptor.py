"""The first bytes of a connection: whose it is, and the limits on a head."""

import asyncio
from dataclasses import replace

import pytest

from kibitz.transport.acceptor import REFUSALS_MAX
from support.memory_wire import KEY, MemoryServer, upgrade_request


class Http(asyncio.Protocol):
    """Stands where aiohttp's protocol is made; remembers what it was given."""

    def __init__(self) -> None:
        self.data = b""
        self.transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.data += data


PLAIN = {
    "GET": b"GET /api/games HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST with body": b"POST /api/rooms HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    "pipelined": b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
    "polling handshake": b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n",
    "upgrade elsewhere": upgrade_request("/other/"),
    "path without slash": upgrade_request("/socket.io"),
    "other upgrade": b"GET /socket.io/ HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    "no connection header": b"GET /socket.io/ HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", PLAIN.values(), ids=PLAIN.keys())
@pytest.mark.parametrize("is_split", [False, True])
def test_everything_else_is_aiohttps(memory: MemoryServer, request_bytes: bytes, *, is_split: bool) -> None:
    http = Http()
    wire = memory.acceptor(lambda: http)
    for part in [bytes((byte,)) for byte in request_bytes] if is_split else [request_bytes]:
        wire.receive(part)
    assert http.data == request_bytes
    assert http.transport is wire
    memory.advance(60_000)
    assert wire.sent == b""


@pytest.mark.parametrize("is_split", [False, True])
def test_websocket_upgrade_is_ours(memory: MemoryServer, *, is_split: bool) -> None:
    wire = memory.acceptor()
    request = upgrade_request("/socket.io/")
    for part in [bytes((byte,)) for byte in request] if is_split else [request]:
        wire.receive(part)
    memory.turn()
    assert wire.sent.startswith(b"HTTP/1.1 101 ")
    assert b"Extensions" not in wire.sent


def test_slow_head(memory: MemoryServer) -> None:
    wire = memory.acceptor()
    for byte in b"GET /":
        wire.receive(bytes((byte,)))
        memory.advance(900)
    assert wire.sent == b""
    memory.advance(500)
    assert wire.sent.startswith(b"HTTP/1.1 408 ")
    assert wire.has_eof
    wire.receive(b"ignored\r\n\r\n")
    memory.advance(5_000)
    assert wire.is_aborted


def test_silent_connection(memory: MemoryServer) -> None:
    wire = memory.acceptor()
    memory.advance(5_000)
    assert wire.sent.startswith(b"HTTP/1.1 408 ")


def test_big_head(memory: MemoryServer) -> None:
    wire = memory.acceptor()
    for _ in range(17):
        wire.receive(b"X: " + b"k" * 1021)
    assert wire.sent.startswith(b"HTTP/1.1 431 ")


def test_head_of_exactly_the_limit(memory: MemoryServer) -> None:
    http = Http()
    head = b"GET / HTTP/1.1\r\nX: "
    head += b"k" * (memory.config.head_bytes_max - len(head))
    wire = memory.acceptor(lambda: http)
    wire.receive(head + b"\r\n\r\n")
    assert http.data == head + b"\r\n\r\n"
    wire = memory.acceptor(lambda: http)
    wire.receive(head + b"k\r\n\r\n")
    assert wire.sent.startswith(b"HTTP/1.1 431 ")


def test_many_fields(memory: MemoryServer) -> None:
    """CVE-2024-37890."""
    wire = memory.acceptor()
    wire.receive(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 65 + b"\r\n")
    assert wire.sent.startswith(b"HTTP/1.1 431 ")


def test_too_many_connections(memory: MemoryServer) -> None:
    memory = MemoryServer(replace(memory.config, connections_max=2))
    memory.acceptor()
    gone = memory.acceptor()
    refused = memory.acceptor()
    assert refused.sent.startswith(b"HTTP/1.1 503 ")
    assert b"Retry-After: " in refused.sent
    refused.lose()
    gone.lose()
    assert memory.acceptor().sent == b""


def test_a_flood_of_connections_is_not_answered_one_by_one(memory: MemoryServer) -> None:
    memory = MemoryServer(replace(memory.config, connections_max=1))
    memory.acceptor()
    told = [memory.acceptor() for _ in range(REFUSALS_MAX)]
    assert all(one.sent.startswith(b"HTTP/1.1 503 ") for one in told)
    late = memory.acceptor()
    assert (late.sent, late.is_aborted) == (b"", True)


BAD_UPGRADES = {
    "two hosts": (upgrade_request("/socket.io/", headers="Host: b\r\n"), 400, None),
    "body": (upgrade_request("/socket.io/", headers="Content-Length: 5\r\n"), 400, 3),
    "chunked": (upgrade_request("/socket.io/", headers="Transfer-Encoding: chunked\r\n"), 400, 3),
    "post": (upgrade_request("/socket.io/").replace(b"GET", b"POST"), 400, 3),
    "no key": (upgrade_request("/socket.io/").replace(KEY.encode(), b""), 400, 3),
    "no host": (upgrade_request("/socket.io/").replace(b"Host: localhost\r\n", b""), 400, 3),
    "version": (upgrade_request("/socket.io/").replace(b"Version: 13", b"Version: 8"), 426, 3),
    "no EIO": (upgrade_request("/socket.io/").replace(b"EIO=4", b"x=1"), 400, 5),
    "EIO 3": (upgrade_request("/socket.io/").replace(b"EIO=4", b"EIO=3"), 400, 5),
    "no transport": (upgrade_request("/socket.io/").replace(b"transport=websocket", b""), 400, 0),
    "unknown transport": (upgrade_request("/socket.io/").replace(b"=websocket", b"=webtransport"), 400, 0),
    "polling": (upgrade_request("/socket.io/").replace(b"=websocket", b"=polling"), 400, 3),
    "unknown sid": (upgrade_request("/socket.io/", "&sid=nobody"), 400, 1),
}


@pytest.mark.parametrize(("request_bytes", "status", "code"), BAD_UPGRADES.values(), ids=BAD_UPGRADES.keys())
def test_refused_upgrade(memory: MemoryServer, request_bytes: bytes, status: int, code: int | None) -> None:
    wire = memory.acceptor()
    wire.receive(request_bytes)
    assert wire.sent.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Connection: close\r\n" in wire.sent
    if code is not None:
        assert f'{{"code":{code},"message":'.encode() in wire.sent
    assert wire.has_eof
    assert memory.engine.sessions == {}


def test_full_server(memory: MemoryServer) -> None:
    memory = MemoryServer(replace(memory.config, sessions_max=1))
    memory.websocket()
    wire = memory.acceptor()
    wire.receive(upgrade_request("/socket.io/"))
    assert wire.sent.startswith(b"HTTP/1.1 503 ")
