"""Long-polling over real HTTP: what is answered, what ends the session, and every limit."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web

from kibitz.transport.config import SOCKETIO_PROFILE
from kibitz.transport.echo import make_server
from kibitz.transport.server import SocketServer
from support.engineio_wire import Poller
from support.http_wire import ConnectionEnded, HttpWire

CONFIG = replace(
    SOCKETIO_PROFILE, body_timeout_ms=200, limits=replace(SOCKETIO_PROFILE.limits, max_payload_bytes=10_000)
)


@pytest.fixture
async def server() -> AsyncIterator[SocketServer]:
    server = make_server(CONFIG)
    await server.listen(web.Application(), "127.0.0.1", 0)
    yield server
    await server.close(timeout_ms=500)


@pytest.fixture
async def poller(server: SocketServer) -> AsyncIterator[Poller]:
    async with await Poller.open(server.port) as poller:
        yield poller


async def test_packets_of_one_turn_leave_with_one_answer(server: SocketServer, poller: Poller) -> None:
    pending = await poller.pending_get()
    await poller.push(*[f"4{number}" for number in range(10)])
    assert (await pending.answer()).text == "\x1e".join(f"4{number}" for number in range(10))


async def test_a_poll_holds_at_most_sixteen_packets(poller: Poller) -> None:
    """python-engineio's client gives up above."""
    await poller.push(*[f"4{number}" for number in range(40)])
    polls = [await poller.poll() for _ in range(3)]
    assert [len(packets) for packets in polls] == [16, 16, 8]
    assert sum(polls, []) == [f"4{number}" for number in range(40)]  # noqa: RUF017


async def test_headers_of_the_answers(poller: Poller) -> None:
    posted = await poller.post("4a")
    assert posted.headers["content-type"] == "text/html"
    polled = await poller.get()
    assert polled.headers["content-type"] == "text/plain; charset=UTF-8"
    for answer in (posted, polled):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["server"] == "kibitz"


async def test_chunked_body(poller: Poller) -> None:
    wire = await poller.wire()
    await wire.write(
        f"POST {poller.target()} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        + b"2\r\n4a\r\n"
    )
    await wire.write(b"3\r\n\x1e4b\r\n0\r\n\r\n")
    assert (await wire.answer()).text == "ok"
    assert await poller.poll() == ["4a", "4b"]


@pytest.mark.parametrize("is_chunked", [False, True])
async def test_body_over_the_limit(poller: Poller, *, is_chunked: bool) -> None:
    wire = await poller.wire()
    body = "4" + "k" * 10_000
    if is_chunked:
        head = f"POST {poller.target()} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        await wire.write(f"{head}{len(body):x}\r\n{body}\r\n0\r\n\r\n".encode())
    else:
        await wire.send("POST", poller.target(), body=body)
    assert (await wire.answer()).status == 413
    await poller.push("4" + "k" * 9_999)
    assert len((await poller.poll())[0]) == 10_000


async def test_slow_body(poller: Poller) -> None:
    wire = await poller.wire()
    await wire.write(f"POST {poller.target()} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n4".encode())
    assert (await wire.answer()).status == 400
    assert await poller.is_gone()


@pytest.mark.parametrize(
    "headers", [{"Content-Type": "application/octet-stream"}, {"Content-Encoding": "gzip"}]
)
async def test_bodies_that_are_not_read(poller: Poller, headers: dict[str, str]) -> None:
    wire = await poller.wire()
    await wire.send("POST", poller.target(), body="4a", headers=headers)
    assert (await wire.answer()).status == 400
    assert await poller.is_gone()


@pytest.mark.parametrize("body", ["", "abc", "4a\x1e", "\x1e4a", "2", "2probe", "0", "5", "7", "b*"])
async def test_payloads_that_end_the_session(poller: Poller, body: str) -> None:
    assert (await poller.post(body)).status == 400
    assert await poller.is_gone()


async def test_two_posts_at_once(poller: Poller) -> None:
    first = await poller.wire()
    await first.write(f"POST {poller.target()} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n4".encode())
    async with await HttpWire.open(poller.port) as second:
        assert (await second.request("POST", poller.target(), body="4b")).status == 400
    await first.write(b"a")
    assert (await first.answer()).status == 400
    assert await poller.is_gone()


async def test_get_whose_client_went_away(server: SocketServer, poller: Poller) -> None:
    pending = await poller.pending_get()
    pending.abort()
    async with asyncio.timeout(5):
        while server.connections().polling:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert await poller.is_gone()


async def test_second_get(poller: Poller) -> None:
    pending = await poller.pending_get()
    async with await HttpWire.open(poller.port) as second:
        answer = await second.request("GET", poller.target())
        assert (answer.status, answer.json["code"]) == (400, 3)
    assert (await pending.answer()).text == "1"
    assert await poller.is_gone()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods(poller: Poller, method: str) -> None:
    wire = await poller.wire()
    answer = await wire.request(method, poller.target())
    assert (answer.status, answer.json["code"]) == (400, 3)
    await poller.push("4alive")


async def test_preflight(server: SocketServer) -> None:
    async with await HttpWire.open(server.port) as wire:
        answer = await wire.request(
            "OPTIONS",
            "/socket.io/",
            headers={
                "Origin": "http://a",
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "x-one",
            },
        )
        assert answer.status == 204
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-allow-methods"] == "POST"
        assert answer.headers["access-control-allow-headers"] == "x-one"


async def test_jsonp_is_not_answered(server: SocketServer) -> None:
    async with await HttpWire.open(server.port) as wire:
        answer = await wire.request("GET", "/engine.io/?EIO=4&transport=polling&j=0")
        assert (answer.status, answer.json["code"]) == (400, 3)


async def test_malformed_fields_get_an_answer(server: SocketServer) -> None:
    async with await HttpWire.open(server.port) as wire:
        await wire.write(
            b"GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nOrigin: a\r\nOrigin: b\r\n\r\n"
        )
        try:
            assert (await wire.answer()).status == 400
        except ConnectionEnded:
            pytest.fail("no answer")
