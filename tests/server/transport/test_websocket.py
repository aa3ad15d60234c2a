"""The websocket channel on a wire in memory: what is read of it and in which turn, and how it ends."""

import asyncio

import pytest

from kibitz.protocol.websocket import CLOSE, CONTINUATION, PING, PONG, TEXT
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.session import Session
from kibitz.transport.websocket import MESSAGES_AT_ONCE, WebSocketChannel
from support.memory_wire import MemoryServer, upgrade_request
from support.websocket_wire import close_payload, frame_bytes


def test_open_packet_shares_the_write_of_the_handshake(memory: MemoryServer) -> None:
    wire = memory.websocket()
    assert wire.writes == 1
    assert wire.sent.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in wire.sent
    assert str(wire.take()[0]).startswith('0{"sid":"')


def test_frames_behind_the_handshake_are_read(memory: MemoryServer) -> None:
    wire = memory.acceptor()
    wire.receive(upgrade_request("/socket.io/") + frame_bytes(TEXT, b"40"))
    memory.turn()
    assert [str(message)[:2] for message in wire.take()] == ["0{", "40", "42"]


# ---------------------------------------------------------------- the outbox


def test_peer_that_pings_without_reading_gets_no_backlog(memory: MemoryServer) -> None:
    wire = memory.connected()
    wire.is_stuck = True
    for _ in range(1000):
        wire.receive(frame_bytes(PING, bytes(125)))
    assert len(wire.buffered) < 2_000


# ---------------------------------------------------------------- fairness and closing


async def test_a_flood_of_messages_yields_to_others(memory: MemoryServer) -> None:
    wire = memory.connected()
    wire.send(*['42["message"]'] * (MESSAGES_AT_ONCE + 10))
    assert len(wire.take()) == MESSAGES_AT_ONCE
    assert wire.is_reading_paused
    await asyncio.sleep(0)
    assert len(wire.take()) == 10
    assert not wire.is_reading_paused


async def test_so_does_a_message_of_many_parts(memory: MemoryServer) -> None:
    wire = memory.connected()
    parts = [frame_bytes(TEXT, b"42[", is_final=False)]
    parts += [frame_bytes(CONTINUATION, b" ", is_final=False)] * (2 * MESSAGES_AT_ONCE)
    wire.receive(b"".join([*parts, frame_bytes(CONTINUATION, b'"message"]')]))
    assert wire.is_reading_paused
    assert not wire.take()
    await asyncio.sleep(0)
    assert len(wire.take()) == 1
    assert not wire.is_reading_paused


async def test_floods_take_turns(memory: MemoryServer) -> None:
    """Both had their first messages at once; the lane then serves a few of one, a few of the other."""
    order: list[str] = []
    memory.server.namespace("/").on("turn", lambda _, args, ack: order.append(args[0]))
    wires = [memory.connected() for _ in range(2)]
    for who, wire in zip("ab", wires, strict=True):
        wire.send(*[f'42["turn","{who}"]'] * (3 * MESSAGES_AT_ONCE))
    await asyncio.sleep(0)
    some = MESSAGES_AT_ONCE
    assert "".join(order) == "".join(who * some for who in "ababab")


async def test_one_that_fails_while_it_waits_is_ended_and_the_others_go_on(
    memory: MemoryServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = memory.connected(), memory.connected()
    on_frame = Session.on_frame

    def fails(session: Session, channel: WebSocketChannel, data: str | bytes) -> None:
        if data == "fail":
            raise RuntimeError("nobody thought of it")
        on_frame(session, channel, data)

    monkeypatch.setattr(Session, "on_frame", fails)
    bad.send(*['42["message"]'] * MESSAGES_AT_ONCE, "fail", "more")
    good.send(*['42["message"]'] * (MESSAGES_AT_ONCE + 1))
    good.take()
    await asyncio.sleep(0)
    assert len(good.take()) == 1
    assert bad.is_aborted
    assert "nobody thought of it" in caplog.text


async def test_who_left_is_not_served(memory: MemoryServer) -> None:
    wire = memory.connected()
    wire.send(*['42["message"]'] * (2 * MESSAGES_AT_ONCE))
    wire.take()
    wire.lose()
    await asyncio.sleep(0)
    assert not wire.take()


def test_control_frames(memory: MemoryServer) -> None:
    wire = memory.connected()
    wire.receive(frame_bytes(PONG, b"unsolicited") + frame_bytes(PING, b"x"))
    assert wire.sent == b"\x8a\x01x"


def test_client_closes(memory: MemoryServer) -> None:
    reasons: list[DisconnectReason] = []
    memory.server.namespace("/").on_disconnect(lambda socket, reason: reasons.append(reason))
    wire = memory.connected()
    wire.receive(frame_bytes(CLOSE, close_payload(1000, "bye")) + frame_bytes(TEXT, b'42["message"]'))
    assert wire.take() == ["close 1000"]
    assert wire.is_closed
    assert reasons == [DisconnectReason.TRANSPORT_CLOSE]
    wire.lose()
    assert reasons == [DisconnectReason.TRANSPORT_CLOSE]


def test_server_closes_and_waits_for_the_answer(memory: MemoryServer) -> None:
    wire = memory.connected()
    next(iter(memory.server.namespace("/").sockets.values())).disconnect(close=True)
    assert wire.take() == ["41", "close"]
    assert not wire.is_closed
    wire.send('42["message"]')
    wire.receive(frame_bytes(CLOSE, b""))
    assert wire.is_closed
    assert wire.take() == []


def test_server_does_not_wait_for_ever(memory: MemoryServer) -> None:
    wire = memory.connected()
    next(iter(memory.server.namespace("/").sockets.values())).disconnect(close=True)
    memory.advance(4_999)
    assert not wire.is_aborted
    memory.advance(1)
    assert wire.is_aborted


@pytest.mark.parametrize(
    ("wire_bytes", "code"),
    [
        (b"\x81\x01a", 1002),
        (frame_bytes(TEXT, b"\xff"), 1007),
        (frame_bytes(TEXT, b"", claimed_length=1_000_001), 1009),
    ],
    ids=["not masked", "not UTF-8", "too large"],  # the masks of these bytes are random
)
def test_broken_frames_close_with_their_code(memory: MemoryServer, wire_bytes: bytes, code: int) -> None:
    reasons: list[DisconnectReason] = []
    memory.server.namespace("/").on_disconnect(lambda socket, reason: reasons.append(reason))
    wire = memory.connected()
    wire.receive(wire_bytes + b"anything")
    assert wire.take() == [f"close {code}"]
    assert wire.has_eof
    assert reasons == [DisconnectReason.TRANSPORT_ERROR]
