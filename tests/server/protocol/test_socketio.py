"""Socket.IO v5 packets: literal texts both ways, and everything that has to be refused."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kibitz.protocol.errors import DecodeError
from kibitz.protocol.limits import KIBITZ_LIMITS, Limits
from kibitz.protocol.socketio import (
    RESERVED_EVENTS,
    Ack,
    Connect,
    ConnectError,
    Disconnect,
    EmptyEvent,
    Event,
    InvalidEvent,
    Packet,
    PacketDecoder,
    TypedEvent,
)

TABLE: list[tuple[str, Packet]] = [
    ("0", Connect("/", {})),
    ('0{"token":"123"}', Connect("/", {"token": "123"})),
    ("0/custom,", Connect("/custom", {})),
    ("0/custom", Connect("/custom", {})),
    ("0/custom?x=1,", Connect("/custom?x=1", {})),
    ('0/custom,{"a":1}', Connect("/custom", {"a": 1})),
    ("1", Disconnect("/")),
    ("1/custom,", Disconnect("/custom")),
    ('2["message",1,"2",{"3":[true]}]', Event("/", "message", [1, "2", {"3": [True]}], None)),
    ('2456["message"]', Event("/", "message", [], 456)),
    ('2/custom,1["m"]', Event("/custom", "m", [], 1)),
    ('29007199254740991["m"]', Event("/", "m", [], 2**53 - 1)),
    ('22147483648["m"]', Event("/", "m", [], 2**31)),
    ("2[1,2]", Event("/", "1", [2], None)),
    ('2["m",{"_placeholder":true,"num":0}]', Event("/", "m", [{"_placeholder": True, "num": 0}], None)),
    ('2["m","\\ud800"]', Event("/", "m", ["\ud800"], None)),
    ("2", EmptyEvent("/")),
    ("3456[]", Ack("/", [], 456)),
    ("3/custom,1[null]", Ack("/custom", [None], 1)),
    ('4/random,{"message":"Invalid namespace"}', ConnectError("/random", {"message": "Invalid namespace"})),
]


@pytest.mark.parametrize(("text", "packet"), TABLE)
def test_decode(text: str, packet: Packet) -> None:
    assert PacketDecoder().feed_text(text) == packet


REFUSED = {
    "empty": "",
    "unknown type": "7[]",
    "letters": "abc",
    "connect with array": "0[]",
    "connect with string": '0"a"',
    "connect with null": "0null",
    "connect with broken JSON": '0{"a"',
    "connect with id": "01{}",
    "disconnect with payload": '1["x"]',
    "disconnect with object": "1{}",
    "event with object": "2{}",
    "event with empty array": "2[]",
    "event with null name": "2[null]",
    "event with boolean name": "2[true]",
    "event with bad id": '2abc["m"]',
    "event with signed id": '2-1["m"]',
    "event with foreign digits": '2٣["m"]',
    "event with id too large": '29007199254740992["m"]',
    "event with id too long": "2" + "1" * 17 + '["m"]',
    "trailing garbage": '2["m"]x',
    "not a number": '2["m",NaN]',
    "infinity": '2["m",Infinity]',
    "overflow": '2["m",1e999]',
    "surrogate and garbage": '2["m","\\ud800",NaN]',
    "too deep": '2["m",' + "[" * 300 + "]" * 300 + "]",
    "far too deep": '2["m",' + "[" * 5000 + "]" * 5000 + "]",
    "deep and unfinished": "2" + "[" * 100_000,
    "ack without id": "3[]",
    "ack with object": "31{}",
    "ack with nothing": "31",
    "error without payload": "4",
    "binary event without count": '5["m"]',
    "binary event without digits": '5-["m"]',
    "binary event with letters": '5a-["m"]',
    "binary event with sign": '5+1-["m"]',
    "no attachments": '50-["m"]',
    "too many attachments": '511-["m"]',
    "count too long": '500001-["m"]',
    "binary ack without id": "61-[]",
    "namespace too long": "2/" + "n" * 200 + ',["m"]',
} | {f"reserved {name}": json.dumps([name]).join(["2", ""]) for name in sorted(RESERVED_EVENTS)}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_refused(text: str) -> None:
    with pytest.raises(DecodeError) as caught:
        PacketDecoder().feed_text(text)
    assert caught.value.rule


# ---------------------------------------------------------------- attachments


def test_attachments_take_their_places() -> None:
    decoder = PacketDecoder()
    holes = (
        '{"_placeholder":true,"num":0},{"a":[{"_placeholder":true,"num":1}]},{"_placeholder":true,"num":0}'
    )
    assert decoder.feed_text(f'52-/custom,7["m",{holes}]') is None
    assert decoder.pending_namespace == "/custom"
    assert decoder.feed_binary(b"\x01") is None
    assert decoder.feed_binary(b"\x02") == Event("/custom", "m", [b"\x01", {"a": [b"\x02"]}, b"\x01"], 7)
    assert decoder.pending_namespace is None


def test_binary_ack() -> None:
    decoder = PacketDecoder()
    assert decoder.feed_text('61-9[{"_placeholder":true,"num":0}]') is None
    assert decoder.feed_binary(b"x") == Ack("/", [b"x"], 9)


@pytest.mark.parametrize("number", ["1", "-1", '"0"', "true", "0.0", "null", "1e3"])
def test_placeholder_out_of_range(number: str) -> None:
    decoder = PacketDecoder()
    decoder.feed_text('51-["m",{"_placeholder":true,"num":' + number + "}]")
    with pytest.raises(DecodeError, match="placeholder"):
        decoder.feed_binary(b"")


def test_binary_without_packet() -> None:
    with pytest.raises(DecodeError):
        PacketDecoder().feed_binary(b"")


def test_text_between_attachments() -> None:
    decoder = PacketDecoder()
    decoder.feed_text('51-["m",{"_placeholder":true,"num":0}]')
    with pytest.raises(DecodeError, match="between"):
        decoder.feed_text('2["m"]')


def test_attachments_are_bounded_together() -> None:
    decoder = PacketDecoder(Limits(packet_bytes_max=100))
    decoder.feed_text('52-["m",{"_placeholder":true,"num":0}]')
    decoder.feed_binary(bytes(50))
    with pytest.raises(DecodeError, match="too large"):
        decoder.feed_binary(bytes(50))


def test_profiles_differ_in_depth_and_attachments() -> None:
    deep = '2["m",' + "[" * 20 + "]" * 20 + "]"
    assert PacketDecoder().feed_text(deep) is not None
    with pytest.raises(DecodeError, match="deep"):
        PacketDecoder(KIBITZ_LIMITS).feed_text(deep)
    with pytest.raises(DecodeError, match="attachments"):
        PacketDecoder(KIBITZ_LIMITS).feed_text('55-["m"]')


def test_many_flat_brackets_are_not_deep() -> None:
    assert PacketDecoder(KIBITZ_LIMITS).feed_text('2["m",' + ",".join(["[]"] * 100) + "]") is not None


# ---------------------------------------------------------------- registered types


class Move(msgspec.Struct, forbid_unknown_fields=True):
    column: int
    args: msgspec.Raw = msgspec.Raw(b"{}")


SHAPES: dict[str, dict[str, msgspec.json.Decoder[Any]]] = {
    "/": {"move": msgspec.json.Decoder(tuple[str, Move])}
}


def test_typed_event() -> None:
    packet = PacketDecoder(shapes=SHAPES).feed_text('25["move",{"column":3,"args":{"x":1}}]')
    assert isinstance(packet, TypedEvent)
    assert packet.id == 5
    assert packet.message == Move(3, msgspec.Raw(b'{"x":1}'))


@pytest.mark.parametrize(
    "payload",
    [
        '["move"]',
        '["move",1]',
        '["move",{"column":"3"}]',
        '["move",{"column":3,"y":1}]',
        '["move",{"column":3},1]',
        '["move",{"column":3,"args":"\\ud800","z":"\\ud800"}]',
    ],
)
def test_invalid_event_is_told_apart_from_broken_json(payload: str) -> None:
    packet = PacketDecoder(shapes=SHAPES).feed_text(f"25{payload}")
    assert isinstance(packet, InvalidEvent)
    assert packet.id == 5
    assert packet.error


@pytest.mark.parametrize(
    "payload", ['["move",{"column":3}', '["move",{"column":"3"}]]', '["move",' + "[" * 300]
)
def test_typed_event_that_is_no_json(payload: str) -> None:
    with pytest.raises(DecodeError):
        PacketDecoder(shapes=SHAPES).feed_text(f"2{payload}")


def test_typed_event_with_attachments_is_invalid() -> None:
    decoder = PacketDecoder(shapes=SHAPES)
    decoder.feed_text('51-3["move",{"_placeholder":true,"num":0}]')
    assert isinstance(decoder.feed_binary(b""), InvalidEvent)


def test_types_belong_to_their_namespace() -> None:
    assert isinstance(PacketDecoder(shapes=SHAPES).feed_text('2/x,["move",1]'), Event)


def test_typed_event_nested_too_deeply() -> None:
    args = "[" * 20 + "]" * 20
    with pytest.raises(DecodeError, match="deep"):
        PacketDecoder(KIBITZ_LIMITS, SHAPES).feed_text('2["move",{"column":1,"args":' + args + "}]")


@given(st.text(alphabet='0123456789-/,[]{}":truenlabc\\ud', max_size=40))
@settings(max_examples=500)
def test_any_text_decodes_or_is_refused(text: str) -> None:
    try:
        PacketDecoder(shapes=SHAPES).feed_text(text)
    except DecodeError as error:
        assert error.rule


class Frame(msgspec.Struct):
    tick: int
    data: bytes


def test_typed_events_may_have_attachments() -> None:
    decoder = PacketDecoder(shapes={"/": {"frame": msgspec.json.Decoder(tuple[str, Frame])}})
    assert decoder.feed_text('51-7["frame",{"tick":1,"data":{"_placeholder":true,"num":0}}]') is None
    assert decoder.feed_binary(b"\x01") == TypedEvent("/", "frame", Frame(1, b"\x01"), 7)
    assert decoder.feed_text('51-["frame",{"tick":"1","data":{"_placeholder":true,"num":0}}]') is None
    assert isinstance(decoder.feed_binary(b"\x01"), InvalidEvent)
