"""Polling in front of aiohttp: however the bytes of a connection are cut, the same answers come."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from kibitz.transport.handshake import Handshake
from kibitz.transport.server import SocketServer
from support.engineio_wire import ENGINE_PATH
from support.memory_wire import MemoryWire
from support.polled_server import (
    make,
    memory_wire,
)


@st.composite
def talks(draw: st.DrawFn) -> list[tuple[str, bytes]]:
    """Requests in order: (what, body)."""
    what = st.sampled_from(["post", "post", "get", "rest", "rest get", "chunks", "preflight", "unknown"])
    return draw(
        st.lists(
            st.tuples(what, st.sampled_from([b"a", b"\xc3\xa9" * 20, b"GET /rest HTTP/1.1\r\n\r\n"])),
            max_size=8,
        )
    )


@settings(deadline=None, max_examples=25)
@given(talk=talks(), data=st.data(), is_patient=st.booleans())
def test_any_split_gives_the_same_answers(
    talk: list[tuple[str, bytes]],
    data: st.DataObject,
    is_patient: bool,
) -> None:
    """On one connection, in any pieces; each request waits for the answer before it, or does not."""
    asyncio.run(check_talk(talk, data, is_patient=is_patient))


async def check_talk(talk: list[tuple[str, bytes]], data: st.DataObject, *, is_patient: bool) -> None:
    server = await make()
    try:
        await carry_out(server, talk, data, is_patient=is_patient)
    finally:
        await server.close(timeout_ms=500)


async def carry_out(
    server: SocketServer, talk: list[tuple[str, bytes]], data: st.DataObject, *, is_patient: bool
) -> None:
    session, _ = server._engines[ENGINE_PATH].open_polling(Handshake(b"", ENGINE_PATH, "", "", 0))
    target = b"%b?EIO=4&transport=polling&sid=%b" % (ENGINE_PATH.encode(), session.sid.encode())
    wire = memory_wire(server)
    queued: list[bytes] = []
    expected: list[bytes] = []
    sent = b""
    for what, body in talk:
        host, length = b"Host: a\r\n", b"Content-Length: %d\r\n\r\n"
        if what == "post" and len(queued) < 10:
            sent += b"POST %b HTTP/1.1\r\n%b" % (target, host) + length % (len(body) + 1) + b"4" + body
            queued.append(b"4" + body)
            expected.append(b"ok")
        elif what == "chunks" and len(queued) < 10:
            chunk = b"%x\r\n4%b\r\n0\r\n\r\n" % (len(body) + 1, body)
            sent += b"POST %b HTTP/1.1\r\n%bTransfer-Encoding: chunked\r\n\r\n" % (target, host) + chunk
            queued.append(b"4" + body)
            expected.append(b"ok")
        elif what == "get" and queued:
            sent += b"GET %b HTTP/1.1\r\n%b\r\n" % (target, host)
            expected.append(b"\x1e".join(queued))
            queued.clear()
        elif what == "rest":
            sent += b"POST /rest HTTP/1.1\r\n" + host + length % len(body) + body
            expected.append(b"POST:" + body)
        elif what == "rest get":
            sent += b"GET /rest HTTP/1.1\r\n" + host + b"\r\n"
            expected.append(b"GET:")
        elif what == "unknown":
            sent += b"GET %b1 HTTP/1.1\r\n%b\r\n" % (target, host)
            expected.append(b'{"code":1,"message":"Session ID unknown"}')
        elif what == "preflight":
            sent += b"OPTIONS %b HTTP/1.1\r\n%b\r\n" % (target, host)
            expected.append(b"")
        if is_patient:
            await feed(wire, sent, data)
            sent = b""
            await until_answers(wire, len(expected))
    await feed(wire, sent, data)
    assert await until_answers(wire, len(expected)) == expected
    wire.lose()


async def feed(wire: MemoryWire, sent: bytes, data: st.DataObject) -> None:
    step = data.draw(st.sampled_from([1, 7, 50, 10_000]))
    for begin in range(0, len(sent), step):
        wire.receive(sent[begin : begin + step])
        if data.draw(st.booleans()):
            await asyncio.sleep(0)


async def until_answers(wire: MemoryWire, count: int) -> list[bytes]:
    async with asyncio.timeout(5):
        while len(found := bodies(wire.sent)) < count:  # noqa: ASYNC110
            await asyncio.sleep(0)
    return found


def bodies(sent: bytes) -> list[bytes]:
    """Of all complete answers."""
    found = []
    while sent:
        head, end, rest = sent.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        size = int(fields.get(b"content-length", b"0"))
        if not end or len(rest) < size:
            break
        found.append(rest[:size])
        sent = rest[size:]
    return found
