"""Engine.IO v4 packets, as text and as long-polling payloads.

Source: engine.io-protocol v4. On a websocket a binary packet is a bare binary frame; in a payload it
is `b` and base64. A raw text message may not hold the payload's separator, 0x1e: JSON escapes it,
and `encode_text` refuses it.
"""

from base64 import b64decode, b64encode
from binascii import Error as BinasciiError
from typing import Literal, assert_never

import msgspec

from kibitz.protocol.errors import DecodeError, LocalProtocolError
from kibitz.protocol.limits import SOCKETIO_LIMITS, Limits

PROTOCOL_VERSION = "4"
SEPARATOR = b"\x1e"
_SEPARATOR_TEXT = "\x1e"

PING = b"2"
PONG = b"3"
NOOP = b"6"
CLOSE = b"1"
PROBE = "2probe"
PROBE_ANSWER = b"3probe"


class Open(msgspec.Struct, frozen=True):
    """The server's first packet. Durations in milliseconds."""

    sid: str
    upgrades: tuple[Literal["websocket"], ...]
    pingInterval: int  # noqa: N815 - the names of the wire
    pingTimeout: int  # noqa: N815
    maxPayload: int  # noqa: N815


class Close(msgspec.Struct, frozen=True):
    """The peer ends the session."""


class Ping(msgspec.Struct, frozen=True):
    data: str = ""


class Pong(msgspec.Struct, frozen=True):
    data: str = ""


class Text(msgspec.Struct, frozen=True):
    data: str


class Binary(msgspec.Struct, frozen=True):
    data: bytes


class Upgrade(msgspec.Struct, frozen=True):
    """The client has moved to the probed transport."""


class Noop(msgspec.Struct, frozen=True):
    """Ends a pending poll."""


Packet = Open | Close | Ping | Pong | Text | Binary | Upgrade | Noop

_CLOSE, _UPGRADE, _NOOP = Close(), Upgrade(), Noop()
_OPEN_DECODER = msgspec.json.Decoder(Open)


def decode_packet(text: str) -> Packet:
    """One packet of a text frame or of a payload. Raises `DecodeError`."""
    match text[:1]:
        case "4":
            return Text(text[1:])
        case "b":
            return Binary(_decode_base64(text[1:]))
        case "2":
            return Ping(text[1:])
        case "3":
            return Pong(text[1:])
        case "1" if len(text) == 1:
            return _CLOSE
        case "5" if len(text) == 1:
            return _UPGRADE
        case "6" if len(text) == 1:
            return _NOOP
        case "0":
            try:
                return _OPEN_DECODER.decode(text[1:])
            except msgspec.DecodeError as error:
                raise DecodeError("open packet without its five fields") from error
        case "":
            raise DecodeError("empty packet")
        case _:
            raise DecodeError("unknown packet type")


def encode_packet(packet: Packet) -> bytes:
    """As a text frame carries it. Raises `LocalProtocolError` for text with the separator."""
    match packet:
        case Text():
            return encode_text(packet.data)
        case Binary():
            return encode_binary_as_text(packet.data)
        case Ping():
            return PING + packet.data.encode()
        case Pong():
            return PONG + packet.data.encode()
        case Open():
            return b"0" + msgspec.json.encode(packet)
        case Close():
            return CLOSE
        case Upgrade():
            return b"5"
        case Noop():
            return NOOP
        case _:
            assert_never(packet)


def encode_text(data: str) -> bytes:
    """A message packet. Raises `LocalProtocolError` if `data` holds 0x1e or a lone surrogate."""
    if _SEPARATOR_TEXT in data:
        raise LocalProtocolError("a text message cannot hold the separator 0x1e")
    try:
        return b"4" + data.encode()
    except UnicodeEncodeError as error:
        raise LocalProtocolError("a text message cannot hold a lone surrogate") from error


def encode_binary_as_text(data: bytes) -> bytes:
    return b"b" + b64encode(data)


def decode_payload(body: bytes, limits: Limits = SOCKETIO_LIMITS) -> list[Packet]:
    """All packets of a POST body or of a poll's answer. Raises `DecodeError`; then none of them counts."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise DecodeError("payload is not UTF-8") from error
    if text.count(_SEPARATOR_TEXT) >= limits.payload_packets_max:
        raise DecodeError("too many packets in a payload")
    return [decode_packet(part) for part in text.split(_SEPARATOR_TEXT)]


def _decode_base64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (BinasciiError, ValueError) as error:
        raise DecodeError("binary packet is not base64") from error
