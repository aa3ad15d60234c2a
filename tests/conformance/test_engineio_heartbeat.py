"""Engine.IO v4, heartbeat and closing: protocol-facts 1.1 and 2.2. The wire is the clock."""

import asyncio
import time
from typing import NoReturn

import pytest

from support.echo_process import EchoProcess, better_than_the_reference
from support.engineio_wire import ENGINE_PATH, SOCKET_PATH, Poller
from support.http_wire import HttpWire, fetch
from support.websocket_wire import WireClosed, WireSocket

PATHS = pytest.mark.parametrize("path", [ENGINE_PATH, SOCKET_PATH])
DEADLINE_S = 0.5
"""Interval and timeout of the brisk server together."""
MARGIN_S = 0.4
"""For a loaded machine; a server that is late by this much fails."""

ANSWERED = 6
"""Pings of the lenient server that take longer than its interval and timeout together."""

WAYS = pytest.mark.parametrize("is_later", [False, True], ids=["acceptor", "kept-alive"])
"""The upgrade is the first request of its connection, or a later one."""


async def _open(server: EchoProcess, path: str = ENGINE_PATH, *, is_later: bool = False) -> WireSocket:
    wire = await HttpWire.open(server.port)
    if is_later:
        assert (await wire.request("GET", f"{path}?EIO=4&transport=polling")).status == 200
    socket = await WireSocket.open(wire, f"{path}?EIO=4&transport=websocket")
    assert (await socket.text()).startswith("0{")
    return socket


async def _chatter(socket: WireSocket) -> NoReturn:
    """Keep one message on its way and answer no ping."""
    await socket.send("4x")
    while True:
        if await socket.text() == "4x":
            await socket.send("4x")


@PATHS
async def test_polling_ping_pong(lenient: EchoProcess, path: str) -> None:
    async with await Poller.open(lenient.port, path) as session:
        if path == SOCKET_PATH:  # who joins no namespace is closed within a second
            await session.push("40")
            await session.poll_until(2)
        for _ in range(ANSWERED):
            answer = await session.get()
            assert (answer.status, answer.text) == (200, "2")
            await session.push("3")


@PATHS
async def test_polling_without_pong_times_out_to_the_millisecond(brisk: EchoProcess, path: str) -> None:
    """No request of this session comes before its deadline: the server must know without a timer's luck."""
    async with await Poller.open(brisk.port, path) as session:
        await asyncio.sleep(DEADLINE_S)  # the case is about this very instant
        answer = await fetch(brisk.port, "GET", session.target())
        assert answer.status == 400
        assert answer.json["code"] == 1


@WAYS
@PATHS
async def test_websocket_ping_pong(lenient: EchoProcess, path: str, *, is_later: bool) -> None:
    if path == SOCKET_PATH:
        socket = await _open(lenient, path, is_later=is_later)
        await socket.send("40")
        await socket.text()
        await socket.text()
    else:
        socket = await _open(lenient, is_later=is_later)
    async with socket:
        for _ in range(ANSWERED):
            assert await socket.text() == "2"
            await socket.send("3")


@WAYS
@PATHS
async def test_websocket_without_pong_is_closed(brisk: EchoProcess, path: str, *, is_later: bool) -> None:
    before = time.monotonic()
    async with await _open(brisk, path, is_later=is_later) as socket:
        await socket.closing()
    assert DEADLINE_S - 0.1 < time.monotonic() - before < DEADLINE_S + MARGIN_S


async def test_pings_come_even_under_traffic(lenient: EchoProcess) -> None:
    async with await _open(lenient) as socket:
        pings = 0
        async with asyncio.timeout(3):
            await socket.send("4x")
            while pings < 3:
                if await socket.text() == "2":
                    pings += 1
                    await socket.send("3")
                else:
                    await socket.send("4x")


async def test_other_packets_are_no_pong(brisk: EchoProcess) -> None:
    before = time.monotonic()
    async with await _open(brisk) as socket:
        with pytest.raises(WireClosed):
            await _chatter(socket)
    assert time.monotonic() - before < DEADLINE_S + MARGIN_S


async def test_ping_waits_for_a_get_and_then_counts(lenient: EchoProcess) -> None:
    """The first GET comes after the ping was due: it still gets it."""
    async with await Poller.open(lenient.port) as session:
        await asyncio.sleep(0.35)  # past the interval, before the deadline
        assert await session.poll() == ["2"]
        await session.push("3")
        assert await session.poll() == ["2"]


async def test_pong_puts_the_deadline_off(lenient: EchoProcess) -> None:
    async with await _open(lenient) as socket:
        for _ in range(ANSWERED):
            assert await socket.text(within_s=0.3 + MARGIN_S) == "2"
            await socket.send("3")
        await socket.send("4alive")
        assert await socket.text() == "4alive"


async def test_long_heartbeat_is_kept_as_announced(echo: EchoProcess) -> None:
    """By each way in, and on polling: a ping after the interval, and the end only after the timeout."""

    async def by_websocket(*, is_later: bool) -> None:
        before = time.monotonic()
        async with await _open(echo, is_later=is_later) as socket:
            assert await socket.text(within_s=3 + MARGIN_S) == "2"
            assert time.monotonic() - before > 3 - 0.1
            with pytest.raises(WireClosed):
                await socket.text(within_s=2 + MARGIN_S)
        assert time.monotonic() - before > 5 - 0.1

    async def by_polling() -> None:
        async with await Poller.open(echo.port) as session:
            assert await session.poll(within_s=3 + MARGIN_S) == ["2"]
            pending = await session.pending_get()
            with pytest.raises(TimeoutError):
                await pending.answer(within_s=1.5)
            await pending.answer(within_s=0.5 + MARGIN_S)
            assert await session.is_gone()

    await asyncio.gather(by_websocket(is_later=False), by_websocket(is_later=True), by_polling())


@PATHS
async def test_polling_client_closes(echo: EchoProcess, path: str) -> None:
    async with await Poller.open(echo.port, path) as session:
        pending = await session.pending_get()
        await session.push("1")
        answer = await pending.answer()
        assert (answer.status, answer.text) == (200, "6")
        assert await session.is_gone()


@better_than_the_reference
@PATHS
async def test_polling_client_closes_before_its_poll_came(echo: EchoProcess, path: str) -> None:
    """Two connections have no order: the GET is answered as if it had come before the POST."""
    async with await Poller.open(echo.port, path) as session:
        await session.push("1")
        assert (await session.get()).text == "6"
        assert await session.is_gone()


@better_than_the_reference
@WAYS
@PATHS
async def test_websocket_client_closes(echo: EchoProcess, path: str, *, is_later: bool) -> None:
    """With a long heartbeat: the packet itself must do it."""
    async with await _open(echo, path, is_later=is_later) as socket:
        await socket.send("1")
        await socket.closing()


async def test_server_closes_a_polling_session_with_a_close_packet(echo: EchoProcess) -> None:
    async with await Poller.open(echo.port, SOCKET_PATH) as session:
        await session.push("40")
        await session.poll_until(2)
        pending = await session.pending_get()
        await session.post("4abc")
        answer = await pending.answer()
        assert (answer.status, answer.text) == (200, "1")
        assert await session.is_gone()


async def test_dropped_websocket_ends_its_session(echo: EchoProcess) -> None:
    async with await _open(echo) as socket:
        socket.abort()
    async with await _open(echo) as other:
        await other.send("4fine")
        assert await other.text() == "4fine"
