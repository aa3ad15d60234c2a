"""Polling in front of aiohttp: the same answers as by aiohttp, and nothing of another's request."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from kibitz.transport.http_connection import HttpConnection
from kibitz.transport.origins import OriginPolicy
from kibitz.transport.poll_connection import PollConnection
from kibitz.transport.server import SocketServer
from support.engineio_wire import Poller
from support.http_wire import Answer, HttpWire, fetch
from support.polled_server import (
    BY_AIOHTTP,
    CONFIG,
    entry_of,
    in_front,
    make,
    memory_wire,
    until_in_front,
    wire_head,
)


@pytest.fixture
async def server() -> AsyncIterator[SocketServer]:
    server = await make()
    yield server
    await server.close(timeout_ms=500)


@pytest.fixture
async def poller(server: SocketServer) -> AsyncIterator[Poller]:
    async with await Poller.open(server.port) as poller:
        yield poller


REQUESTS = {
    "a poll": ("GET", "", None, {}),
    "a message": ("POST", "", "4more", {}),
    "two messages": ("POST", "", "4more\x1e4again", {}),
    "an empty body": ("POST", "", "", {}),
    "no packet": ("POST", "", "abc", {}),
    "a ping": ("POST", "", "2", {}),
    "a close": ("POST", "", "1", {}),
    "bytes": ("POST", "", "4a", {"Content-Type": "application/octet-stream"}),
    "a compressed body": ("POST", "", "4a", {"Content-Encoding": "gzip"}),
    "an unknown session": ("GET", "x", None, {}),
    "an unknown transport": ("GET", "&transport=abc", None, {}),
    "another transport": ("GET", "&transport=websocket", None, {}),
    "a repeat": ("GET", "&t=1", None, {}),
    "a foreign page": ("GET", "", None, {"Origin": "http://elsewhere"}),
    "a page": ("GET", "", None, {"Origin": "http://here"}),
    "another site": ("GET", "", None, {"Sec-Fetch-Site": "cross-site"}),
    "a page with a message": ("POST", "", "4a", {"Origin": "http://here", "Cookie": "a=b"}),
    "the hook": ("GET", "", None, {"X-Hook": "1"}),
    "a client that takes gzip": ("GET", "", None, {"Accept-Encoding": "br, gzip"}),
    "a client that takes deflate": ("GET", "", None, {"Accept-Encoding": "deflate"}),
}


@pytest.mark.parametrize("size", [5, 3_000, 200_000])
@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS.keys())
async def test_both_ways_give_the_same_answer(
    request_: tuple[str, str, str | None, dict[str, str]], size: int
) -> None:
    method, query, body, headers = request_
    server = await make(OriginPolicy(frozenset(("http://here",)), None, cors=True))
    answers: list[Answer] = []
    left: list[str] = []
    for more in ({}, BY_AIOHTTP):
        async with await Poller.open(server.port) as poller:
            await poller.push("4" + "k" * size)
            wire = await poller.wire()
            before = in_front(server)
            target = poller.target() + query
            answer = await wire.request(method, target, body=body, headers={**headers, **more})
            assert in_front(server) - before == (0 if more else 1)
            answers.append(answer)
            rest = await poller.get() if method == "POST" else None
            left.append("" if rest is None else rest.text)
        await until_in_front(server, 0)
    ours, aiohttps = answers
    assert (ours.status, ours.body, left[0]) == (aiohttps.status, aiohttps.body, left[1])
    without = [{key: value for key, value in answer.headers.items() if key != "date"} for answer in answers]
    assert without[0] == without[1]
    assert ours.headers["date"].endswith("GMT")
    await server.close(timeout_ms=500)


async def test_a_connection_that_alternates(server: SocketServer, poller: Poller) -> None:
    async with await HttpWire.open(server.port) as wire:
        for number in range(3):
            said = await wire.request(
                "POST", "/rest", body=f"{number}", headers={"Content-Type": "text/plain"}
            )
            assert said.body == b"POST:%d" % number
            assert in_front(server) == 0
            assert (await wire.request("POST", poller.target(), body=f"4{number}")).text == "ok"
            assert in_front(server) == 1
            assert (await wire.request("GET", poller.target())).text == f"4{number}"
            assert (await wire.request("GET", "/rest")).text == "GET:"
        assert server.connections().tcp == 1
    await until_gone(server)


async def until_gone(server: SocketServer) -> None:
    async with asyncio.timeout(2):
        while server.connections().tcp:  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def test_requests_behind_a_waiting_poll(server: SocketServer, poller: Poller) -> None:
    """Pipelined: they are carried out when it is answered, in order, by whomever they are for."""
    wire = await poller.wire()
    post = wire.request_bytes("POST", poller.target(), body="4b")
    await wire.send("GET", poller.target(), behind=post + wire.request_bytes("POST", "/rest", body="c"))
    async with await HttpWire.open(server.port) as other:
        assert (await other.request("POST", poller.target(), body="4a")).text == "ok"
    assert [(await wire.answer()).text for _ in range(3)] == ["4a", "ok", "POST:c"]


async def test_a_flood_behind_a_waiting_poll_ends_it(server: SocketServer, poller: Poller) -> None:
    wire = memory_wire(server)
    wire.receive(wire_head(poller))
    for _ in range(17):
        assert not wire.is_closed
        wire.receive(b"k" * 1_000)
    assert wire.is_aborted
    wire.lose()
    assert wire.sent == b""
    assert await poller.is_gone()


async def test_the_connection_of_a_waiting_poll_is_lost(server: SocketServer, poller: Poller) -> None:
    pending = await poller.pending_get()
    assert in_front(server) == 1
    pending.abort()
    await until_in_front(server, 0)
    assert server.connections().polling == 0


async def test_a_lost_post_does_not_end_the_poll(server: SocketServer, poller: Poller) -> None:
    pending = await poller.pending_get()
    async with await HttpWire.open(server.port) as other:
        await other.send("POST", poller.target(), body="3")
        other.abort()
    await until_in_front(server, 1)
    await poller.push("4a")
    assert (await pending.answer()).text == "4a"


async def test_an_idle_connection_is_closed_but_not_a_waiting_one(
    server: SocketServer, poller: Poller
) -> None:
    pending = await poller.pending_get()
    idle = await poller.wire()
    assert (await idle.request("POST", poller.target(), body="3")).text == "ok"
    half = await poller.wire()
    assert (await half.request("POST", poller.target(), body="3")).text == "ok"
    await half.write(wire_head(poller)[:-2])
    assert await idle.rest() == b""
    assert await half.rest() == b""
    await poller.push("4a")
    assert (await pending.answer()).text == "4a"


async def test_shutdown_answers_the_waiting_poll_and_ends_the_idle() -> None:
    server = await make()
    async with await Poller.open(server.port) as poller:
        pending = await poller.pending_get()
        idle = await poller.wire()
        await idle.request("POST", poller.target(), body="3")
        await server.close(timeout_ms=2_000)
        assert (await pending.answer()).text == "1"
        assert await pending.rest() == b""
        assert await idle.rest() == b""
        assert server.connections().tcp == 0


async def test_a_client_that_does_not_read_gets_no_second_answer(
    server: SocketServer, poller: Poller
) -> None:
    wire = memory_wire(server)
    wire.is_stuck = True
    await poller.push("4a")
    wire.receive(wire_head(poller))
    assert wire.buffered.endswith(b"\r\n\r\n4a")
    await poller.push("4b")
    wire.receive(wire_head(poller))
    assert wire.buffered.endswith(b"4a")
    wire.unstick()
    assert wire.sent.endswith(b"4b")


HANDED_ON = {
    "chunks": b"Transfer-Encoding: chunked\r\n\r\n2\r\n4a\r\n0\r\n\r\n",
    "an expectation": b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n4a",
    "half a body": b"Content-Length: 2\r\n\r\n4",
    "both framings": b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n4a",
    "two lengths": b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n4a",
    "a bare LF": b"A: b\nContent-Length: 2\r\n\r\n4a",
    "only bare LFs": b"A: b\n\n",
    "a folded field": b"A: b\r\n c\r\nContent-Length: 2\r\n\r\n4a",
    "a large head": b"A: " + b"k" * CONFIG.head_bytes_max,
}


@pytest.mark.parametrize("rest", HANDED_ON.values(), ids=HANDED_ON.keys())
async def test_what_is_not_usual_goes_to_aiohttp_untouched(
    server: SocketServer, poller: Poller, rest: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_on: list[bytes] = []
    feed = HttpConnection.data_received

    def spy(self: HttpConnection, data: bytes) -> None:
        given_on.append(data)
        feed(self, data)

    monkeypatch.setattr(HttpConnection, "data_received", spy)
    wire = memory_wire(server)
    wire.receive(
        wire_head(poller).replace(b"GET", b"POST").replace(b"\r\n\r\n", b"\r\nContent-Length: 2\r\n\r\n")
        + b"4x"
    )
    assert wire.sent.startswith(b"HTTP/1.1 200 ")
    assert given_on == []
    request = wire_head(poller).replace(b"GET", b"POST")[:-2] + rest
    wire.receive(request)
    assert given_on == [request]
    wire.lose()


async def test_a_websocket_on_a_connection_that_polled(server: SocketServer, poller: Poller) -> None:
    async with await HttpWire.open(server.port) as wire:
        assert (await wire.request("POST", poller.target(), body="4a")).text == "ok"
        assert in_front(server) == 1
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        assert (await wire.request("GET", poller.target("websocket"), headers=upgrade)).status == 101
        assert in_front(server) == 0


async def test_a_body_over_the_limit_is_refused_unread(server: SocketServer, poller: Poller) -> None:
    wire = await poller.wire()
    size = CONFIG.max_payload_bytes + 1
    await wire.write(wire_head(poller).replace(b"GET", b"POST")[:-2] + b"Content-Length: %d\r\n\r\n4" % size)
    answer = await wire.answer()
    assert (answer.status, answer.headers["connection"]) == (413, "close")
    assert in_front(server) == 1
    await wire.write(b"k" * 300_000)
    assert next(iter(entry_of(server).polls.connections))._received == b""
    assert await wire.rest() == b""
    await wire.close()
    await until_in_front(server, 0)
    await poller.push("4alive")


async def test_many_connections_leave_nothing_behind(server: SocketServer, poller: Poller) -> None:
    for _ in range(20):
        assert (await fetch(server.port, "POST", poller.target(), body="3")).text == "ok"
    await until_in_front(server, 0)
    await until_gone(server)
    assert all(not isinstance(each.target, PollConnection) for _, _, each in server._deadlines._heap)
