"""WebSocket frames: literal bytes, every split, and the rules of RFC 6455."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kibitz.protocol import websocket as ws
from kibitz.protocol.websocket import (
    CloseFrame,
    Fragment,
    FrameError,
    FrameReader,
    Message,
    PingFrame,
    PongFrame,
)

MASK = bytes.fromhex("37fa213d")


def masked(opcode: int, payload: bytes, *, fin: bool = True, first: int = 0) -> bytes:
    size = len(payload)
    head = bytes(((0x80 if fin else 0) | opcode | first,))
    if size < 126:
        head += bytes((0x80 | size,))
    elif size < 65_536:
        head += bytes((0xFE,)) + size.to_bytes(2, "big")
    else:
        head += bytes((0xFF,)) + size.to_bytes(8, "big")
    return head + MASK + bytes(byte ^ MASK[i % 4] for i, byte in enumerate(payload))


def read_all(reader: FrameReader) -> list[Message]:
    """All but the parts of messages."""
    messages = []
    while (message := reader.next_message()) is not None:
        if not isinstance(message, Fragment):
            messages.append(message)
    return messages


# RFC 6455, section 5.7
PUBLISHED = [
    (bytes.fromhex("818537fa213d7f9f4d5158"), "Hello"),
    (bytes.fromhex("898537fa213d7f9f4d5158"), PingFrame(b"Hello")),
    (bytes.fromhex("8a8537fa213d7f9f4d5158"), PongFrame(b"Hello")),
]
TABLE: list[tuple[bytes, Message]] = [
    *PUBLISHED,
    (masked(ws.TEXT, b""), ""),
    (masked(ws.TEXT, "€".encode()), "€"),
    (masked(ws.BINARY, b""), b""),
    (masked(ws.BINARY, bytes(range(125))), bytes(range(125))),
    (masked(ws.BINARY, bytes(126)), bytes(126)),
    (masked(ws.BINARY, bytes(65_535)), bytes(65_535)),
    (masked(ws.BINARY, bytes(65_536)), bytes(65_536)),
    (masked(ws.CLOSE, b""), CloseFrame(1005, "")),
    (masked(ws.CLOSE, b"\x03\xe8"), CloseFrame(1000, "")),
    (masked(ws.CLOSE, b"\x03\xe8bye"), CloseFrame(1000, "bye")),
    (masked(ws.CLOSE, b"\x0f\xa0"), CloseFrame(4000, "")),
    (masked(ws.TEXT, b"Hel", fin=False) + masked(ws.CONTINUATION, b"lo"), "Hello"),
    (masked(ws.TEXT, b"\xe2", fin=False) + masked(0, b"\x82", fin=False) + masked(0, b"\xac"), "€"),
    (masked(ws.BINARY, b"", fin=False) + masked(ws.CONTINUATION, b""), b""),
]


@pytest.mark.parametrize(("wire", "message"), TABLE)
def test_whole(wire: bytes, message: Message) -> None:
    reader = FrameReader(100_000)
    reader.feed(wire)
    assert read_all(reader) == [message]
    assert reader.rest == b""


@pytest.mark.parametrize(("wire", "message"), [row for row in TABLE if len(row[0]) < 500])
def test_byte_by_byte(wire: bytes, message: Message) -> None:
    reader = FrameReader(100_000)
    messages = []
    for byte in wire:
        reader.feed(bytes((byte,)))
        messages += read_all(reader)
    assert messages == [message]


@pytest.mark.parametrize(("wire", "message"), TABLE)
def test_with_a_tail(wire: bytes, message: Message) -> None:
    reader = FrameReader(100_000)
    reader.feed(wire + masked(ws.TEXT, b"next") + b"\x81")
    assert read_all(reader) == [message, "next"]
    reader.feed(masked(ws.TEXT, b"after")[1:])
    assert read_all(reader) == ["after"]


@pytest.mark.parametrize("size", [0, 1, 3, 4, 125, 126, 127, 65_535, 65_536])
def test_short_way_for_one_whole_text(size: int) -> None:
    text = "k" * size
    assert FrameReader(100_000).whole_text(masked(ws.TEXT, text.encode())) == (
        text if size < 65_536 else None
    )


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"\x81",
        b"\x81\x05hello",
        masked(ws.BINARY, b"a"),
        masked(ws.TEXT, b"a", fin=False),
        masked(ws.TEXT, b"a", first=0x40),
        masked(ws.TEXT, b"a") + b"\x81",
        masked(ws.TEXT, b"a")[:-1],
        masked(ws.TEXT, bytes(200))[:-1],
        b"\x81\xfe\x00\x05" + MASK + b"hello",
        masked(ws.TEXT, bytes(1001)),
    ],
)
def test_the_short_way_leaves_the_rest_to_the_long_one(wire: bytes) -> None:
    assert FrameReader(1000).whole_text(wire) is None


def test_no_short_way_while_something_is_under_way() -> None:
    whole = masked(ws.TEXT, b"a")
    for before in (masked(ws.TEXT, b"x", fin=False), whole[:1], whole[:-1]):
        reader = FrameReader(1000)
        reader.feed(before)
        assert not read_all(reader)
        assert reader.whole_text(whole) is None


def test_short_way_checks_utf8() -> None:
    with pytest.raises(FrameError) as caught:
        FrameReader(1000).whole_text(masked(ws.TEXT, b"\xff"))
    assert caught.value.code == 1007


def test_control_frame_inside_a_fragmented_message() -> None:
    reader = FrameReader(100)
    reader.feed(masked(ws.TEXT, b"a", fin=False) + masked(ws.PING, b"x") + masked(ws.CONTINUATION, b"b"))
    assert read_all(reader) == [PingFrame(b"x"), "ab"]


REFUSED = {
    "not masked": (b"\x81\x01a", 1002),
    "reserved bit 1": (masked(ws.TEXT, b"a", first=0x40), 1002),
    "reserved bit 2": (masked(ws.TEXT, b"a", first=0x20), 1002),
    "reserved bit 3": (masked(ws.TEXT, b"a", first=0x10), 1002),
    "opcode 3": (masked(3, b""), 1002),
    "opcode 11": (masked(11, b""), 1002),
    "opcode 15": (masked(15, b""), 1002),
    "fragmented ping": (masked(ws.PING, b"", fin=False), 1002),
    "long ping": (masked(ws.PING, bytes(126)), 1002),
    "continuation of nothing": (masked(ws.CONTINUATION, b""), 1002),
    "new message inside a fragmented one": (masked(ws.TEXT, b"", fin=False) + masked(ws.TEXT, b""), 1002),
    "two bytes of length for 125": (b"\x82\xfe\x00\x7d" + MASK, 1002),
    "eight bytes of length for 65535": (b"\x82\xff" + (65_535).to_bytes(8, "big") + MASK, 1002),
    "length with the highest bit": (b"\x82\xff" + (1 << 63).to_bytes(8, "big") + MASK, 1002),
    "over the limit": (b"\x82\xfe" + (1001).to_bytes(2, "big"), 1009),
    "far over the limit": (b"\x82\xff" + (1 << 40).to_bytes(8, "big"), 1009),
    "fragments over the limit": (masked(ws.BINARY, bytes(600), fin=False) + masked(0, bytes(401)), 1009),
    "text is not UTF-8": (masked(ws.TEXT, b"\xff"), 1007),
    "surrogate in UTF-8": (masked(ws.TEXT, b"\xed\xa0\x80"), 1007),
    "fragments are not UTF-8": (masked(ws.TEXT, b"\xe2", fin=False) + masked(0, b"a"), 1007),
    "half a close code": (masked(ws.CLOSE, b"\x03"), 1002),
    "close reason is not UTF-8": (masked(ws.CLOSE, b"\x03\xe8\xff"), 1007),
} | {
    f"close code {code}": (masked(ws.CLOSE, code.to_bytes(2, "big")), 1002)
    for code in (0, 999, 1004, 1005, 1006, 1015, 1100, 2999, 5000, 65_535)
}


@pytest.mark.parametrize(("wire", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(wire: bytes, code: int) -> None:
    reader = FrameReader(1000)
    reader.feed(wire)
    with pytest.raises(FrameError) as caught:
        read_all(reader)
    assert caught.value.code == code


def test_exactly_the_limit() -> None:
    reader = FrameReader(1000)
    reader.feed(
        masked(ws.BINARY, bytes(1000)) + masked(ws.BINARY, bytes(500), fin=False) + masked(0, bytes(500))
    )
    assert read_all(reader) == [bytes(1000)] * 2


def test_drip_of_tiny_fragments_takes_no_more_than_its_bytes() -> None:
    """CVE-2026-48779: parts kept as objects exhaust memory long before their bytes do."""
    reader = FrameReader(10_000)
    reader.feed(masked(ws.BINARY, b"", fin=False))
    for _ in range(9_999):
        reader.feed(masked(ws.CONTINUATION, b"x", fin=False) + masked(ws.CONTINUATION, b"", fin=False))
        assert not read_all(reader)
    assert isinstance(reader._parts, bytearray)
    reader.feed(masked(ws.CONTINUATION, b""))
    assert reader.next_message() == b"x" * 9_999


def test_frames_of_a_server() -> None:
    assert ws.frame(ws.TEXT, b"Hello") == bytes.fromhex("810548656c6c6f")
    assert ws.text_frame(b"Hello") == bytes.fromhex("810548656c6c6f")
    assert ws.frame(ws.PONG, b"Hello") == bytes.fromhex("8a0548656c6c6f")
    assert ws.frame(ws.BINARY, bytes(256)) == bytes.fromhex("827e0100") + bytes(256)
    assert ws.text_frame(bytes(126)) == bytes.fromhex("817e007e") + bytes(126)
    assert ws.frame(ws.BINARY, bytes(65_536)) == bytes.fromhex("827f0000000000010000") + bytes(65_536)
    assert ws.close_frame() == b"\x88\x00"
    assert ws.close_frame(1000, "bye") == b"\x88\x05\x03\xe8bye"
    assert len(ws.close_frame(1000, "€" * 100)) <= 127


def test_accept_key() -> None:
    """RFC 6455, section 1.3."""
    assert ws.accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


@pytest.mark.parametrize("key", ["", "x", "dGhlIHNhbXBsZSBub25jZQ=", "*" * 24, "dGhlIHNhbXBsZSBub25jZSEh"])
def test_key_that_is_none(key: str) -> None:
    assert ws.accept_key(key) is None


@given(st.lists(st.binary(max_size=300), max_size=5), st.lists(st.integers(1, 50), min_size=1, max_size=20))
@settings(max_examples=100)
def test_any_cut_gives_the_same_messages(messages: list[bytes], cuts: list[int]) -> None:
    wire = b"".join(masked(ws.BINARY, message) for message in messages)
    reader = FrameReader(1000)
    got: list[Message] = []
    i = 0
    while wire:
        size = cuts[i % len(cuts)]
        i += 1
        reader.feed(wire[:size])
        wire = wire[size:]
        got += read_all(reader)
    assert got == list(messages)


@given(st.binary(max_size=200))
@settings(max_examples=500)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    reader = FrameReader(1000)
    reader.feed(data)
    try:
        read_all(reader)
    except FrameError as error:
        assert error.code in (1002, 1007, 1009)
