"""What is no HTTP is refused in our own words, and fills no log."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from kibitz.clock import SystemClock
from kibitz.transport import server as server_module
from kibitz.transport.config import TransportConfig
from kibitz.transport.origins import OriginPolicy
from kibitz.transport.server import SocketServer
from support.http_wire import HttpWire

HEAD = b"POST %b HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n%b\r\n\r\n"
GARBAGE = {
    "no request line": b"\xff\xfe\xfd\r\n\r\n",
    "bytes in the path": b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
    "a broken address": b"GET http://[::1/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\nA: b\r\n\r\n",
    "a folded field": b"GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n",
    "two lengths": HEAD % (b"/", b"Content-Length: 5\r\nTransfer-Encoding: chunked"),
    "a negative length": HEAD % (b"/", b"Content-Length: -5"),
    "no chunk": HEAD % (b"/", b"Transfer-Encoding: chunked") + b"zz\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(40) + b"\r\n\r\n",
}


@pytest.fixture
async def server() -> AsyncIterator[SocketServer]:
    async def read(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    app = web.Application()
    app.router.add_route("*", "/", read)
    server = SocketServer(
        TransportConfig(body_timeout_ms=200), clock=SystemClock(), origins=OriginPolicy.any()
    )
    server.namespace("/")
    await server.listen(app, "127.0.0.1", 0)
    yield server
    await server.close()


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("case", GARBAGE)
async def test_no_http(server: SocketServer, caplog: pytest.LogCaptureFixture, case: str) -> None:
    async with await HttpWire.open(server.port) as wire:
        await wire.write(GARBAGE[case])
        answer = await wire.answer()
        assert answer.status == 400
        assert answer.headers["server"] == "kibitz"
        assert "Invalid" not in answer.text
    assert errors(caplog) == []


async def test_a_body_that_goes_wrong_later(server: SocketServer, caplog: pytest.LogCaptureFixture) -> None:
    async with await HttpWire.open(server.port) as wire:
        target = "/socket.io/?EIO=4&transport=polling"
        sid = (await wire.request("GET", target)).text.partition('"sid":"')[2].partition('"')[0]
        head = HEAD % (f"{target}&sid={sid}".encode(), b"Transfer-Encoding: chunked")
        await wire.write(head + b"2\r\n40\r\n")
        await asyncio.sleep(0.05)
        await wire.write(b"no chunk\r\n")
        assert (await wire.answer()).status == 400  # when the time for the body is over
    assert errors(caplog) == []


@pytest.mark.parametrize("target", ["/", "/socket.io/?EIO=4&transport=polling"])
async def test_clients_that_hang_up(
    server: SocketServer, caplog: pytest.LogCaptureFixture, target: str
) -> None:
    for _ in range(3):
        async with await HttpWire.open(server.port) as wire:
            await wire.write(HEAD % (target.encode(), b"Content-Length: 100") + b"a")
            await asyncio.sleep(0.02)
    async with await HttpWire.open(server.port) as wire:
        await wire.write((b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") * 500)
    await asyncio.sleep(0.05)
    assert errors(caplog) == []


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux has the option")
async def test_an_answer_that_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "UNREAD_MS_MAX", 300)

    async def large(request: web.Request) -> web.Response:
        return web.Response(body=bytes(16 * 1024 * 1024))

    app = web.Application()
    app.router.add_get("/", large)
    server = SocketServer(TransportConfig(), clock=SystemClock(), origins=OriginPolicy.any())
    await server.listen(app, "127.0.0.1", 0)
    with socket.create_connection(("127.0.0.1", server.port)) as silent:
        silent.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        async with asyncio.timeout(1):
            while not server.connections().tcp:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        async with asyncio.timeout(20):
            while server.connections().tcp:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    await server.close()
