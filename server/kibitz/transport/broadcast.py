"""One event for many receivers: encoded once, framed once, the same bytes for everybody."""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from kibitz.protocol import engineio, socketio, websocket

if TYPE_CHECKING:
    from kibitz.transport.namespace import Namespace
    from kibitz.transport.socket import Socket


class EncodedEvent:
    """A Socket.IO packet ready to be written to any connection of its namespace, on any transport.

    `text` is the Engine.IO text packet (`42["name",…]`), `attachments` the binary packets after it.
    """

    def __init__(self, text: bytes, attachments: tuple[bytes, ...] = ()) -> None:
        self.text = text
        self.attachments = attachments

    @cached_property
    def frames(self) -> bytes:
        """All of it as websocket frames."""
        if not self.attachments:
            return websocket.frame(websocket.TEXT, self.text)
        frames = [websocket.frame(websocket.TEXT, self.text)]
        frames += [websocket.frame(websocket.BINARY, data) for data in self.attachments]
        return b"".join(frames)

    @cached_property
    def polled(self) -> tuple[bytes, ...]:
        """All of it as packets of a long-polling payload."""
        return (self.text, *map(engineio.encode_binary_as_text, self.attachments))


def encode(namespace: str, event: str, args: tuple[object, ...]) -> EncodedEvent:
    """Raises `LocalProtocolError` for a reserved event name, more than 10 attachments, or what JSON lacks."""
    text, attachments = socketio.encode_event(namespace, event, args)
    return EncodedEvent(text, attachments)


def broadcast(sockets: Iterable["Socket"], encoded: EncodedEvent, *, but: "Socket | None" = None) -> None:
    """Queue `encoded` for each of `sockets`; it leaves with whatever else this loop turn gives them."""
    for socket in sockets:
        if socket is not but:
            socket.connection_port.channel.send(encoded)


class RoomEmitter:
    """What `Namespace.to(room)` returns: emits to all who are in one of the rooms, each once."""

    def __init__(self, namespace: "Namespace", rooms: tuple[str, ...], but: "Socket | None" = None) -> None:
        self._namespace = namespace
        self._rooms = rooms
        self._but = but

    def to(self, room: str) -> "RoomEmitter":
        return RoomEmitter(self._namespace, (*self._rooms, room), self._but)

    def but(self, socket: "Socket") -> "RoomEmitter":
        """Leave out one socket, usually the one whose event this answers."""
        return RoomEmitter(self._namespace, self._rooms, socket)

    def emit(self, event: str, *args: object) -> None:
        self._namespace.broadcast(self._rooms, self._namespace.encode(event, *args), but=self._but)
