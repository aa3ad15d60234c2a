"""RFC 6455, sections 5.5.1 and 7: closing."""

import pytest

from support.websocket_wire import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    TEXT,
    WireSocket,
    close_payload,
    frame_bytes,
)


async def _close_echo(socket: WireSocket) -> int | None:
    """The server's own close frame, and then the end of the connection."""
    closed = await socket.closing()
    assert closed.had_frame
    await socket.hung_up()
    return closed.code


@pytest.mark.parametrize(
    "code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]
)
async def test_valid_close_is_answered(raw: WireSocket, code: int) -> None:
    await raw.send_frame(CLOSE, close_payload(code))
    assert await _close_echo(raw) in (code, 1000)


async def test_close_without_a_code_is_answered(raw: WireSocket) -> None:
    await raw.send_frame(CLOSE)
    assert await _close_echo(raw) in (None, 1000)


@pytest.mark.parametrize("reason", ["", "bye", "κόσμε", "k" * 123], ids=["none", "short", "utf-8", "longest"])
async def test_close_with_a_reason_is_answered(raw: WireSocket, reason: str) -> None:
    await raw.send_frame(CLOSE, close_payload(1000, reason))
    assert await _close_echo(raw) == 1000


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
async def test_code_that_must_not_be_sent_fails_with_1002(raw: WireSocket, code: int) -> None:
    await raw.send_frame(CLOSE, close_payload(code))
    assert await _close_echo(raw) == 1002


async def test_close_of_one_byte_fails_with_1002(raw: WireSocket) -> None:
    await raw.send_frame(CLOSE, b"\x03")
    assert await _close_echo(raw) == 1002


async def test_reason_that_is_not_utf8_fails(raw: WireSocket) -> None:
    await raw.send_frame(CLOSE, close_payload(1000) + b"\xce\xba\xe1\xbd\xb9\xcf\x83\xed\xa0\x80")
    assert await _close_echo(raw) in (1007, 1002)


@pytest.mark.parametrize(
    "late",
    [
        frame_bytes(TEXT, b"4late"),
        frame_bytes(BINARY, b"late"),
        frame_bytes(PING, b"late"),
        frame_bytes(CLOSE, close_payload(1000)),
        frame_bytes(3, b"late"),
    ],
    ids=["text", "binary", "ping", "close", "violation"],
)
async def test_nothing_after_a_close_counts(raw: WireSocket, late: bytes) -> None:
    await raw.send_raw(frame_bytes(CLOSE, close_payload(1000)) + late)
    assert await _close_echo(raw) == 1000


async def test_message_before_the_close_is_answered_first(raw: WireSocket) -> None:
    await raw.send_raw(frame_bytes(TEXT, b"4before") + frame_bytes(CLOSE, close_payload(1000)))
    assert await raw.text() == "4before"
    assert await _close_echo(raw) == 1000


async def test_close_inside_a_message_ends_it(raw: WireSocket) -> None:
    await raw.send_raw(
        frame_bytes(TEXT, b"4half", is_final=False)
        + frame_bytes(CLOSE, close_payload(1000))
        + frame_bytes(CONTINUATION, b"way")
    )
    assert await _close_echo(raw) == 1000


async def test_close_after_large_messages_comes_last(raw: WireSocket) -> None:
    message = "4" + "k" * 200_000
    await raw.send_raw(frame_bytes(TEXT, message.encode()) * 4 + frame_bytes(CLOSE, close_payload(1000)))
    assert [await raw.text() for _ in range(4)] == [message] * 4
    assert await _close_echo(raw) == 1000
