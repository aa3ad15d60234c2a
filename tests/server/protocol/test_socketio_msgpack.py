"""Packets of socket.io-msgpack-parser, both ways, and what is none."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.protocol import socketio_msgpack as wire
from kibitz.protocol.errors import DecodeError, LocalProtocolError
from kibitz.protocol.limits import KIBITZ_LIMITS
from kibitz.protocol.socketio import Ack, Connect, ConnectError, Disconnect, Event, InvalidEvent, TypedEvent

# Made with notepack.io 3.0.1, as socket.io-client 4.8.4 with socket.io-msgpack-parser 3.0.2 sends them.
CONNECT_WITHOUT_AUTH = bytes.fromhex("83a47479706500a464617461d40000a36e7370a12f")


def packet(**fields: object) -> bytes:
    return msgspec.msgpack.encode({"nsp": "/", **fields})


def test_table_of_packets() -> None:
    decoder = wire.MsgpackDecoder()
    for data, expected in {
        CONNECT_WITHOUT_AUTH: Connect("/", {}),
        packet(type=0, data={"token": "t"}): Connect("/", {"token": "t"}),
        packet(type=0, nsp="/custom", data=None): Connect("/custom", {}),
        packet(type=1): Disconnect("/"),
        packet(type=2, data=["m", 1, b"\x01", {"a": []}]): Event("/", "m", [1, b"\x01", {"a": []}], None),
        packet(type=2, data=[7], id=0, options={"compress": True}): Event("/", "7", [], 0),
        packet(type=3, data=[1.5], id=12): Ack("/", [1.5], 12),
        packet(type=4, data={"message": "no"}): ConnectError("/", {"message": "no"}),
    }.items():  # fmt: skip
        assert decoder.feed_binary(data) == expected
    assert decoder.pending_namespace is None


def test_array_buffers_of_browsers() -> None:
    data = packet(type=2, data=["m", msgspec.msgpack.Ext(0, b"\x01\x02\x03"), msgspec.msgpack.Ext(0, b"\0")])
    assert wire.MsgpackDecoder().feed_binary(data) == Event("/", "m", [b"\x01\x02\x03", None], None)


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\xc1", b"\x01", msgspec.msgpack.encode([1]), msgspec.msgpack.encode({}),
        packet(type=5), packet(type=-1), packet(type="2"), packet(type=True, data=["m"]), packet(type=2.0),
        packet(type=2), packet(type=2, data={}), packet(type=2, data=[]), packet(type=2, data=["connect"]),
        packet(type=2, data=[None]), packet(type=2, data=["m"], id=-1), packet(type=2, data=["m"], id="1"),
        packet(type=2, data=["m"], id=2**53), packet(type=2, data=["m"], nsp=1),
        packet(type=2, data=["m"], nsp="x"),
        packet(type=2, data=["m"], nsp="/" + "x" * 128), packet(type=3, data=[]), packet(type=3, id=1),
        packet(type=1, data=[1]), packet(type=1, id=1), packet(type=0, data=[]), packet(type=4, data="text"),
        packet(type=2, data=["m", msgspec.msgpack.Ext(5, b"x")]),
        packet(type=2, data=["m", nested(5000 // 50)]),
        packet(type=2, data=["m"]) + b"\0", b"\x91" * 100_000 + b"\x01", b"\x81\x91\x01\x01",
    ],
)  # fmt: skip
def test_no_packets(data: bytes) -> None:
    with pytest.raises(DecodeError):
        wire.MsgpackDecoder(KIBITZ_LIMITS).feed_binary(data)


def test_text_is_no_packet() -> None:
    with pytest.raises(DecodeError):
        wire.MsgpackDecoder().feed_text('2["m"]')


@given(st.binary(max_size=200))
def test_any_bytes_are_a_packet_or_a_decode_error(data: bytes) -> None:
    try:
        wire.MsgpackDecoder().feed_binary(data)
    except DecodeError:
        pass


class Move(msgspec.Struct):
    column: int
    data: bytes = b""


def test_typed_events() -> None:
    shapes = {"/": {"move": msgspec.json.Decoder(tuple[str, Move])}}
    decoder = wire.MsgpackDecoder(shapes=shapes)  # type: ignore[arg-type]
    assert decoder.feed_binary(
        packet(type=2, data=["move", {"column": 3, "data": b"x"}], id=1)
    ) == TypedEvent("/", "move", Move(3, b"x"), 1)
    for wrong in ({"column": "3"}, None, [3]):
        assert isinstance(decoder.feed_binary(packet(type=2, data=["move", wrong])), InvalidEvent)
    assert isinstance(decoder.feed_binary(packet(type=2, data=["move"])), InvalidEvent)


class Patch(msgspec.Struct):
    version: int
    ops: msgspec.Raw
    inner: "Patch | None" = None


def test_json_text_is_decoded_first() -> None:
    raw = msgspec.Raw(b'[{"op":"add"}]')
    data = wire.encode_event("/", "m", (raw, [raw], Patch(1, raw, Patch(2, raw)), Move(4, b"\1")), 5)
    ops = [{"op": "add"}]
    assert msgspec.msgpack.decode(data) == {
        "type": 2,
        "nsp": "/",
        "data": [
            "m",
            ops,
            [ops],
            {"version": 1, "ops": ops, "inner": {"version": 2, "ops": ops, "inner": None}},
            {"column": 4, "data": b"\1"},
        ],
        "id": 5,
    }


def test_other_packets() -> None:
    decode: Any = msgspec.msgpack.decode
    assert decode(wire.encode_connect("/c", {"sid": "a"})) == {"type": 0, "nsp": "/c", "data": {"sid": "a"}}
    assert decode(wire.encode_disconnect("/")) == {"type": 1, "nsp": "/"}
    assert decode(wire.encode_ack("/", (), 7)) == {"type": 3, "nsp": "/", "data": [], "id": 7}
    assert decode(wire.encode_connect_error("/", "no", {"c": 1})) == {
        "type": 4,
        "nsp": "/",
        "data": {"message": "no", "data": {"c": 1}},
    }
    assert decode(wire.with_last(wire.encode_event("/", "m", (b"x",)), "o"))["data"] == ["m", b"x", "o"]


@pytest.mark.parametrize("args", [(object(),), (2**70,), (nested(5000),)])
def test_cannot_be_sent(args: tuple[object, ...]) -> None:
    with pytest.raises(LocalProtocolError):
        wire.encode_event("/", "m", args)
    with pytest.raises(LocalProtocolError):
        wire.encode_event("/", "connect", ())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.binary(max_size=8)
    | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=10,
)  # fmt: skip


@given(st.lists(VALUES, max_size=4), st.none() | st.integers(0, 2**53 - 1))
def test_round_trip(args: list[object], packet_id: int | None) -> None:
    data = wire.encode_event("/x", "m", tuple(args), packet_id)
    assert wire.MsgpackDecoder().feed_binary(data) == Event("/x", "m", args, packet_id)


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(b"\x81\x01\x02", id="number"),
        pytest.param(b"\x81" + b"\x91" * 300 + b"\x00\x01", id="nested arrays"),
        pytest.param(b"\x91\x81\xc4\x01a\x01", id="bytes, further in"),
        pytest.param(b"\x81\xc0\x01", id="nil"),
    ],
)
def test_keys_are_text(odd: bytes) -> None:
    """What a key holds is looked at by nobody, and `auth` promises text."""
    event = b"\x83\xa4type\x02\xa3nsp\xa1/\xa4data\x92\xa1e" + odd
    connect = b"\x83\xa4type\x00\xa3nsp\xa1/\xa4data" + odd
    for packet in (event, connect):
        with pytest.raises(DecodeError):
            wire.MsgpackDecoder().feed_binary(packet)
