"""A Socket.IO namespace: its handlers, its sockets and its rooms."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from kibitz.ids import SocketId
from kibitz.transport.broadcast import EncodedEvent, RoomEmitter
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.socket import Ack, Socket

if TYPE_CHECKING:
    pass

M = TypeVar("M")

ConnectHandler = Callable[[Socket, dict[str, object]], Awaitable[None] | None]
"""`(socket, auth)`: `auth` is the client's connect payload, `{}` if it sent none."""
EventHandler = Callable[[Socket, list[object], Ack | None], None]
UnknownHandler = Callable[[Socket, str, list[object], Ack | None], None]
MessageHandler = Callable[[Socket, M, Ack | None], None]
InvalidHandler = Callable[[Socket, str, Ack | None, str], None]
"""`(socket, event, ack, error)`: `error` says where the message departs from its type."""
DisconnectHandler = Callable[[Socket, DisconnectReason], None]


class ConnectRefused(Exception):
    """Raised by a connect handler: the client gets a connect error with this message and data.

    The connection itself stays, and may ask again until the connect timeout.
    """

    def __init__(self, message: str, data: object = None) -> None:
        super().__init__(message)
        self.message = message
        self.data = data


class Namespace:
    """Handlers are plain functions, called from the loop as the packet arrives; they must not block.

    An exception in an event handler is logged and counted; the connection stays. Only a connect
    handler may be asynchronous; until it is done the socket can neither send nor receive.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    # ------------------------------------------------------------ handlers

    def on_connect(self, handler: ConnectHandler) -> None:
        """Runs before the client is told that it is connected; may raise `ConnectRefused`.

        What the handler emits reaches the client after the confirmation. Any other exception refuses
        the client with `internal` and is logged.
        """
        raise NotImplementedError

    def on(self, event: str, handler: EventHandler) -> None:
        """`args` are the JSON values (and `bytes`) after the event's name. One handler for an event."""
        raise NotImplementedError

    def on_message(
        self, event: str, message: type[M], handler: MessageHandler[M], *, invalid: InvalidHandler
    ) -> None:
        """As `on`, for events with exactly one argument of a msgspec type.

        The packet is decoded straight into `message`, in one pass and without a dict between. What
        is JSON but does not fit `message` goes to `invalid`; what is no JSON ends the connection.
        """
        raise NotImplementedError

    def on_unknown(self, handler: UnknownHandler) -> None:
        """`(socket, event, args, ack)` for events without a handler; without it they are ignored."""
        raise NotImplementedError

    def on_disconnect(self, handler: DisconnectHandler) -> None:
        """Runs once for each socket whose connect handler succeeded; its rooms are still entered."""
        raise NotImplementedError

    # ------------------------------------------------------------ sockets and rooms

    @property
    def sockets(self) -> Mapping[SocketId, Socket]:
        """The connected ones."""
        raise NotImplementedError

    def room(self, room: str) -> Iterable[Socket]:
        """Who is in the room; do not enter or leave while iterating."""
        raise NotImplementedError

    def to(self, room: str) -> RoomEmitter:
        return RoomEmitter(self, (room,))

    def encode(self, event: str, *args: object) -> EncodedEvent:
        """Encode once for many sockets of this namespace; `args` and errors as for `Socket.emit`."""
        raise NotImplementedError

    def broadcast(
        self,
        target: tuple[str, ...] | str | Iterable[Socket],
        encoded: EncodedEvent,
        *,
        but: Socket | None = None,
    ) -> None:
        """Send to a room, to the union of a tuple of rooms (each socket once), or to given sockets."""
        raise NotImplementedError

    def emit(self, event: str, *args: object) -> None:
        """To every socket of the namespace."""
        self.broadcast(self.sockets.values(), self.encode(event, *args))
