"""Socket.IO v5 packets as they are written, attachments taken out, and what cannot be written."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kibitz.protocol import socketio_encoder
from kibitz.protocol.errors import LocalProtocolError
from kibitz.protocol.socketio import Event, PacketDecoder


class Move(msgspec.Struct, forbid_unknown_fields=True):
    column: int
    args: msgspec.Raw = msgspec.Raw(b"{}")


def test_encode_event() -> None:
    assert socketio_encoder.encode_event("/", "m", (1, "é", None)) == ('2["m",1,"é",null]'.encode(), ())
    assert socketio_encoder.encode_event("/custom", "m", (), 12) == (b'2/custom,12["m"]', ())
    assert socketio_encoder.encode_event("/", "m", (msgspec.Raw(b'{"a":1}'), Move(1)))[0] == (
        b'2["m",{"a":1},{"column":1,"args":{}}]'
    )


@pytest.mark.parametrize("namespace", ["/", "/custom"])
def test_what_is_json_already_is_written_as_it_is(namespace: str) -> None:
    move = Move(1)
    ready = msgspec.json.encode(move)
    event = socketio_encoder.encode_json_event(namespace, "m", ready)
    assert event == socketio_encoder.encode_event(namespace, "m", (move,))[0]
    ack = socketio_encoder.encode_json_ack(namespace, ready, 7)
    assert ack == socketio_encoder.encode_ack(namespace, (move,), 7)[0]


def test_encode_attachments() -> None:
    text, attachments = socketio_encoder.encode_event("/", "m", (b"\x01", {"a": [bytearray(b"\x02")]}), 3)
    assert text == b'52-3["m",{"_placeholder":true,"num":0},{"a":[{"_placeholder":true,"num":1}]}]'
    assert attachments == (b"\x01", b"\x02")
    assert socketio_encoder.encode_ack("/c", (memoryview(b"x"),), 0) == (
        b'61-/c,0[{"_placeholder":true,"num":0}]',
        (b"x",),
    )


class Frame(msgspec.Struct):
    tick: int
    data: bytes
    mask: bytes | msgspec.UnsetType = msgspec.UNSET


def test_binary_fields_of_structs_become_attachments() -> None:
    assert socketio_encoder.encode_event("/", "frame", (Frame(7, b"\x01"),)) == (
        b'51-["frame",{"tick":7,"data":{"_placeholder":true,"num":0}}]',
        (b"\x01",),
    )
    assert socketio_encoder.encode_event("/", "frames", ([Frame(1, b"a", b"b")],)) == (
        b'52-["frames",[{"tick":1,"data":{"_placeholder":true,"num":0},"mask":{"_placeholder":true,"num":1}}]]',
        (b"a", b"b"),
    )


def test_encode_others() -> None:
    assert socketio_encoder.encode_connect("/", {"sid": "a"}) == b'0{"sid":"a"}'
    assert socketio_encoder.encode_connect("/c") == b"0/c,"
    assert socketio_encoder.encode_disconnect("/") == b"1"
    assert socketio_encoder.encode_disconnect("/c") == b"1/c,"
    assert socketio_encoder.encode_connect_error("/c", "no") == b'4/c,{"message":"no"}'
    assert (
        socketio_encoder.encode_connect_error("/", "no", {"code": 1})
        == b'4{"message":"no","data":{"code":1}}'
    )
    assert socketio_encoder.encode_ack("/", (), 7) == (b"37[]", ())


def test_what_json_lacks() -> None:
    assert socketio_encoder.encode_json([float("nan"), float("inf")]) == b"[null,null]"
    assert socketio_encoder.encode_json(["\ud800", msgspec.Raw(b"1")]) == b'["\\ud800",1]'
    assert json.loads(socketio_encoder.encode_json({"a": Move(1), "b": "\udfff"}))["a"]["column"] == 1


def _deep(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("connect", ()),
        ("m", (object(),)),
        ("m", ([b""] * 11,)),
        ("m", (_deep(5000),)),
        ("m", ("\ud800", object())),
    ],
)
def test_cannot_be_sent(name: str, args: tuple[object, ...]) -> None:
    with pytest.raises(LocalProtocolError):
        socketio_encoder.encode_event("/", name, args)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def _count_binary(value: object) -> int:
    if isinstance(value, bytes):
        return 1
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sum(map(_count_binary, items))


@given(st.lists(JSON, max_size=4), st.none() | st.integers(0, 2**53 - 1), st.sampled_from(["/", "/custom"]))
@settings(max_examples=200)
def test_round_trip(args: list[object], packet_id: int | None, namespace: str) -> None:
    if _count_binary(args) > 10 or any("_placeholder" in str(arg) for arg in args):
        return
    text, attachments = socketio_encoder.encode_event(namespace, "m", tuple(args), packet_id)
    decoder = PacketDecoder()
    packet = decoder.feed_text(text.decode())
    for data in attachments:
        assert packet is None
        packet = decoder.feed_binary(data)
    assert packet == Event(namespace, "m", args, packet_id)
