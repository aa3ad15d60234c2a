"""A Socket.IO namespace: its handlers, its sockets and its rooms."""

import logging
from asyncio import Future
from collections.abc import Awaitable, Callable, Collection, Hashable, Iterable, Mapping
from inspect import isawaitable
from typing import Any, TypeVar

import msgspec

from kibitz.ids import SocketId
from kibitz.protocol import socketio_encoder
from kibitz.protocol.socketio import RESERVED_EVENTS, Event, InvalidEvent, TypedEvent
from kibitz.transport.broadcast import (
    EncodedEvent,
    broadcast,
    broadcast_state,
    broadcast_volatile,
)
from kibitz.transport.owed import Render
from kibitz.transport.parsers import JSON, Parser
from kibitz.transport.questions import SHARED_IDS_FROM, Answers, SharedQuestion
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.recovery import Recovery
from kibitz.transport.running import Running
from kibitz.transport.socket import Ack, Socket
from kibitz.transport.targets import Target

logger = logging.getLogger("kibitz.transport")

M = TypeVar("M")

ConnectHandler = Callable[[Socket, dict[str, object]], Awaitable[None] | None]
"""`(socket, auth)`: `auth` is the client's connect payload, `{}` if it sent none."""
EventHandler = Callable[[Socket, list[object], Ack | None], Awaitable[None] | None]
UnknownHandler = Callable[[Socket, str, list[object], Ack | None], Awaitable[None] | None]
MessageHandler = Callable[[Socket, M, Ack | None], Awaitable[None] | None]
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

    Handlers of events may also be asynchronous: those of one socket run one after another, in the order
    of its events (`kibitz.transport.running`), at the price of a task for each. Until an asynchronous
    connect handler is done the socket can neither send nor receive. An exception in an event handler
    is logged and counted; the connection stays. There is one handler for each thing: a second
    registration raises `ValueError`.
    """

    def __init__(self, name: str, parser: Parser = JSON, recovery: Recovery | None = None) -> None:
        self.name = name
        # For the transport's own modules:
        self.parser = parser
        self.recovery = recovery
        self.tasks: set[Future[None]] = set()
        self.greeting: dict[str, object] = {}
        """Told to each client beside its ids when it is connected; to be set before the first comes."""
        self.faults = 0
        """Exceptions out of handlers."""
        self.shapes: dict[str, msgspec.json.Decoder[tuple[str, object]]] = {}
        """Decoders of the events of `on_message`; for the transport's own modules."""
        self._middlewares: list[ConnectHandler] = []
        self._connect: ConnectHandler | None = None
        self._disconnect: DisconnectHandler | None = None
        self._unknown: UnknownHandler | None = None
        self._handlers: dict[str, EventHandler] = {}
        self._message_handlers: dict[str, MessageHandler[Any]] = {}
        self._invalid_handlers: dict[str, InvalidHandler] = {}
        self._next_question = SHARED_IDS_FROM
        self._sockets: dict[SocketId, Socket] = {}
        self._rooms: dict[str, dict[Socket, None]] = {}

    # ------------------------------------------------------------ handlers

    def use(self, middleware: ConnectHandler) -> None:
        """Runs before the connect handler, in the order in which they were given. As that one it may be
        asynchronous, and may raise `ConnectRefused`; what comes after it does not run then."""
        self._middlewares.append(middleware)

    def on_connect(self, handler: ConnectHandler) -> None:
        """Runs before the client is told that it is connected; may raise `ConnectRefused`.

        What the handler emits reaches the client after the confirmation. Any other exception refuses
        the client with `internal` and is logged.
        """
        if self._connect is not None:
            raise ValueError("there is a connect handler already")
        self._connect = handler

    def on(self, event: str, handler: EventHandler) -> None:
        """`args` are the JSON values (and `bytes`) after the event's name."""
        self._check_new(event)
        self._handlers[event] = handler

    def on_message(
        self, event: str, message: type[M], handler: MessageHandler[M], *, invalid: InvalidHandler
    ) -> None:
        """As `on`, for events with exactly one argument of a msgspec type.

        The packet is decoded straight into `message`, in one pass and without a dict between. What
        is JSON but does not fit `message` goes to `invalid`; what is no JSON ends the connection.
        """
        self._check_new(event)
        self.shapes[event] = msgspec.json.Decoder(tuple[str, message])  # type: ignore[valid-type]
        self._message_handlers[event] = handler
        self._invalid_handlers[event] = invalid

    def on_unknown(self, handler: UnknownHandler) -> None:
        """`(socket, event, args, ack)` for events without a handler; without it they are ignored."""
        if self._unknown is not None:
            raise ValueError("there is a handler of unknown events already")
        self._unknown = handler

    def on_disconnect(self, handler: DisconnectHandler) -> None:
        """Runs once for each socket that was connected; its rooms are still entered."""
        if self._disconnect is not None:
            raise ValueError("there is a disconnect handler already")
        self._disconnect = handler

    def _check_new(self, event: str) -> None:
        if event in self._handlers or event in self._message_handlers or event in RESERVED_EVENTS:
            raise ValueError(f"the event {event!r} has a handler already or is reserved")

    # ------------------------------------------------------------ sockets and rooms

    @property
    def sockets(self) -> Mapping[SocketId, Socket]:
        """The connected ones."""
        return self._sockets

    def room(self, room: str) -> Collection[Socket]:
        """Who is in the room; do not enter or leave while iterating."""
        return self._rooms.get(room, {}).keys()

    def members(self, rooms: Iterable[str]) -> dict[Socket, None]:
        """Who is in one of the rooms, each once. A socket's id counts as a room of that socket alone."""
        found: dict[Socket, None] = {}
        for room in rooms:
            found.update(self._rooms.get(room, {}))
            socket = self._sockets.get(SocketId(room))
            if socket is not None:
                found[socket] = None
        return found

    def is_socket_id(self, name: str) -> bool:
        """Of a connected socket, or of one that may be recovered."""
        return name in self._sockets or (self.recovery is not None and self.recovery.is_lost(name))

    @property
    def all(self) -> Target:
        """Everybody, to be narrowed: `namespace.all.except_("room").emit(…)`."""
        return Target(self)

    def to(self, *rooms: str) -> Target:
        return Target(self).to(*rooms)

    def to_user(self, *users: str) -> Target:
        """All sockets of these users (`Socket.enter_as`)."""
        return Target(self).to_user(*users)

    def encode(self, event: str, *args: object) -> EncodedEvent:
        """Encode and frame once for many sockets of this namespace, attachments included; `args` and
        errors as for `Socket.emit`."""
        return self.parser.event(self.name, event, args)

    def encode_json(self, event: str, argument: bytes) -> EncodedEvent:
        """As `encode`, for one argument that is JSON text already."""
        if self.parser is not JSON:
            return self.encode(event, msgspec.Raw(argument))
        return EncodedEvent(b"4" + socketio_encoder.encode_json_event(self.name, event, argument))

    def broadcast(
        self,
        target: tuple[str, ...] | str | Iterable[Socket],
        encoded: EncodedEvent,
        *,
        but: Socket | None = None,
    ) -> None:
        """Send to a room, to the union of a tuple of rooms (each socket once), or to given sockets.

        With state recovery, rooms also reach whoever lost the connection in them; given sockets do not.
        """
        rooms: tuple[str, ...] = ()
        if isinstance(target, str):
            rooms = (target,)
            receivers: Iterable[Socket] = self._rooms.get(target, ())
        elif isinstance(target, tuple):
            rooms = target
            receivers = {socket: None for room in target for socket in self._rooms.get(room, ())}
        else:
            receivers = target
        if self.recovery is None:
            broadcast(receivers, encoded, but=but)
        else:
            self.recovery.broadcast(receivers, encoded, but=but, rooms=rooms)

    def broadcast_state(
        self,
        sockets: Iterable[Socket],
        key: Hashable,
        encoded: EncodedEvent,
        *,
        since: int | None,
        render: Render | None = None,
    ) -> None:
        """Send the sockets a step of a state, which `key` names for each of them.

        `encoded` leads from version `since` of the state to its present one; with None it is the whole
        state. Whoever can be written to gets it now. For the others newer steps take the place of
        older ones, so that they cost nothing, and once they can be written to,
        `render(socket, since)` makes one event of what they missed; `since` is then the version that they
        were sent last, or None where a whole state was among it. It may be left out where every step is
        a whole state. See `kibitz.transport.owed`.
        """
        broadcast_state(sockets, key, encoded, since, render)

    def broadcast_volatile(self, sockets: Iterable[Socket], encoded: EncodedEvent) -> None:
        """Send to those of the sockets that can be written to now, and count the others.

        For what the next one makes worthless, as positions in real time: whoever reads too slowly
        misses some and is never late. A client on polling can be written to while its GET waits.
        """
        broadcast_volatile(sockets, encoded)

    def emit(self, event: str, *args: object) -> None:
        """To every socket of the namespace."""
        encoded = self.encode(event, *args)
        if self.recovery is None:
            broadcast(self._sockets.values(), encoded)
        else:
            self.recovery.broadcast(self._sockets.values(), encoded, rooms=None)

    # ------------------------------------------------------------ for the transport's own modules

    def ask_many(
        self,
        sockets: Iterable[Socket],
        event: str,
        args: tuple[object, ...],
        future: Future[Answers],
        timeout_ms: int,
    ) -> None:
        """One question to all of them; those that owe too many answers are not asked."""
        asked: list[Socket] = []
        skipped: list[Socket] = []
        for socket in sockets:
            (asked if socket.may_be_asked else skipped).append(socket)
        packet_id = self._next_question
        encoded = self.parser.question(self.name, event, args, packet_id)
        if not asked:
            future.set_result(Answers(missing=skipped))
            return
        self._next_question += 1
        deadlines = asked[0].session.engine.deadlines
        question = SharedQuestion(asked, skipped, packet_id, future, deadlines, timeout_ms)
        for socket in asked:
            socket.keep_question(packet_id, question)
            socket.session.send(encoded)

    def stamped(self, encoded: EncodedEvent) -> EncodedEvent:
        """As it may go out without being logged: with state recovery on, it carries the newest offset."""
        return encoded if self.recovery is None else self.recovery.stamp(encoded)

    def ask(self, socket: Socket, auth: dict[str, object]) -> Awaitable[None] | None:
        """Run the middlewares and the connect handler; what they raise is the refusal."""
        if not self._middlewares:
            return None if self._connect is None else self._connect(socket, auth)
        handlers = iter(self._middlewares if self._connect is None else [*self._middlewares, self._connect])
        for handler in handlers:
            waiting = handler(socket, auth)
            if waiting is not None:
                return _ask_rest(waiting, handlers, socket, auth)
        return None

    def add(self, socket: Socket) -> None:
        self._sockets[socket.id] = socket
        for room in socket.rooms:
            self.add_to_room(socket, room)
        socket.confirm()

    def remove(self, socket: Socket, reason: DisconnectReason) -> None:
        self._sockets.pop(socket.id, None)
        socket.discard()
        if self._disconnect is not None:
            try:
                self._disconnect(socket, reason)
            except Exception as error:
                self.fault("disconnect", error)
        if socket.running is not None:
            socket.running.disconnected(reason)
        if self.recovery is not None:
            self.recovery.disconnected(socket, reason)
        for room in socket.rooms:
            self.remove_from_room(socket, room)
        socket.rooms.clear()
        socket.lose_questions()

    def add_to_room(self, socket: Socket, room: str) -> None:
        self._rooms.setdefault(room, {})[socket] = None

    def remove_from_room(self, socket: Socket, room: str) -> None:
        members = self._rooms.get(room)
        if members is not None:
            members.pop(socket, None)
            if not members:
                del self._rooms[room]

    def on_event(self, socket: Socket, event: Event) -> None:
        if socket.running is not None:
            socket.running.add(event)
            return
        handler = self._handlers.get(event.name)
        ack = None if event.id is None else Ack(socket, event.id)
        try:
            if handler is not None:
                waiting = handler(socket, event.args, ack)
            elif self._unknown is not None:
                waiting = self._unknown(socket, event.name, event.args, ack)
            else:
                return
            if waiting is not None:
                socket.running = Running(socket, waiting, event.name)
        except Exception as error:
            self.fault(event.name, error)

    def on_typed_event(self, socket: Socket, event: TypedEvent) -> None:
        if socket.running is not None:
            socket.running.add(event)
            return
        waiting = self.handle(socket, event)
        if waiting is not None:
            socket.running = Running(socket, waiting, event.name)

    def handle(self, socket: Socket, event: Event | TypedEvent | InvalidEvent) -> Awaitable[None] | None:
        """Call the handler of an event; what it gives has still to be awaited."""
        ack = None if event.id is None else Ack(socket, event.id)
        waiting: Awaitable[None] | None = None
        try:
            if isinstance(event, TypedEvent):
                waiting = self._message_handlers[event.name](socket, event.message, ack)
            elif isinstance(event, InvalidEvent):
                self._invalid_handlers[event.name](socket, event.name, ack, event.error)
            elif (handler := self._handlers.get(event.name)) is not None:
                waiting = handler(socket, event.args, ack)
            elif self._unknown is not None:
                waiting = self._unknown(socket, event.name, event.args, ack)
            if waiting is not None and not isawaitable(waiting):
                raise TypeError("a handler gives back nothing: answers are given with `ack`")
        except Exception as error:
            self.fault(event.name, error)
            return None
        return waiting

    def on_invalid_event(self, socket: Socket, event: InvalidEvent) -> None:
        if socket.running is not None:
            socket.running.add(event)
        else:
            self.handle(socket, event)

    def fault(self, what: str, error: Exception) -> None:
        """Log and count what came out of a handler."""
        self.faults += 1
        logger.error("handler of %r in namespace %s failed", what, self.name, exc_info=error)


async def _ask_rest(
    waiting: Awaitable[None], rest: Iterable[ConnectHandler], socket: Socket, auth: dict[str, object]
) -> None:
    await waiting
    for handler in rest:
        again = handler(socket, auth)
        if again is not None:
            await again
