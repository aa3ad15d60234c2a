"""A client's connection to one namespace, as the application sees it."""

from asyncio import Future, get_running_loop
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec

from kibitz.ids import SocketId
from kibitz.protocol import socketio_encoder
from kibitz.protocol.errors import LocalProtocolError
from kibitz.transport.broadcast import EncodedEvent
from kibitz.transport.handshake import Handshake
from kibitz.transport.owed import batch_key
from kibitz.transport.parsers import JSON
from kibitz.transport.questions import AckTimeout as AckTimeout
from kibitz.transport.questions import Pending, Question
from kibitz.transport.questions import SocketDisconnected as SocketDisconnected
from kibitz.transport.targets import Target, is_user_room, user_room

if TYPE_CHECKING:
    from kibitz.transport.connection import Connection
    from kibitz.transport.namespace import Namespace
    from kibitz.transport.recovery import Memory
    from kibitz.transport.running import Running
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


class AlreadyAcknowledged(RuntimeError):
    """An `Ack` was called twice; the client was answered by the first call."""


class Ack(msgspec.Struct, eq=False):
    """Answers one event of a client: `ack()` sends `[]`, `ack(None)` sends `[null]`.

    May be called later, and once; nothing is sent unless it is called. After the socket
    disconnected it does nothing. Arguments as for `Socket.emit`.
    """

    _socket: "Socket"
    _id: int
    is_used: bool = False

    def __call__(self, *args: object) -> None:
        """Raises `AlreadyAcknowledged` at the second call, and what `Socket.emit` does: the client can
        then still be answered with something else."""
        if self.is_used:
            raise AlreadyAcknowledged
        socket = self._socket
        if socket.is_connected:
            namespace = socket.namespace
            if namespace.parser is not JSON:
                encoded = namespace.parser.ack(namespace.name, args, self._id)
                self.is_used = True
                socket.session.send(encoded)
                return
            if namespace.name == "/":
                packet = socketio_encoder.encode_plain_ack(args, self._id)
                if packet is not None:
                    self.is_used = True
                    socket.session.channel.send_text(packet)
                    return
            text, attachments = socketio_encoder.encode_ack(namespace.name, args, self._id)
            self.is_used = True
            if attachments:
                socket.session.channel.send(EncodedEvent(b"4" + text, attachments))
            else:
                socket.session.channel.send_text(b"4" + text)
        else:
            self.is_used = True

    def send_json(self, argument: bytes) -> None:
        """As a call with one argument, which is JSON text already. Raises `AlreadyAcknowledged`."""
        if self.is_used:
            raise AlreadyAcknowledged
        self.is_used = True
        socket = self._socket
        if not socket.is_connected:
            return
        if socket.namespace.parser is not JSON:
            parser, namespace = socket.namespace.parser, socket.namespace.name
            socket.session.send(parser.ack(namespace, (msgspec.Raw(argument),), self._id))
        else:
            text = socketio_encoder.encode_json_ack(socket.namespace.name, argument, self._id)
            socket.session.channel.send_text(b"4" + text)


class Socket:
    """`id` is public to the application, never a secret; `data` is the application's own slot.

    Compared and hashed by identity.
    """

    __slots__ = (
        "__weakref__",
        "_connection",
        "_held",
        "_next_question",
        "_questions",
        "data",
        "id",
        "is_connected",
        "memory",
        "namespace",
        "rooms",
        "running",
        "session",
    )

    def __init__(
        self, connection: "Connection", session: "Session", namespace: "Namespace", socket_id: SocketId
    ) -> None:
        self._connection = connection
        self.session = session
        """The Engine.IO session below; for the transport's own modules."""
        self.namespace = namespace
        self.id = socket_id
        self.data: object = None
        self.rooms: set[str] = set()
        """Those that it has entered; change them with `enter` and `leave`."""
        self.is_connected = False
        self._held: list[EncodedEvent] | None = []
        self._questions: dict[int, Pending] | None = None
        self._next_question = 0
        self.running: Running | None = None
        """For the transport's own modules: an asynchronous handler is under way."""
        self.memory: Memory | None = None
        """For the transport's own modules: set where state recovery is on."""

    @property
    def is_recovered(self) -> bool:
        """Goes on with the session of an earlier connection: `id`, `data` and `rooms` are as they were."""
        return self.memory is not None and self.memory.is_recovered

    @property
    def handshake(self) -> Handshake:
        return self.session.handshake

    @property
    def connection(self) -> ConnectionState:
        session = self.session
        return ConnectionState(
            status="connected" if self.is_connected else "disconnected",
            transport=session.channel.name,
            last_ping_ms=session.last_ping_ms,
            latency_ms=None if session.latency_us is None else round(session.latency_us / 1000),
        )

    # ------------------------------------------------------------ rooms

    def enter(self, room: str) -> None:
        """In a connect handler it takes effect when the client is told that it is connected.

        Raises `ValueError` for the room of a user or of another socket: names of rooms often come from
        clients, and whoever could enter one of those would get what is meant for one person.
        """
        if is_user_room(room) or (room != self.id and self.namespace.is_socket_id(room)):
            raise ValueError("this is the room of one user or socket, not one to enter")
        self._enter(room)

    def _enter(self, room: str) -> None:
        self.rooms.add(room)
        if self.is_connected:
            self.namespace.add_to_room(self, room)
        elif self.memory is not None and self.memory.entered is not None:
            self.memory.entered.add(room)

    def enter_as(self, user: str) -> None:
        """This socket is one of the user's: `Namespace.to_user` reaches it.

        In a middleware or connect handler: if the session that is to be recovered was another user's, and
        not this one's, it is not recovered (`start_anew`).
        """
        room = user_room(user)
        if not self.is_connected and room not in self.rooms and any(map(is_user_room, self.rooms)):
            self.start_anew()
        self._enter(room)

    def start_anew(self) -> None:
        """In a middleware or connect handler: the client is not who it was, so its earlier session is not
        recovered. The socket gets an id of its own and keeps only what these handlers gave it. The secret
        of a session says which one it was, not who asks: whoever signs clients in has to compare.

        Does nothing where no session is being recovered.
        """
        if not self.is_connected and self.namespace.recovery is not None:
            self.namespace.recovery.start_anew(self)

    def leave(self, room: str) -> None:
        """Rooms are left by themselves at disconnect (after the `on_disconnect` handler)."""
        if room in self.rooms:
            self.rooms.remove(room)
            self.namespace.remove_from_room(self, room)
            self.forget_state(batch_key(room))  # what is said there is no more for it

    # ------------------------------------------------------------ sending

    def emit(self, event: str, *args: object) -> None:
        """Send an event. `args` may hold what JSON has, msgspec Structs, `msgspec.Raw` (JSON already
        encoded) and, in lists, dicts and Struct fields declared as `bytes`, `bytes` (sent as
        attachments). Nothing happens if disconnected.

        Raises `LocalProtocolError` for a reserved name, over 10 attachments, or values JSON lacks.
        """
        self.send(self.namespace.encode(event, *args))

    @property
    def others(self) -> Target:
        """Everybody else of the namespace."""
        return self.namespace.all.but(self)

    def to(self, *rooms: str) -> Target:
        """Whoever else is in one of the rooms."""
        return self.namespace.to(*rooms).but(self)

    def emit_volatile(self, event: str, *args: object) -> None:
        """As `emit`, but dropped and counted if the client cannot be written to now."""
        self.send(self.namespace.encode(event, *args), is_volatile=True)

    def emit_with_ack(self, event: str, *args: object, timeout_ms: int = 10_000) -> "Future[list[object]]":
        """As `emit`; the future gets the client's arguments, `AckTimeout` or `SocketDisconnected`.

        Raises `LocalProtocolError` also when `acks_waiting_max` answers are owed already.
        """
        future: Future[list[object]] = get_running_loop().create_future()
        if not self.is_connected:
            future.set_exception(SocketDisconnected())
            return future
        if not self.may_be_asked:
            raise LocalProtocolError("the client owes too many acknowledgements")
        packet_id = self._next_question
        question = self.namespace.parser.question(self.namespace.name, event, args, packet_id)
        self._next_question += 1
        self.keep_question(packet_id, Question(self, packet_id, future, timeout_ms))
        self.session.send(question)
        return future

    def send(self, encoded: EncodedEvent, *, is_volatile: bool = False) -> None:
        """Send what `namespace.encode` made. A volatile event is dropped if nothing can be written now."""
        if self.is_connected:
            if is_volatile:
                if self.session.channel.is_writable:
                    self.session.send(self.namespace.stamped(encoded))
                else:
                    self.session.engine.counters.volatile_dropped += 1
            elif self.namespace.recovery is None:
                self.session.send(encoded)
            else:
                self.namespace.recovery.send(self, encoded)
        else:
            self.hold(encoded)

    def forget_state(self, key: Hashable) -> None:
        """Nothing of `Namespace.broadcast_state` for `key` is owed any more. Call it when the client
        is sent the state by other means, or stops following it."""
        self.session.channel.forget_state(self, key)

    def disconnect(self, *, close: bool = False) -> None:
        """Leave the namespace, or with `close` end the whole connection. `on_disconnect` handlers run
        before this returns (reason `server namespace disconnect` or `forced server close`)."""
        self._connection.kick(self, close=close)

    # ------------------------------------------------------------ for the transport's own modules

    def confirm(self) -> None:
        """The client has been told that it is connected: what was held back follows."""
        self.is_connected = True
        held, self._held = self._held, None
        for encoded in held or ():
            self.send(encoded)

    def hold(self, encoded: EncodedEvent) -> None:
        """Not connected yet: send it as soon as that is so."""
        if self._held is not None:
            self._held.append(encoded)

    def discard(self) -> None:
        """Neither sends nor receives any more."""
        self.is_connected = False
        self._held = None

    def on_ack(self, packet_id: int, args: list[object]) -> None:
        """An id that nobody waits for is ignored: the answer may simply be late."""
        question = self.forget_question(packet_id)
        if question is not None:
            question.answered(self, args)

    @property
    def may_be_asked(self) -> bool:
        """Connected, and owes fewer than `acks_waiting_max` acknowledgements."""
        if not self.is_connected:
            return False
        return self._questions is None or len(self._questions) < self.session.engine.config.acks_waiting_max

    def keep_question(self, packet_id: int, question: Pending) -> None:
        if self._questions is None:
            self._questions = {}
        self._questions[packet_id] = question

    def forget_question(self, packet_id: int) -> Pending | None:
        return None if self._questions is None else self._questions.pop(packet_id, None)

    def lose_questions(self) -> None:
        """Nobody will answer them any more."""
        questions, self._questions = self._questions, None
        for question in (questions or {}).values():
            question.lost(self)
