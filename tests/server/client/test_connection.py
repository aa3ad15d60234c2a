import asyncio
from collections.abc import AsyncIterator

import pytest

from kibitz.client.connection import Connection
from kibitz.client.errors import AnswerTimeout, ConnectionLost, Refused, UnexpectedAnswer
from kibitz.protocol import engineio, socketio_encoder
from kibitz.protocol.messages import Frame, Notice, Ping, Pong
from support.manual_timers import ManualTimers
from support.scripted_server import ScriptedWire, settle


class End:
    """A client's connection, the wire's other end, and what the client heard."""

    def __init__(self) -> None:
        self.wire = ScriptedWire()
        self.timers = ManualTimers()
        self.heard: list[tuple[str, object]] = []
        self.connection = Connection(
            self.wire, lambda name, message: self.heard.append((name, message)), self.timers
        )

    async def connect(self) -> None:
        connecting = asyncio.create_task(self.connection.connect({"token": "t"}))
        assert await self.wire.accept() == {"token": "t"}
        await connecting


@pytest.fixture
async def end() -> AsyncIterator[End]:
    end = End()
    yield end
    await end.connection.close()
    assert end.timers.waiting_ms == [], "a connection that is over leaves no timer"


async def test_it_connects_and_requests_are_answered_by_id(end: End):
    await end.connect()
    first = asyncio.create_task(end.connection.call("ping", Ping(1), timeout_ms=100))
    second = asyncio.create_task(end.connection.call("ping", Ping(2), timeout_ms=100))
    (id_1, asked_1), (id_2, asked_2) = await end.wire.request("ping"), await end.wire.request("ping")
    assert (asked_1, asked_2) == ({"sent_ms": 1}, {"sent_ms": 2})
    end.wire.answer(id_2, Pong(2, 20))
    end.wire.answer(id_1, Pong(1, 10))
    assert await first == {"sent_ms": 1, "server_ms": 10, "ok": True}
    assert await second == {"sent_ms": 2, "server_ms": 20, "ok": True}


async def test_events_arrive_as_their_types_and_unknown_ones_are_counted(end: End):
    await end.connect()
    notice = Notice("r", "seat_left", "A player left.", {"seat": 1})
    end.wire.emit("notice", notice)
    end.wire.emit("of_tomorrow", {"x": 1})
    end.wire.emit("notice", {"wrong": "shape"})
    await settle()
    assert end.heard == [("notice", notice)]
    assert end.connection.unknown_events == 2


async def test_a_refused_connect_says_why(end: End):
    connecting = asyncio.create_task(end.connection.connect({}))
    await end.wire.received()
    end.wire.put_text(
        socketio_encoder.encode_connect_error("/", "Ask for a session.", {"code": "unauthenticated"})
    )
    with pytest.raises(Refused, match=r"unauthenticated: Ask for a session\."):
        await connecting


async def test_a_connect_error_without_message_is_no_answer_of_the_contract(end: End):
    connecting = asyncio.create_task(end.connection.connect({}))
    await end.wire.received()
    end.wire.put_text(b'4{"data":1}')
    with pytest.raises(UnexpectedAnswer):
        await connecting


async def test_a_connect_that_nobody_answers_falls(end: End):
    connecting = asyncio.create_task(end.connection.connect({}))
    await settle()
    end.timers.advance(10_000)
    with pytest.raises(AnswerTimeout):
        await connecting


async def test_an_answer_that_does_not_come_falls_and_a_late_one_is_ignored(end: End):
    await end.connect()
    asking = asyncio.create_task(end.connection.call("ping", Ping(1), timeout_ms=100))
    packet_id, _ = await end.wire.request("ping")
    end.timers.advance(100)
    with pytest.raises(AnswerTimeout, match="no answer to ping within 100 ms"):
        await asking
    end.wire.answer(packet_id, Pong(1, 2))
    await settle()


async def test_pings_are_answered_and_silence_ends_the_connection(end: End):
    await end.connect()
    end.timers.advance(14_999)
    end.wire.put(engineio.Ping())
    await settle()
    assert end.wire.pongs == 1
    end.timers.advance(14_999)
    assert end.wire.has_received() is False
    end.timers.advance(1)
    assert await end.connection.ended() == "no ping within 15000 ms"


async def test_requests_that_wait_are_told_when_the_wire_breaks_and_later_ones_at_once(end: End):
    await end.connect()
    asking = asyncio.create_task(end.connection.call("ping", Ping(1), timeout_ms=100))
    await end.wire.request("ping")
    end.wire.cut()
    with pytest.raises(ConnectionLost, match="cut"):
        await asking
    with pytest.raises(ConnectionLost, match="cut"):
        await end.connection.call("ping", Ping(1), timeout_ms=100)


@pytest.mark.parametrize("garbage", [b"9", b'2{"not":"a list"}', b'2["patch", nonsense'])
async def test_garbage_ends_the_connection(end: End, garbage: bytes):
    await end.connect()
    end.wire.put_text(garbage)
    assert await asyncio.wait_for(end.connection.ended(), 1)
    assert not end.connection.was_ended_by_server


async def test_it_knows_when_the_server_wanted_the_end(end: End):
    await end.connect()
    end.wire.put_text(socketio_encoder.encode_disconnect("/"))
    await end.connection.ended()
    assert end.connection.was_ended_by_server


async def test_the_servers_close_packet_ends_it(end: End):
    await end.connect()
    end.wire.put(engineio.Close())
    assert await end.connection.ended() == "the server closed the session"


async def test_a_frame_with_its_attachment_is_one_event(end: End):
    await end.connect()
    frame = Frame("room", "epoch", 7, b"\x01\x02")
    text, attachments = socketio_encoder.encode_event("/", "frame", (frame,), None)
    end.wire.put_text(text)
    for attachment in attachments:
        end.wire.put(engineio.Binary(attachment))
    await settle()
    assert end.heard == [("frame", frame)]
