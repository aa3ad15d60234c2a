"""The cases 7 of the Autobahn test suite, by their numbers: closing."""

import pytest

from support.autobahn_wire import HELLO, INVALID_LONG, more, text, write
from support.websocket_wire import (
    CLOSE,
    PING,
    WireSocket,
    close_payload,
    frame_bytes,
)


async def test_message_then_close_7_1_1(raw: WireSocket) -> None:
    await raw.send_raw(text(HELLO) + frame_bytes(CLOSE, close_payload(1000)))
    assert await raw.text() == "4" + HELLO
    assert (await raw.closing()).code == 1000
    await raw.hung_up()


AFTER_CLOSE = {
    "7.1.2": frame_bytes(CLOSE, close_payload(1000)),
    "7.1.3": frame_bytes(PING, b"late"),
    "7.1.4": text(HELLO),
}


@pytest.mark.parametrize("late", AFTER_CLOSE.values(), ids=AFTER_CLOSE.keys())
async def test_nothing_counts_after_a_close(raw: WireSocket, late: bytes) -> None:
    await raw.send_raw(frame_bytes(CLOSE, close_payload(1000)) + late)
    assert (await raw.closing()).code == 1000
    await raw.hung_up()


async def test_close_within_a_message_7_1_5(raw: WireSocket) -> None:
    frames = [text("fragment1", is_final=False), frame_bytes(CLOSE, close_payload(1000)), more("fragment2")]
    await write(raw, frames, "at once")
    assert (await raw.closing()).code == 1000


async def test_much_then_close_7_1_6(raw: WireSocket) -> None:
    big = "BAsd7&jh23" * 26_214
    await raw.send_raw(text(big) + text(HELLO) + frame_bytes(CLOSE, close_payload(1000)) + frame_bytes(PING))
    assert await raw.text() == "4" + big
    assert await raw.text() == "4" + HELLO
    assert (await raw.closing()).code == 1000


GOOD_CLOSES = {
    "7.3.1": b"",
    "7.3.3": close_payload(1000),
    "7.3.4": close_payload(1000, HELLO),
    "7.3.5": close_payload(1000, "*" * 123),
}


@pytest.mark.parametrize("payload", GOOD_CLOSES.values(), ids=GOOD_CLOSES.keys())
async def test_close_is_answered(raw: WireSocket, payload: bytes) -> None:
    await raw.send_frame(CLOSE, payload)
    closed = await raw.closing()
    assert closed.had_frame
    assert closed.code in ({1000} if payload else {None, 1000})
    await raw.hung_up()


BAD_CLOSES = {"7.3.2": (b"a", 1002), "7.3.6": (close_payload(1000, "*" * 124), 1002)}


@pytest.mark.parametrize(("payload", "code"), BAD_CLOSES.values(), ids=BAD_CLOSES.keys())
async def test_malformed_close(raw: WireSocket, payload: bytes, code: int) -> None:
    await raw.send_frame(CLOSE, payload)
    assert (await raw.closing()).code == code


async def test_reason_that_is_no_text_7_5_1(raw: WireSocket) -> None:
    await raw.send_frame(CLOSE, close_payload(1000) + INVALID_LONG)
    assert (await raw.closing()).code == 1007


@pytest.mark.parametrize(
    "code",
    [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999],
    ids="7.7 {}".format,
)
async def test_valid_close_code(raw: WireSocket, code: int) -> None:
    await raw.send_frame(CLOSE, close_payload(code))
    assert (await raw.closing()).code == code


@pytest.mark.parametrize(
    "code",
    [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535],
    ids="7.9 and 7.13 {}".format,
)
async def test_invalid_close_code(raw: WireSocket, code: int) -> None:
    await raw.send_frame(CLOSE, close_payload(code))
    assert (await raw.closing()).code == 1002
