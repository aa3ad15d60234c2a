"""Our own writing of the cases 1 to 5 of the Autobahn test suite, by their numbers.

Every case runs by both ways in against the raw echo. What the suite judges "non-strict" is judged strictly
here. Cases 12 and 13 are about compression, which is off.
"""

import pytest

from support.autobahn_wire import HELLO, HOWS, more, text, write, write_in
from support.websocket_wire import (
    BINARY,
    CLOSE,
    PING,
    PONG,
    Frame,
    WireSocket,
    frame_bytes,
)

# ---------------------------------------------------------------- 1: framing

SIZES = {"1": 0, "2": 125, "3": 126, "4": 127, "5": 128, "6": 65535, "7": 65536}


@pytest.mark.parametrize("size", SIZES.values(), ids=[f"1.1.{case}" for case in SIZES])
async def test_text(raw: WireSocket, size: int) -> None:
    await raw.send_raw(text("*" * size))
    assert await raw.text() == "4" + "*" * size


async def test_text_in_chops_1_1_8(raw: WireSocket) -> None:
    await write_in(raw, text("*" * 65536), 997)
    assert await raw.text() == "4" + "*" * 65536


@pytest.mark.parametrize("size", SIZES.values(), ids=[f"1.2.{case}" for case in SIZES])
async def test_binary(raw: WireSocket, size: int) -> None:
    await raw.send_raw(frame_bytes(BINARY, b"\xfe" * size))
    assert await raw.receive() == b"\xfe" * size


async def test_binary_in_chops_1_2_8(raw: WireSocket) -> None:
    await write_in(raw, frame_bytes(BINARY, b"\xfe" * 65536), 997)
    assert await raw.receive() == b"\xfe" * 65536


# ---------------------------------------------------------------- 2: pings and pongs

PINGS = {"2.1": b"", "2.2": HELLO.encode(), "2.3": b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff", "2.4": b"\xfe" * 125}


@pytest.mark.parametrize("payload", PINGS.values(), ids=PINGS.keys())
async def test_ping(raw: WireSocket, payload: bytes) -> None:
    await raw.send_frame(PING, payload)
    assert await raw.frame() == Frame(PONG, payload)


async def test_ping_too_long_2_5(raw: WireSocket) -> None:
    await raw.send_frame(PING, b"\xfe" * 126)
    assert (await raw.closing()).code == 1002


async def test_ping_byte_by_byte_2_6(raw: WireSocket) -> None:
    await write(raw, [frame_bytes(PING, b"\xfe" * 125)], "byte by byte")
    assert await raw.frame() == Frame(PONG, b"\xfe" * 125)


@pytest.mark.parametrize("payload", [b"", b"unsolicited pong payload"], ids=["2.7", "2.8"])
async def test_pong_unasked(raw: WireSocket, payload: bytes) -> None:
    await raw.send_frame(PONG, payload)
    await raw.send("4still here")
    assert await raw.text() == "4still here"


async def test_pong_unasked_then_ping_2_9(raw: WireSocket) -> None:
    await raw.send_frame(PONG, b"unsolicited pong payload")
    await raw.send_frame(PING, b"ping payload")
    assert await raw.frame() == Frame(PONG, b"ping payload")


@pytest.mark.parametrize("how", ["at once", "byte by byte"], ids=["2.10", "2.11"])
async def test_ten_pings(raw: WireSocket, how: str) -> None:
    await write(raw, [frame_bytes(PING, b"payload-%d" % number) for number in range(10)], how)
    for number in range(10):
        assert await raw.frame() == Frame(PONG, b"payload-%d" % number)


# ---------------------------------------------------------------- 3 and 4: reserved bits and opcodes


async def test_reserved_bit_3_1(raw: WireSocket) -> None:
    await raw.send_raw(text(HELLO, reserved=1))
    assert (await raw.closing()).code == 1002


@pytest.mark.parametrize("how", HOWS, ids=["3.2", "3.3", "3.4"])
async def test_reserved_bit_after_a_good_message(raw: WireSocket, how: str) -> None:
    await write(raw, [text(HELLO), text(HELLO, reserved=2), frame_bytes(PING)], how)
    assert await raw.text() == "4" + HELLO
    assert (await raw.closing()).code == 1002


RESERVED = {"3.5": (BINARY, 5, b"\x00\xff"), "3.6": (PING, 6, HELLO.encode()), "3.7": (CLOSE, 7, b"")}


@pytest.mark.parametrize(("opcode", "bits", "payload"), RESERVED.values(), ids=RESERVED.keys())
async def test_reserved_bits_elsewhere(raw: WireSocket, opcode: int, bits: int, payload: bytes) -> None:
    await raw.send_frame(opcode, payload, reserved=bits)
    assert (await raw.closing()).code == 1002


OPCODES = {f"4.1.{code - 2}": code for code in range(3, 8)} | {
    f"4.2.{code - 10}": code for code in range(11, 16)
}


@pytest.mark.parametrize("opcode", OPCODES.values(), ids=OPCODES.keys())
@pytest.mark.parametrize("payload", [b"", b"reserved opcode payload"], ids=["empty", "payload"])
@pytest.mark.parametrize("how", HOWS)
async def test_reserved_opcode(raw: WireSocket, opcode: int, payload: bytes, how: str) -> None:
    await write(raw, [text(HELLO), frame_bytes(opcode, payload), frame_bytes(PING)], how)
    assert await raw.text() == "4" + HELLO
    assert (await raw.closing()).code == 1002


# ---------------------------------------------------------------- 5: fragments

CONTROLS = {"5.1": PING, "5.2": PONG}


@pytest.mark.parametrize("opcode", CONTROLS.values(), ids=CONTROLS.keys())
async def test_control_frames_are_never_fragments(raw: WireSocket, opcode: int) -> None:
    await raw.send_raw(frame_bytes(opcode, b"fragment1", is_final=False) + more("fragment2"))
    assert (await raw.closing()).code == 1002


@pytest.mark.parametrize("how", HOWS, ids=["5.3", "5.4", "5.5"])
async def test_two_fragments(raw: WireSocket, how: str) -> None:
    await write(raw, [text("fragment1", is_final=False), more("fragment2")], how)
    assert await raw.text() == "4fragment1fragment2"


@pytest.mark.parametrize("how", HOWS, ids=["5.6", "5.7", "5.8"])
async def test_a_ping_between_two_fragments(raw: WireSocket, how: str) -> None:
    frames = [text("fragment1", is_final=False), frame_bytes(PING, b"ping payload"), more("fragment2")]
    await write(raw, frames, how)
    assert await raw.frame() == Frame(PONG, b"ping payload")
    assert await raw.text() == "4fragment1fragment2"


@pytest.mark.parametrize("is_final", [True, False], ids=["5.9 to 5.11", "5.12 to 5.14"])
@pytest.mark.parametrize("how", HOWS)
async def test_continuation_of_nothing(raw: WireSocket, how: str, *, is_final: bool) -> None:
    await write(raw, [more("non-continuation payload", is_final=is_final), text(HELLO)], how)
    assert (await raw.closing()).code == 1002


async def test_continuation_after_a_whole_message_5_15(raw: WireSocket) -> None:
    frames = [text("fragment1", is_final=False), more("fragment2"), more("fragment3", is_final=False)]
    await write(raw, [*frames, text("fragment4")], "at once")
    assert await raw.text() == "4fragment1fragment2"
    assert (await raw.closing()).code == 1002


@pytest.mark.parametrize("is_final", [False, True], ids=["5.16", "5.17"])
async def test_continuation_before_its_message(raw: WireSocket, *, is_final: bool) -> None:
    frames = [more("fragment1", is_final=is_final), text("fragment2", is_final=False), more("fragment3")]
    await write(raw, frames * 2, "at once")
    assert (await raw.closing()).code == 1002


async def test_a_message_within_a_message_5_18(raw: WireSocket) -> None:
    await write(raw, [text("fragment1", is_final=False), text("fragment2")], "at once")
    assert (await raw.closing()).code == 1002


@pytest.mark.parametrize("how", HOWS, ids=["5.19", "5.20", "5.20 at once"])
async def test_five_fragments_with_pings_between(raw: WireSocket, how: str) -> None:
    first = [
        text("fragment1", is_final=False),
        more("fragment2", is_final=False),
        frame_bytes(PING, b"pongme 1!"),
    ]
    await write(raw, first, how)
    assert await raw.frame() == Frame(PONG, b"pongme 1!")
    rest = [
        more("fragment3", is_final=False),
        more("fragment4", is_final=False),
        frame_bytes(PING, b"pongme 2!"),
        more("fragment5"),
    ]
    await write(raw, rest, how)
    assert await raw.frame() == Frame(PONG, b"pongme 2!")
    assert await raw.text() == "4fragment1fragment2fragment3fragment4fragment5"
