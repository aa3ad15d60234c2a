"""What an application adds to the answers of Engine.IO: header fields, a cookie, compression, CORS."""

import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import web

from kibitz.clock import SystemClock
from kibitz.transport.config import SOCKETIO_PROFILE, CookieConfig, TransportConfig
from kibitz.transport.engine import MoreHeaders
from kibitz.transport.handshake import RequestHead
from kibitz.transport.origins import OriginPolicy
from kibitz.transport.server import SocketServer
from support.http_wire import HttpWire
from support.memory_wire import KEY

OPEN = "/socket.io/?EIO=4&transport=polling"
SOCKET = "/socket.io/?EIO=4&transport=websocket"
UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
}


@asynccontextmanager
async def serving(
    config: TransportConfig = SOCKETIO_PROFILE,
    more_headers: MoreHeaders | None = None,
    origins: OriginPolicy | None = None,
) -> AsyncIterator[HttpWire]:
    server = SocketServer(
        config, clock=SystemClock(), origins=origins or OriginPolicy.any(), more_headers=more_headers
    )
    namespace = server.namespace("/")
    namespace.on("large", lambda socket, args, ack: socket.emit("large", "kibitz " * 1_000))
    namespace.on("small", lambda socket, args, ack: socket.emit("small"))
    await server.listen(web.Application(), "127.0.0.1", 0)
    try:
        async with await HttpWire.open(server.port) as wire:
            yield wire
    finally:
        await server.close(timeout_ms=500)


async def opened(wire: HttpWire) -> str:
    """The path of a session that is connected and has nothing to read."""
    answer = await wire.request("GET", OPEN)
    sid = answer.text[1:].split('"')[3]
    path = f"{OPEN}&sid={sid}"
    await wire.request("POST", path, body="40")
    await wire.request("GET", path)
    return path


# ---------------------------------------------------------------- headers


def hook(head: RequestHead, is_first: bool) -> Mapping[str, str]:
    return {"X-First" if is_first else "X-Later": head.method}


async def test_headers_of_polling() -> None:
    async with serving(more_headers=hook) as wire:
        first = await wire.request("GET", OPEN)
        assert first.headers["x-first"] == "GET"
        path = await opened(wire)
        later = await wire.request("POST", path, body='42["small"]')
        assert (later.headers["x-later"], later.headers.get("x-first")) == ("POST", None)
        assert (await wire.request("GET", path)).headers["x-later"] == "GET"


async def test_headers_of_a_websocket() -> None:
    async with serving(more_headers=hook) as wire:
        answer = await wire.request("GET", SOCKET, headers=UPGRADE)
        assert (answer.status, answer.headers["x-first"]) == (101, "GET")
    async with serving(more_headers=hook) as wire:
        path = (await opened(wire)).replace("polling", "websocket")
        answer = await wire.request("GET", path, headers=UPGRADE)
        assert (answer.status, answer.headers["x-later"]) == (101, "GET")


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: evil=1", "\n", "é€"])
async def test_a_header_cannot_end_the_head(value: str, caplog: pytest.LogCaptureFixture) -> None:
    async with serving(more_headers=lambda head, is_first: {"X-Name": value}) as wire:
        answer = await wire.request("GET", OPEN)
        assert answer.status == 200
        assert "x-name" not in answer.headers
    assert "the hook for headers failed" in caplog.text


# ---------------------------------------------------------------- cookie


async def test_cookie_of_the_opening_answer_only() -> None:
    async with serving(replace(SOCKETIO_PROFILE, cookie=CookieConfig())) as wire:
        answer = await wire.request("GET", OPEN)
        sid = answer.text[1:].split('"')[3]
        assert answer.headers["set-cookie"] == f"io={sid}; Path=/; SameSite=Lax; HttpOnly"
        assert "set-cookie" not in (await wire.request("POST", f"{OPEN}&sid={sid}", body="40")).headers


# ---------------------------------------------------------------- compression


@pytest.mark.parametrize(
    ("accepted", "bits"), [("gzip, deflate, br", 31), ("deflate", 15), ("gzip;q=0", None), ("", None)]
)
async def test_large_answers_are_compressed(accepted: str, bits: int | None) -> None:
    async with serving(origins=OriginPolicy.only(["http://a"], cors=True)) as wire:
        headers = {"Accept-Encoding": accepted, "Origin": "http://a", "Host": "a"}
        answer = await wire.request("GET", OPEN, headers=headers)
        path = f"{OPEN}&sid=" + answer.text[1:].split('"')[3]
        await wire.request("POST", path, body="40", headers=headers)
        assert "content-encoding" not in (await wire.request("GET", path, headers=headers)).headers
        await wire.request("POST", path, body='42["large"]', headers=headers)
        answer = await wire.request("GET", path, headers=headers)
        body = answer.body
        assert answer.headers["vary"] == "Origin, Accept-Encoding"
        if bits is None:
            assert "content-encoding" not in answer.headers
        else:
            assert answer.headers["content-encoding"] == accepted[: len(answer.headers["content-encoding"])]
            assert len(body) < 200
            body = zlib.decompress(body, bits)
        assert body.decode() == f'42["large","{"kibitz " * 1_000}"]'


async def test_compression_can_be_switched_off() -> None:
    async with serving(replace(SOCKETIO_PROFILE, compression_bytes_min=None)) as wire:
        path = await opened(wire)
        await wire.request("POST", path, body='42["large"]')
        answer = await wire.request("GET", path, headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in answer.headers
