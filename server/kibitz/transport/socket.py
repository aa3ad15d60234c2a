"""A client's connection to one namespace, as the application sees it."""

from asyncio import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kibitz.ids import SocketId
from kibitz.transport.broadcast import EncodedEvent
from kibitz.transport.handshake import Handshake

if TYPE_CHECKING:
    from kibitz.transport.connection import Connection
    from kibitz.transport.namespace import Namespace
    from kibitz.transport.session import Session


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """`last_ping_ms`: time of the latest answered ping, milliseconds since 1970 UTC, None before it.

    `latency_ms`: ping to pong as the server measures it, smoothed (each new value counts an eighth).
    """

    status: Literal["connected", "disconnected"]
    transport: Literal["websocket", "polling"]
    last_ping_ms: int | None
    latency_ms: int | None


class AckTimeout(Exception):
    """The client did not acknowledge in time."""


class SocketDisconnected(Exception):
    """The socket went away before the client acknowledged."""


class AlreadyAcknowledged(RuntimeError):
    """An `Ack` was called twice; the client was answered by the first call."""


class Ack:
    """Answers one event of a client: `ack()` sends `[]`, `ack(None)` sends `[null]`.

    May be called later, and once; nothing is sent unless it is called. After the socket
    disconnected it does nothing. Arguments as for `Socket.emit`.
    """

    __slots__ = ("_id", "_socket", "is_used")

    def __init__(self, socket: "Socket", packet_id: int) -> None:
        self._socket = socket
        self._id = packet_id
        self.is_used = False

    def __call__(self, *args: object) -> None:
        """Raises `AlreadyAcknowledged` at the second call."""
        raise NotImplementedError


class Socket:
    """`id` is public to the application, never a secret; `data` is the application's own slot.

    Compared and hashed by identity.
    """

    __slots__ = ("__weakref__", "_connection", "data", "id", "is_connected", "namespace", "rooms")

    def __init__(self, connection: "Connection", namespace: "Namespace", socket_id: SocketId) -> None:
        self._connection = connection
        self.namespace = namespace
        self.id = socket_id
        self.data: object = None
        self.rooms: set[str] = set()
        self.is_connected = False

    @property
    def handshake(self) -> Handshake:
        raise NotImplementedError

    @property
    def connection(self) -> ConnectionState:
        raise NotImplementedError

    @property
    def connection_port(self) -> "Session":
        """The Engine.IO session below; for the transport's own modules."""
        raise NotImplementedError

    def enter(self, room: str) -> None:
        raise NotImplementedError

    def leave(self, room: str) -> None:
        """Rooms are left by themselves at disconnect (after the `on_disconnect` handlers)."""
        raise NotImplementedError

    def emit(self, event: str, *args: object) -> None:
        """Send an event. `args` may hold what JSON has, msgspec Structs, `msgspec.Raw` (JSON already
        encoded) and, in lists and dicts, `bytes` (sent as attachments). Nothing happens if disconnected.

        Raises `LocalProtocolError` for a reserved name, over 10 attachments, or values JSON lacks.
        """
        raise NotImplementedError

    def emit_with_ack(self, event: str, *args: object, timeout_ms: int = 10_000) -> "Future[list[object]]":
        """As `emit`; the future gets the client's arguments, `AckTimeout` or `SocketDisconnected`."""
        raise NotImplementedError

    def send(self, encoded: EncodedEvent, *, is_volatile: bool = False) -> None:
        """Send what `namespace.encode` made. A volatile event is dropped if nothing can be written now."""
        raise NotImplementedError

    def disconnect(self, *, close: bool = False) -> None:
        """Leave the namespace, or with `close` end the whole connection. `on_disconnect` handlers run
        before this returns (reason `server namespace disconnect` or `forced server close`)."""
        raise NotImplementedError
