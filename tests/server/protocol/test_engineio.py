"""Engine.IO v4 packets: one table for both directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.protocol import engineio
from kibitz.protocol.engineio import Binary, Close, Noop, Open, Packet, Ping, Pong, Text, Upgrade
from kibitz.protocol.errors import DecodeError, LocalProtocolError
from kibitz.protocol.limits import Limits

TABLE: list[tuple[Packet, str]] = [
    (Text("hello"), "4hello"),
    (Text(""), "4"),
    (Text("€"), "4€"),
    (Binary(b"\x01\x02\x03\x04"), "bAQIDBA=="),
    (Binary(b""), "b"),
    (Ping(), "2"),
    (Ping("probe"), "2probe"),
    (Pong(), "3"),
    (Pong("probe"), "3probe"),
    (Close(), "1"),
    (Upgrade(), "5"),
    (Noop(), "6"),
    (
        Open("abc", ("websocket",), 300, 200, 1_000_000),
        '0{"sid":"abc","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,"maxPayload":1000000}',
    ),
]


@pytest.mark.parametrize(("packet", "wire"), TABLE)
def test_encode(packet: Packet, wire: str) -> None:
    assert engineio.encode_packet(packet) == wire.encode()


@pytest.mark.parametrize(("packet", "wire"), TABLE)
def test_decode(packet: Packet, wire: str) -> None:
    assert engineio.decode_packet(wire) == packet


def test_payload_holds_all_packets_in_order() -> None:
    wire = "\x1e".join(wire for _, wire in TABLE).encode()
    assert engineio.decode_payload(wire) == [packet for packet, _ in TABLE]


@pytest.mark.parametrize(
    "wire",
    ["", "abc", "7", "1x", "5x", "6x", "0", "0{}", "0[", "b*", "bAQ", "bAQIDBA=", "bAQID BA=="],
)
def test_refused(wire: str) -> None:
    with pytest.raises(DecodeError):
        engineio.decode_packet(wire)


@pytest.mark.parametrize("body", [b"", b"4a\x1e", b"\x1e4a", b"4a\x1e\x1e4b", b"4\xff", b"4a\x1eabc"])
def test_refused_payload(body: bytes) -> None:
    with pytest.raises(DecodeError):
        engineio.decode_payload(body)


def test_payload_of_too_many_packets() -> None:
    limits = Limits(payload_packets_max=3)
    assert len(engineio.decode_payload(b"4\x1e4\x1e4", limits)) == 3
    with pytest.raises(DecodeError, match="too many packets"):
        engineio.decode_payload(b"4\x1e4\x1e4\x1e4", limits)


@pytest.mark.parametrize("text", ["a\x1eb", "\ud800"])
def test_text_that_no_payload_can_hold(text: str) -> None:
    with pytest.raises(LocalProtocolError):
        engineio.encode_text(text)


@given(st.text())
def test_any_text_decodes_or_is_refused(text: str) -> None:
    try:
        engineio.decode_packet(text)
    except DecodeError as error:
        assert error.rule
