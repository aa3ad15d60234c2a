"""RFC 6455, section 5: sizes, control frames, reserved bits and opcodes, masks, fragments.

Every case runs by both ways in, against the raw echo: text is an Engine.IO message (`4…`), binary
comes back as it is.
"""

import pytest

from support.websocket_wire import (
    BINARY,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    Frame,
    WireSocket,
    frame_bytes,
)

SIZES = [1, 124, 125, 126, 127, 128, 65534, 65535, 65536, 65537, 262_144]


async def _pong(socket: WireSocket, payload: bytes) -> None:
    assert await socket.frame() == Frame(PONG, payload)


@pytest.mark.parametrize("size", SIZES)
async def test_text_of_any_size(raw: WireSocket, size: int) -> None:
    message = "4" + "k" * (size - 1)
    await raw.send(message)
    assert await raw.text() == message


@pytest.mark.parametrize("size", [0, *SIZES])
async def test_binary_of_any_size(raw: WireSocket, size: int) -> None:
    message = bytes(index & 0xFF for index in range(size))
    await raw.send(message)
    assert await raw.receive() == message


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1000])
async def test_frames_in_small_writes(raw: WireSocket, chunk: int) -> None:
    data = frame_bytes(TEXT, b"4hello") + frame_bytes(BINARY, bytes(300)) + frame_bytes(PING, b"p")
    for start in range(0, len(data), chunk):
        await raw.send_raw(data[start : start + chunk])
    got = [await raw.frame() for _ in range(3)]
    assert [frame for frame in got if frame.opcode == PONG] == [Frame(PONG, b"p")]
    messages = [frame for frame in got if frame.opcode != PONG]  # a pong may overtake them
    assert messages == [Frame(TEXT, b"4hello"), Frame(BINARY, bytes(300))]


@pytest.mark.parametrize("mask", [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\1\2\3\4"])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 63, 64, 65, 1001])
async def test_any_mask(raw: WireSocket, mask: bytes, size: int) -> None:
    message = bytes((index * 7) & 0xFF for index in range(size))
    await raw.send_raw(frame_bytes(BINARY, message, mask=mask))
    assert await raw.receive() == message


@pytest.mark.parametrize("payload", [b"", b"hello", bytes(range(125)), b"\xff\xfe\x00"])
async def test_ping_is_answered_with_its_payload(raw: WireSocket, payload: bytes) -> None:
    await raw.send_frame(PING, payload)
    await _pong(raw, payload)


async def test_ten_pings_are_answered_in_order(raw: WireSocket) -> None:
    await raw.send_raw(b"".join(frame_bytes(PING, b"%d" % number) for number in range(10)))
    for number in range(10):
        await _pong(raw, b"%d" % number)


async def test_pong_that_nobody_asked_for_is_ignored(raw: WireSocket) -> None:
    await raw.send_frame(PONG)
    await raw.send_frame(PONG, b"unsolicited")
    await raw.send("4x")
    assert await raw.text() == "4x"


VIOLATIONS = {
    "ping of 126 bytes": frame_bytes(PING, bytes(126)),
    "pong of 126 bytes": frame_bytes(PONG, bytes(126)),
    "close of 126 bytes": frame_bytes(0x8, b"\x03\xe8" + bytes(124)),
    "ping in fragments": frame_bytes(PING, b"a", is_final=False) + frame_bytes(CONTINUATION, b"b"),
    "pong in fragments": frame_bytes(PONG, b"a", is_final=False) + frame_bytes(CONTINUATION, b"b"),
    "close in fragments": frame_bytes(0x8, b"\x03\xe8", is_final=False),
    "text without a mask": frame_bytes(TEXT, b"4x", is_masked=False),
    "ping without a mask": frame_bytes(PING, b"x", is_masked=False),
    "continuation of nothing": frame_bytes(CONTINUATION, b"4x"),
    "unfinished continuation of nothing": frame_bytes(CONTINUATION, b"4x", is_final=False),
    "text inside a message": frame_bytes(TEXT, b"4a", is_final=False) + frame_bytes(TEXT, b"4b"),
    "binary inside a message": frame_bytes(TEXT, b"4a", is_final=False) + frame_bytes(BINARY, b"b"),
    **{f"reserved bits {bits}": frame_bytes(TEXT, b"4x", reserved=bits) for bits in range(1, 8)},
    "reserved bit on a ping": frame_bytes(PING, b"x", reserved=4),
    "reserved bit on a continuation": frame_bytes(TEXT, b"4a", is_final=False)
    + frame_bytes(CONTINUATION, b"b", reserved=2),
    **{f"opcode {code}": frame_bytes(code, b"x") for code in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
}


@pytest.mark.parametrize("data", VIOLATIONS.values(), ids=VIOLATIONS.keys())
async def test_violation_fails_the_connection_with_1002(raw: WireSocket, data: bytes) -> None:
    await raw.send_raw(data)
    assert (await raw.closing()).code == 1002
    await raw.hung_up()


async def test_what_came_before_a_violation_is_answered(raw: WireSocket) -> None:
    await raw.send_raw(frame_bytes(TEXT, b"4first") + frame_bytes(TEXT, b"4second", reserved=4))
    assert await raw.text() == "4first"
    assert (await raw.closing()).code == 1002


async def test_nothing_after_a_violation_counts(raw: WireSocket) -> None:
    await raw.send_raw(frame_bytes(3, b"x") + frame_bytes(TEXT, b"4late"))
    assert (await raw.closing()).code == 1002


@pytest.mark.parametrize("length", [1_000_001, 2**31, 2**32, 2**62])
async def test_length_over_the_limit_is_refused_before_its_payload(raw: WireSocket, length: int) -> None:
    await raw.send_raw(frame_bytes(BINARY, b"start", claimed_length=length))
    assert (await raw.closing()).code == 1009


async def test_length_with_the_highest_bit_is_refused(raw: WireSocket) -> None:
    await raw.send_raw(frame_bytes(BINARY, b"start", claimed_length=2**63))
    assert (await raw.closing()).code in (1002, 1009)


async def test_two_fragments(raw: WireSocket) -> None:
    await raw.send_frame(TEXT, b"4frag", is_final=False)
    await raw.send_frame(CONTINUATION, b"ment")
    assert await raw.text() == "4fragment"


@pytest.mark.parametrize("empties", [(0,), (1,), (2,), (0, 1, 2)])
async def test_empty_fragments(raw: WireSocket, empties: tuple[int, ...]) -> None:
    parts = [b"" if index in empties else bytes([65 + index]) for index in range(3)]
    await raw.send_frame(BINARY, parts[0], is_final=False)
    await raw.send_frame(CONTINUATION, parts[1], is_final=False)
    await raw.send_frame(CONTINUATION, parts[2])
    assert await raw.receive() == b"".join(parts)


async def test_ping_between_fragments_is_answered_at_once(raw: WireSocket) -> None:
    await raw.send_frame(TEXT, b"4a", is_final=False)
    await raw.send_frame(PING, b"between")
    await _pong(raw, b"between")
    await raw.send_frame(CONTINUATION, b"b", is_final=False)
    await raw.send_frame(PING)
    await _pong(raw, b"")
    await raw.send_frame(CONTINUATION, b"c")
    assert await raw.text() == "4abc"


@pytest.mark.parametrize(("size", "pieces"), [(65_536, 50), (65_536, 1024), (1_000_000, 16)])
async def test_message_in_many_fragments(raw: WireSocket, size: int, pieces: int) -> None:
    message = bytes((index * 31) & 0xFF for index in range(size))
    step = -(-size // pieces)
    parts = [message[start : start + step] for start in range(0, size, step)]
    last = len(parts) - 1
    await raw.send_raw(
        b"".join(
            frame_bytes(CONTINUATION if index else BINARY, part, is_final=index == last)
            for index, part in enumerate(parts)
        )
    )
    assert await raw.receive() == message


async def test_fragments_over_the_limit_close_with_1009(raw: WireSocket) -> None:
    await raw.send_frame(BINARY, bytes(600_000), is_final=False)
    await raw.send_frame(CONTINUATION, bytes(400_001), is_final=False)
    assert (await raw.closing()).code == 1009


async def test_one_message_after_the_other(raw: WireSocket) -> None:
    await raw.send_raw(
        frame_bytes(TEXT, b"4a", is_final=False)
        + frame_bytes(CONTINUATION, b"b")
        + frame_bytes(BINARY, b"c", is_final=False)
        + frame_bytes(CONTINUATION, b"d")
        + frame_bytes(TEXT, b"4e")
    )
    assert [await raw.receive() for _ in range(3)] == ["4ab", b"cd", "4e"]
