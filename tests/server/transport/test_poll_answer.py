"""The usual answer to a poll: the same head as aiohttp's own, in one piece."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from kibitz.transport.config import SOCKETIO_PROFILE
from kibitz.transport.echo import make_server
from kibitz.transport.server import SocketServer
from support.engineio_wire import Poller
from support.http_wire import HttpWire


@pytest.fixture
async def server() -> AsyncIterator[SocketServer]:
    server = make_server(SOCKETIO_PROFILE)
    await server.listen(web.Application(), "127.0.0.1", 0)
    yield server
    await server.close(timeout_ms=500)


async def test_head_and_body(server: SocketServer) -> None:
    async with await Poller.open(server.port) as poller:
        posted = await poller.post("4bé")
        polled = await poller.get()
    assert (posted.text, polled.text) == ("ok", "4bé")
    for answer in (posted, polled):
        assert answer.status == 200
        assert answer.headers["content-length"] == str(len(answer.body))
        assert answer.headers["date"].endswith("GMT")
        assert "connection" not in answer.headers


@pytest.mark.parametrize(
    ("version", "asked", "said"),
    [("1.1", "close", "close"), ("1.0", "keep-alive", "keep-alive"), ("1.0", "", None)],
)
async def test_connection_after_it(server: SocketServer, version: str, asked: str, said: str | None) -> None:
    """It stays open where the client takes that, and is closed where the answer says so."""
    async with await Poller.open(server.port) as poller, await HttpWire.open(server.port) as wire:
        await poller.push("4a")
        request = wire.request_bytes("GET", poller.target(), headers={"Connection": asked})
        await wire.write(request.replace(b"HTTP/1.1", f"HTTP/{version}".encode(), 1))
        answer = await wire.answer()
        assert (answer.text, answer.headers.get("connection")) == ("4a", said)
        if said != "keep-alive":
            assert await wire.rest() == b""


async def test_large_answer_to_a_client_that_reads_late(server: SocketServer) -> None:
    async with await Poller.open(server.port) as poller:
        texts = [str(number) * 700_000 for number in range(3)]
        for text in texts:
            await poller.push(f"4{text}")
        assert await poller.poll_until(3) == [f"4{text}" for text in texts]
