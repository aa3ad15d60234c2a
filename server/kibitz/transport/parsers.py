"""How Socket.IO packets are written: as text with attachments (JSON), or as msgpack. One for a server."""

from typing import Protocol

from kibitz.protocol import engineio, socketio_encoder, socketio_msgpack, websocket
from kibitz.protocol.limits import Limits
from kibitz.protocol.socketio import Packet, PacketDecoder, Shapes
from kibitz.protocol.socketio_msgpack import MsgpackDecoder
from kibitz.transport.broadcast import EncodedBinary, EncodedEvent, EncodedPacket, encode, encoded_packet
from kibitz.transport.outbox import Encoded


class Decoder(Protocol):
    """The receiving half of one connection."""

    @property
    def pending_namespace(self) -> str | None: ...

    def feed_text(self, text: str) -> Packet | None: ...

    def feed_binary(self, data: bytes) -> Packet | None: ...


class Parser(Protocol):
    """Clients have to use the same. Errors are those of `socketio_encoder`."""

    def decoder(self, limits: Limits, shapes: Shapes) -> Decoder: ...

    def event(self, namespace: str, name: str, args: tuple[object, ...]) -> EncodedEvent: ...

    def question(self, namespace: str, name: str, args: tuple[object, ...], packet_id: int) -> Encoded:
        """An event that asks for an acknowledgement."""
        ...

    def ack(self, namespace: str, args: tuple[object, ...], packet_id: int) -> Encoded: ...

    def connect(self, namespace: str, data: object) -> Encoded: ...

    def connect_error(self, namespace: str, message: str, data: object = None) -> Encoded: ...

    def disconnect(self, namespace: str) -> Encoded: ...


class JsonParser:
    """Socket.IO's own."""

    def decoder(self, limits: Limits, shapes: Shapes) -> Decoder:
        return PacketDecoder(limits, shapes)

    def event(self, namespace: str, name: str, args: tuple[object, ...]) -> EncodedEvent:
        return encode(namespace, name, args)

    def question(self, namespace: str, name: str, args: tuple[object, ...], packet_id: int) -> Encoded:
        return encoded_packet(*socketio_encoder.encode_event(namespace, name, args, packet_id))

    def ack(self, namespace: str, args: tuple[object, ...], packet_id: int) -> Encoded:
        return encoded_packet(*socketio_encoder.encode_ack(namespace, args, packet_id))

    def connect(self, namespace: str, data: object) -> Encoded:
        return EncodedPacket(b"4" + socketio_encoder.encode_connect(namespace, data))

    def connect_error(self, namespace: str, message: str, data: object = None) -> Encoded:
        return EncodedPacket(b"4" + socketio_encoder.encode_connect_error(namespace, message, data))

    def disconnect(self, namespace: str) -> Encoded:
        return EncodedPacket(b"4" + socketio_encoder.encode_disconnect(namespace))


class MsgpackParser:
    """socket.io-msgpack-parser: smaller with binary data in it, larger and slower without."""

    def decoder(self, limits: Limits, shapes: Shapes) -> Decoder:
        return MsgpackDecoder(limits, shapes)

    def event(self, namespace: str, name: str, args: tuple[object, ...]) -> EncodedEvent:
        return _MsgpackEvent(socketio_msgpack.encode_event(namespace, name, args))

    def question(self, namespace: str, name: str, args: tuple[object, ...], packet_id: int) -> Encoded:
        return EncodedBinary(socketio_msgpack.encode_event(namespace, name, args, packet_id))

    def ack(self, namespace: str, args: tuple[object, ...], packet_id: int) -> Encoded:
        return EncodedBinary(socketio_msgpack.encode_ack(namespace, args, packet_id))

    def connect(self, namespace: str, data: object) -> Encoded:
        return EncodedBinary(socketio_msgpack.encode_connect(namespace, data))

    def connect_error(self, namespace: str, message: str, data: object = None) -> Encoded:
        return EncodedBinary(socketio_msgpack.encode_connect_error(namespace, message, data))

    def disconnect(self, namespace: str) -> Encoded:
        return EncodedBinary(socketio_msgpack.encode_disconnect(namespace))


class _MsgpackEvent(EncodedEvent):
    __slots__ = ()

    def __init__(self, packet: bytes) -> None:
        self.text = b""
        self.attachments = (packet,)
        self.frames = websocket.frame(websocket.BINARY, packet)
        self._polled = None

    @property
    def polled(self) -> tuple[bytes, ...]:
        if self._polled is None:
            self._polled = (engineio.encode_binary_as_text(self.attachments[0]),)
        return self._polled

    def with_last(self, argument: str) -> EncodedEvent:
        return _MsgpackEvent(socketio_msgpack.with_last(self.attachments[0], argument))


JSON = JsonParser()
MSGPACK = MsgpackParser()
