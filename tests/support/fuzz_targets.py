"""What coverage-guided fuzzing calls: each decoder of bytes that a stranger may send, by name.

A target returns or raises one of the errors that its decoder declares; both are fine. Anything else,
and any difference between two ways to feed the same bytes, is a finding.
"""

from collections.abc import Callable

import msgspec

from kibitz.protocol import engineio, socketio, socketio_encoder
from kibitz.protocol.errors import LocalProtocolError, RemoteProtocolError
from kibitz.protocol.limits import KIBITZ_LIMITS, SOCKETIO_LIMITS
from kibitz.protocol.messages import CLIENT_EVENTS
from kibitz.protocol.socketio_msgpack import MsgpackDecoder
from kibitz.protocol.websocket import CloseFrame, FrameReader
from kibitz.sync import canonical
from kibitz.transport.handshake import Handshake, HeadError, parse_head

MESSAGE_BYTES_MAX = 256
"""Small, so that short inputs reach what is over it, too."""
INPUT_BYTES_MAX = {"engineio-payload": 2_200}
"""Of the other targets `INPUT_BYTES_USUAL`: enough for each limit. A run costs what its bytes cost; with
4 KiB, fed in pieces of a few bytes, ten million runs took most of a day."""
INPUT_BYTES_USUAL = 512
PACKETS_MAX = 16

_SHAPES: socketio.Shapes = {
    "/": {
        name: msgspec.json.Decoder(tuple[str, asked])  # type: ignore[valid-type]
        for name, (asked, _) in CLIENT_EVENTS.items()
    }
}


def _text(data: bytes) -> str:
    return data.decode("utf-8", "ignore")


def engineio_packet(data: bytes) -> None:
    """A packet that was decoded is, encoded, decoded to the same."""
    try:
        packet = engineio.decode_packet(_text(data))
        encoded = engineio.encode_packet(packet)
    except (RemoteProtocolError, LocalProtocolError):  # what a frame may carry and a payload may not
        return
    if engineio.decode_packet(encoded.decode()) != packet:
        raise AssertionError(f"{packet} does not come back")


def engineio_payload(data: bytes) -> None:
    for limits in (SOCKETIO_LIMITS, KIBITZ_LIMITS):
        try:
            engineio.decode_payload(data, limits)
        except RemoteProtocolError:
            pass


def socketio_packets(data: bytes) -> None:
    """A few packets one after the other, divided by line feeds; those that begin with NUL are binary."""
    for limits, shapes in ((SOCKETIO_LIMITS, {}), (KIBITZ_LIMITS, _SHAPES)):
        decoder = socketio.PacketDecoder(limits, shapes)
        try:
            for part in data.split(b"\n", PACKETS_MAX - 1):
                packet = (
                    decoder.feed_binary(part[1:]) if part[:1] == b"\0" else decoder.feed_text(_text(part))
                )
                if isinstance(packet, socketio.Event):
                    try:
                        socketio_encoder.encode_event(
                            packet.namespace, packet.name, tuple(packet.args), packet.id
                        )
                    except LocalProtocolError:
                        pass
        except RemoteProtocolError:
            pass


def socketio_msgpack(data: bytes) -> None:
    for limits, shapes in ((SOCKETIO_LIMITS, {}), (KIBITZ_LIMITS, _SHAPES)):
        try:
            MsgpackDecoder(limits, shapes).feed_binary(data)
        except RemoteProtocolError:
            pass


def _messages(pieces: list[bytes]) -> list[object]:
    """What a reader makes of bytes that come in these pieces, and how it ends."""
    reader, found = FrameReader(MESSAGE_BYTES_MAX), list[object]()
    try:
        for piece in pieces:
            reader.feed(piece)
            while (message := reader.next_message()) is not None:
                found.append(message)
                if isinstance(message, CloseFrame):
                    return found
    except RemoteProtocolError as error:
        found.append(str(error))
    return found


def websocket_frames(data: bytes) -> None:
    """Any split of the bytes gives the same messages; the first byte says where the split is.

    Into 17 pieces at most: beyond that a long input only takes longer.
    """
    if not data:
        return
    rest = data[1:]
    step = max(data[0] % 16 + 1, len(rest) // 16)
    whole = _messages([rest])
    split = _messages([rest[start : start + step] for start in range(0, len(rest), step)])
    if whole != split:
        raise AssertionError(f"{whole} at once, {split} in pieces of {step}")
    try:
        text = FrameReader(MESSAGE_BYTES_MAX).whole_text(rest)
    except RemoteProtocolError:
        return
    if text is not None and whole != [text]:
        raise AssertionError(f"{text!r} by the short way, {whole} by the long one")


def request_head(data: bytes) -> None:
    try:
        head = parse_head(data)
    except HeadError:
        return
    handshake = Handshake(data.partition(b"\r\n")[2], head.path, head.query_string, "", 0)
    _ = handshake.headers, handshake.query, handshake.cookies


def canonical_json(data: bytes) -> None:
    """What canonical JSON takes, it gives back as the same bytes."""
    try:
        value = msgspec.json.decode(data)
        encoded = canonical.encode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, canonical.CanonicalError, RecursionError):
        return
    if canonical.encode(msgspec.json.decode(encoded)) != encoded:
        raise AssertionError(f"{encoded!r} does not come back")


TARGETS: dict[str, Callable[[bytes], None]] = {
    "canonical-json": canonical_json,
    "engineio-packet": engineio_packet,
    "engineio-payload": engineio_payload,
    "request-head": request_head,
    "socketio-msgpack": socketio_msgpack,
    "socketio-packets": socketio_packets,
    "websocket-frames": websocket_frames,
}

SEEDS: dict[str, list[bytes]] = {
    "canonical-json": [b'{"a":[1,true,null,"\\u00e9"],"b":{"c":-9007199254740991}}'],
    "engineio-packet": [
        b'0{"sid":"a","upgrades":[],"pingInterval":1,"pingTimeout":1,"maxPayload":1}',
        b"2probe",
    ],
    "engineio-payload": [b"4a\x1e4b\x1e2", b"bAQID\x1e4x", b"4\x1e" * 1_030 + b"4"],
    "request-head": [
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nCookie: a=b; c=d\r\nOrigin: http://a"
    ],
    "socketio-msgpack": [
        msgspec.msgpack.encode({"type": 2, "nsp": "/", "data": ["ping", {"sent_ms": 1}], "id": 7}),
        msgspec.msgpack.encode({"type": 0, "nsp": "/", "data": {"token": "x"}}),
        msgspec.msgpack.encode({"type": 3, "nsp": "/", "data": [b"\0\1", None, [[]]], "id": 1}),
    ],
    "socketio-packets": [
        b'0/a,{"token":"x"}\n2/a,1["act",{"room":"r","epoch":"e","id":"0123456789abcdef","base":1,"type":"t"}]',
        b'51-7["a",{"_placeholder":true,"num":0}]\n\x00bytes\n3/a,4["b"]\n1/a,',
    ],
    "websocket-frames": [b"\x02\x81\x82\x00\x00\x00\x004a\x89\x80\x00\x00\x00\x00\x88\x80\x00\x00\x00\x00"],
}
"""What fuzzing begins with where there is no corpus yet."""
