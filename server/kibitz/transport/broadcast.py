"""One event for many receivers: encoded once, framed once, the same bytes for everybody."""

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING

from kibitz.protocol import engineio, socketio_encoder, websocket

if TYPE_CHECKING:
    from kibitz.transport.owed import Render
    from kibitz.transport.socket import Socket


class EncodedPacket:
    """One Engine.IO text packet, ready for either transport.

    `frames` are its websocket frames, made at once because nearly all connections want them;
    `polled` its packets of a long-polling payload.
    """

    __slots__ = ("frames", "text")

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.frames = websocket.text_frame(text)

    @property
    def polled(self) -> tuple[bytes, ...]:
        return (self.text,)


class EncodedBinary:
    """One Engine.IO binary packet, ready for either transport."""

    __slots__ = ("frames", "polled")

    def __init__(self, data: bytes) -> None:
        self.frames = websocket.frame(websocket.BINARY, data)
        self.polled = (engineio.encode_binary_as_text(data),)


class EncodedEvent(EncodedPacket):
    """A Socket.IO packet ready to be written to any connection of its namespace, on any transport.

    `text` is the Engine.IO text packet (`42["name",…]`), `attachments` the binary packets after it.
    """

    __slots__ = ("_polled", "attachments")

    def __init__(self, text: bytes, attachments: tuple[bytes, ...] = ()) -> None:
        self.text = text
        self.attachments = attachments
        self.frames = websocket.text_frame(text)
        if attachments:
            self.frames += b"".join([websocket.frame(websocket.BINARY, data) for data in attachments])
        self._polled: tuple[bytes, ...] | None = None

    @property
    def polled(self) -> tuple[bytes, ...]:
        if self._polled is None:
            self._polled = (self.text, *map(engineio.encode_binary_as_text, self.attachments))
        return self._polled

    def with_last(self, argument: str) -> "EncodedEvent":
        """The event with one more argument at the end, which needs no escapes. Its name is one already."""
        return EncodedEvent(b'%b,"%b"]' % (self.text[:-1], argument.encode()), self.attachments)


PING = EncodedPacket(engineio.PING)
NOOP = EncodedPacket(engineio.NOOP)
CLOSE = EncodedPacket(engineio.CLOSE)
PROBE_ANSWER = EncodedPacket(engineio.PROBE_ANSWER)


def encoded_packet(text: bytes, attachments: tuple[bytes, ...]) -> EncodedPacket:
    """A Socket.IO packet and its attachments; the one without attachments is cheaper."""
    return EncodedEvent(b"4" + text, attachments) if attachments else EncodedPacket(b"4" + text)


def encode(namespace: str, event: str, args: tuple[object, ...]) -> EncodedEvent:
    """Raises `LocalProtocolError` for a reserved event name, more than 10 attachments, or what JSON lacks."""
    text, attachments = socketio_encoder.encode_event(namespace, event, args)
    return EncodedEvent(b"4" + text, attachments)


def broadcast(sockets: Iterable["Socket"], encoded: EncodedEvent, *, but: "Socket | None" = None) -> None:
    """Queue `encoded` for each of `sockets`; it leaves with whatever else this loop turn gives them."""
    for socket in sockets:
        if socket is but:
            continue
        if socket.is_connected:
            socket.session.channel.send(encoded)
        else:
            socket.hold(encoded)


def broadcast_state(
    sockets: Iterable["Socket"],
    key: Hashable,
    encoded: EncodedEvent,
    since: int | None,
    render: "Render | None",
) -> None:
    """Queue `encoded` for those that can be written to; the others are owed the state of `key`."""
    now: EncodedEvent | None = None
    for socket in sockets:
        if socket.is_connected:
            channel = socket.session.channel
            if channel.is_writable:
                if now is None:
                    now = socket.namespace.stamped(encoded)
                channel.send(now)
            else:
                channel.owe(socket, key, encoded, since, render)
        else:
            socket.hold(encoded)


def broadcast_volatile(sockets: Iterable["Socket"], encoded: EncodedEvent) -> None:
    """Queue `encoded` for those of `sockets` that can be written to now; for the others it is dropped."""
    now: EncodedEvent | None = None
    for socket in sockets:
        session = socket.session
        if not socket.is_connected or not session.channel.is_writable:
            session.engine.counters.volatile_dropped += 1
        else:
            if now is None:
                now = socket.namespace.stamped(encoded)
            session.channel.send(now)
