"""Against python-socketio's server: an Engine.IO peer that nobody here wrote."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
import socketio as pysocketio
from aiohttp import web
from aiohttp.test_utils import TestServer

from kibitz.client.connection import Connection
from kibitz.client.errors import WireClosed
from kibitz.client.timers import LoopTimers
from kibitz.client.wires import Transport, open_wire
from kibitz.protocol.engineio import Ping, Text
from kibitz.protocol.messages import Ping as PingMessage


class Peer:
    def __init__(self) -> None:
        self.server = pysocketio.AsyncServer(async_mode="aiohttp", ping_interval=1, ping_timeout=1)
        self.seen: list[object] = []
        self.server.on("ping", self.answer)
        self.server.on("connect", self.greet)

    async def greet(self, sid: str, environ: object, auth: object) -> None:
        self.seen.append(auth)

    async def answer(self, sid: str, data: dict[str, object]) -> dict[str, object]:
        self.seen.append(data)
        return {"ok": True, "pong": data}


@pytest.fixture
async def peer() -> AsyncIterator[tuple[Peer, str, aiohttp.ClientSession]]:
    peer = Peer()
    app = web.Application()
    peer.server.attach(app)
    async with TestServer(app) as running, aiohttp.ClientSession() as http:
        yield peer, str(running.make_url("")).rstrip("/"), http
        await peer.server.shutdown()


@pytest.mark.parametrize("transport", list(Transport))
async def test_a_connection_lives_through_pings_and_gets_its_answers(
    peer: tuple[Peer, str, aiohttp.ClientSession], transport: Transport
):
    server, url, http = peer
    wire = await open_wire(http, url, transport)
    assert wire.handshake.pingInterval == 1_000
    connection = Connection(wire, lambda name, message: None, LoopTimers())
    await connection.connect({"token": "t"})
    for number in range(5):
        answer = await connection.call("ping", PingMessage(number), timeout_ms=2_000)
        assert answer == {"ok": True, "pong": {"sent_ms": number}}
        await asyncio.sleep(0.25)  # the peer's pings come in real time
    assert server.seen[0] == {"token": "t"}
    await connection.close()
    with pytest.raises(WireClosed):
        await wire.send([Text("2[]")])


@pytest.mark.parametrize("transport", list(Transport))
async def test_a_server_that_is_not_there_is_one_exception(transport: Transport):
    async with aiohttp.ClientSession() as http:
        with pytest.raises(WireClosed, match=transport.value):
            await open_wire(http, "http://127.0.0.1:9", transport)


@pytest.mark.parametrize("transport", list(Transport))
async def test_a_server_of_another_kind_is_one_exception(transport: Transport):
    async def hello(request: web.Request) -> web.Response:
        return web.Response(status=404, text="nothing here")

    app = web.Application()
    app.router.add_get("/socket.io/", hello)
    async with TestServer(app) as running, aiohttp.ClientSession() as http:
        with pytest.raises(WireClosed, match=transport.value):
            await open_wire(http, str(running.make_url("")).rstrip("/"), transport)


async def test_posts_are_joined_up_to_what_the_server_takes():
    bodies: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        if request.method == "POST":
            bodies.append(await request.text())
            return web.Response(text="ok")
        return web.Response(
            text='0{"sid":"s","upgrades":[],"pingInterval":1000,"pingTimeout":1000,"maxPayload":12}'
        )

    app = web.Application()
    app.router.add_route("*", "/socket.io/", handle)
    async with TestServer(app) as running, aiohttp.ClientSession() as http:
        wire = await open_wire(http, str(running.make_url("")).rstrip("/"), Transport.POLLING)
        await wire.send([Text("aaaa"), Text("bbbb"), Text("much longer than that"), Ping()])
        await wire.close()
    assert bodies == ["4aaaa\x1e4bbbb", "4much longer than that", "2", "1"]
