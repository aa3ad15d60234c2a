"""The whole server on a real socket: both entries, the application beside it, its end."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web

from kibitz.clock import SystemClock
from kibitz.transport.broadcast import EncodedEvent
from kibitz.transport.config import SOCKETIO_PROFILE, TransportConfig
from kibitz.transport.echo import make_server
from kibitz.transport.origins import OriginPolicy
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.server import SocketServer
from kibitz.transport.socket import Socket
from support.engineio_wire import Poller
from support.http_wire import HttpWire
from support.websocket_wire import TEXT, WireSocket, frame_bytes

SOCKET = "/socket.io/?EIO=4&transport=websocket"
ENGINE = "/engine.io/?EIO=4&transport=websocket"


def app_with_page(events: list[str] | None = None) -> web.Application:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="page")

    async def note(app: web.Application) -> AsyncIterator[None]:
        if events is not None:
            events.append("started")
        yield
        if events is not None:
            events.append("cleaned up")

    app = web.Application()
    app.router.add_get("/page", page)
    app.cleanup_ctx.append(note)
    return app


@contextlib.asynccontextmanager
async def running(config: TransportConfig = SOCKETIO_PROFILE) -> AsyncIterator[SocketServer]:
    server = make_server(config)
    await server.listen(app_with_page(), "127.0.0.1", 0)
    try:
        yield server
    finally:
        await server.close(timeout_ms=1_000)


async def until(condition: object) -> None:
    """Let the loop turn until it holds."""
    assert callable(condition)
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_one_port_for_everything() -> None:
    async with running() as server, await HttpWire.open(server.port) as http:
        assert (await http.request("GET", "/page")).text == "page"
        assert (await http.request("GET", "/socket.io")).status == 404
        async with await Poller.open(server.port) as poller, await HttpWire.open(server.port) as wire:
            socket = await WireSocket.open(wire, SOCKET)
            assert (await socket.text())[0] == "0"
            counts = server.connections()
            assert (counts.websocket, counts.polling) == (1, 1)
            assert counts.tcp >= 2
            assert poller.opened["upgrades"] == ["websocket"]
    assert server.connections().websocket == 0


async def test_upgrade_on_a_kept_alive_connection_is_handed_over() -> None:
    """aiohttp has had the connection; frames right behind the request are not lost."""
    async with running() as server, await HttpWire.open(server.port) as http:
        for _ in range(3):
            assert (await http.request("GET", "/page")).text == "page"
        socket = await WireSocket.open(http, ENGINE, behind=frame_bytes(TEXT, b"4early"))
        assert (await socket.text())[0] == "0"
        assert await socket.text() == "4early"
        await socket.send("4" + "k" * 300_000)
        assert await socket.text() == "4" + "k" * 300_000
        assert server.connections().tcp == 1
    await until(lambda: server.connections().tcp == 0)


async def test_upgrade_pipelined_behind_a_request() -> None:
    async with running() as server, await HttpWire.open(server.port) as http:
        await http.send("GET", "/page", behind=b"")
        socket_request = http.request_bytes(
            "GET",
            ENGINE,
            headers={
                "Upgrade": "websocket",
                "Connection": "Upgrade",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            },
        )
        await http.write(socket_request + frame_bytes(TEXT, b"4x"))
        assert (await http.answer()).text == "page"
        assert (await http.answer()).status == 101


async def test_refused_late_upgrade_keeps_the_connection() -> None:
    async with running() as server, await HttpWire.open(server.port) as http:
        await http.request("GET", "/page")
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade"}
        answer = await http.request("GET", SOCKET, headers=upgrade)
        assert answer.status == 426
        answer = await http.request("GET", "/page")
        assert answer.text == "page"


async def test_port_in_use() -> None:
    async with running() as server:
        events: list[str] = []
        second = make_server(SOCKETIO_PROFILE)
        with pytest.raises(OSError):  # noqa: PT011
            await second.listen(app_with_page(events), "127.0.0.1", server.port)
        assert events == ["started", "cleaned up"]


async def test_close_ends_sessions_then_the_application() -> None:
    events: list[str] = []
    server = make_server(SOCKETIO_PROFILE)
    server.namespace("/").on_disconnect(lambda socket, reason: events.append(reason.value))
    await server.listen(app_with_page(events), "127.0.0.1", 0)
    http = await HttpWire.open(server.port)
    socket = await WireSocket.open(http, SOCKET)
    await socket.send("40")
    for _ in range(3):
        await socket.text()
    poller = await Poller.open(server.port)
    pending = await poller.pending_get()
    closing = asyncio.ensure_future(server.close(timeout_ms=2_000))
    assert (await pending.answer()).text == "1"
    assert (await socket.closing()).code == 1001
    await socket.send_frame(8)
    await poller.__aexit__(None, None, None)
    await closing
    await server.close()
    assert events == ["started", "server shutting down", "cleaned up"]
    with pytest.raises(OSError):  # noqa: PT011
        await asyncio.open_connection("127.0.0.1", server.port)
    await http.close()


async def test_stop_accepting_keeps_what_is_there() -> None:
    async with running() as server, await HttpWire.open(server.port) as http:
        socket = await WireSocket.open(http, ENGINE)
        await socket.text()
        server.stop_accepting()
        with pytest.raises(OSError):  # noqa: PT011
            await asyncio.open_connection("127.0.0.1", server.port)
        await socket.send("4still")
        assert await socket.text() == "4still"


async def test_foreign_origin_and_host_on_every_entry() -> None:
    server = SocketServer(
        SOCKETIO_PROFILE, clock=SystemClock(), origins=OriginPolicy.only(["http://game.example"])
    )
    await server.listen(app_with_page(), "127.0.0.1", 0)
    try:
        good = {"Host": "game.example", "Origin": "http://game.example"}
        for headers in (good | {"Origin": "http://evil.example"}, {"Host": "evil.example"}):
            for target in ("/socket.io/?EIO=4&transport=polling", SOCKET):
                upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
                upgrade["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ=="
                extra = upgrade if "websocket" in target else {}
                async with await HttpWire.open(server.port) as http:
                    first = await http.request("GET", target, headers=headers | extra)
                async with await HttpWire.open(server.port) as http:
                    await http.request("GET", "/page")
                    late = await http.request("GET", target, headers=headers | extra)
                for answer in (first, late):
                    assert (answer.status, answer.json["code"]) == (403, 4)
        async with await HttpWire.open(server.port) as http:
            assert (await WireSocket.open(http, SOCKET, headers=good)).answer.status == 101
    finally:
        await server.close(timeout_ms=1_000)


async def test_flood_with_a_slow_reader() -> None:
    """One client stops reading: it alone is closed, with code 4008; the other gets everything."""
    config = replace(SOCKETIO_PROFILE, outbox_bytes_max=256 * 1024)
    async with running(config) as server:
        reasons: list[tuple[Socket, DisconnectReason]] = []
        namespace = server.namespace("/")
        namespace.on_disconnect(lambda socket, reason: reasons.append((socket, reason)))
        slow_http, good_http = await HttpWire.open(server.port), await HttpWire.open(server.port)
        slow, good = [await WireSocket.open(http, SOCKET) for http in (slow_http, good_http)]
        for socket in (slow, good):
            await socket.send("40")
            for _ in range(3):
                await socket.text()
            await socket.send('421["enter","hall"]')
            assert await socket.text() == "431[]"
        slow_socket = next(iter(namespace.sockets.values()))
        payload = "k" * 10_000
        got = 0
        while not reasons and got < 20_000:
            namespace.to("hall").emit("flooded", payload)
            assert len(await good.text()) > 10_000
            got += 1
        assert reasons == [(slow_socket, DisconnectReason.SLOW)]
        namespace.to("hall").emit("last")
        assert await good.text() == '42["last"]'
        totals = server.totals()
        assert (totals["ended_slow"], totals["sessions_opened"], totals["upgrades"]) == (1, 2, 0)
        for http in (slow_http, good_http):
            http.abort()
            await http.close()


async def test_a_session_that_only_polls_out_and_in() -> None:
    async with running() as server, await Poller.open(server.port, "/socket.io/") as poller:
        await poller.push("40", '427["message-with-ack",1]', '42["message",2]')
        packets = await poller.poll_until(4)
        assert packets[1:] == ['42["auth",{}]', "437[1]", '42["message-back",2]']
        socket = next(iter(server.namespace("/").sockets.values()))
        assert socket.connection.transport == "polling"
        socket.disconnect(close=True)
        assert await poller.poll() == ["41"]
        assert await poller.poll() == ["1"]
        assert (await poller.get()).status == 400


async def test_a_stalled_reader_is_led_to_the_newest_state() -> None:
    """Over TCP: steps without a gap, of which those that it was too slow for are one."""
    async with running() as server:
        namespace = server.namespace("/")
        http = await HttpWire.open(server.port)
        wire = await WireSocket.open(http, SOCKET)
        await wire.send("40")
        for _ in range(3):
            await wire.text()
        (socket,) = namespace.sockets.values()
        version = 0
        filling = "k" * 20_000

        def encode(since: int | None) -> EncodedEvent:
            return namespace.encode("step", since, version, filling)

        while server.counters.state_replaced < 500 and version < 20_000:
            version += 1
            namespace.broadcast_state(
                [socket], "key", encode(version - 1), since=version - 1, render=lambda _, since: encode(since)
            )
            await asyncio.sleep(0)
        assert server.counters.state_replaced == 500
        steps = [(0, 0)]
        while steps[-1][1] < version:
            text = await wire.text()
            _, since, to, _ = json.loads(text[2:])
            assert since == steps[-1][1]
            steps.append((since, to))
        counters = server.counters
        assert len(steps) - 1 == version - counters.state_replaced
        assert 1 <= counters.state_rendered <= counters.state_deferred
        assert socket.is_connected
        await http.close()
