"""Socket.IO on one session: its packets, and its sockets in the namespaces."""

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, assert_never

from kibitz.codes import Code
from kibitz.ids import SocketId, random_token
from kibitz.protocol import socketio
from kibitz.protocol.errors import DecodeError, LocalProtocolError
from kibitz.protocol.socketio import Event
from kibitz.transport.heartbeat import Deadline
from kibitz.transport.namespace import ConnectRefused, Namespace
from kibitz.transport.parsers import Parser
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.session import Session
from kibitz.transport.socket import Socket

if TYPE_CHECKING:
    from kibitz.transport.application import Application

logger = logging.getLogger("kibitz.transport")


class Connection:
    """The receiver of a session: one per client, with a socket for each namespace that it is in."""

    __slots__ = ("_application", "_connecting", "_deadline", "_decoder", "_session", "_sockets")

    def __init__(self, application: "Application", session: Session) -> None:
        config = session.engine.config
        self._application = application
        self._session = session
        self._decoder = application.parser.decoder(config.limits, application.shapes)
        self._sockets: dict[str, Socket] = {}
        self._connecting: dict[str, asyncio.Future[None]] | None = None
        self._deadline: Deadline | None = session.engine.deadlines.add(config.connect_timeout_ms * 1000, self)

    # ------------------------------------------------------------ from the session

    def on_text(self, data: str) -> None:
        try:
            packet = self._decoder.feed_text(data)
        except DecodeError:
            self._session.end(DisconnectReason.FORCED_CLOSE)
            return
        if packet is not None:
            socket = self._sockets.get(packet.namespace)
            if socket is not None and type(packet) is Event:
                socket.namespace.on_event(socket, packet)  # what nearly all packets are
            else:
                self._on_packet(packet, socket)
        elif self._decoder.pending_namespace not in self._sockets:
            # Nobody may make us collect attachments before being connected.
            self._session.end(DisconnectReason.FORCED_CLOSE)

    def on_binary(self, data: bytes) -> None:
        try:
            packet = self._decoder.feed_binary(data)
        except DecodeError:
            self._session.end(DisconnectReason.FORCED_CLOSE)
            return
        if packet is not None:
            self._on_packet(packet, self._sockets.get(packet.namespace))

    def on_end(self, reason: DisconnectReason) -> None:
        self._stop_waiting()
        if self._connecting is not None:
            for task in list(self._connecting.values()):
                task.cancel()
        sockets, self._sockets = self._sockets, {}
        for socket in sockets.values():
            socket.namespace.remove(socket, reason)

    def due(self, now_us: int) -> int | None:
        """The connect timeout: the client is in no namespace yet, or any more."""
        self._deadline = None
        if not self._sockets:
            self._session.end(DisconnectReason.FORCED_CLOSE)
        return None

    # ------------------------------------------------------------ packets

    def _on_packet(self, packet: socketio.Packet, socket: Socket | None) -> None:
        if socket is None:
            if isinstance(packet, socketio.Connect):
                self._connect(packet)
            else:
                self._session.end(DisconnectReason.FORCED_CLOSE)
            return
        match packet:
            case socketio.Event():
                socket.namespace.on_event(socket, packet)
            case socketio.TypedEvent():
                socket.namespace.on_typed_event(socket, packet)
            case socketio.Ack():
                socket.on_ack(packet.id, packet.args)
            case socketio.InvalidEvent():
                socket.namespace.on_invalid_event(socket, packet)
            case socketio.Disconnect():
                del self._sockets[packet.namespace]
                socket.namespace.remove(socket, DisconnectReason.CLIENT_NAMESPACE)
                self._wait_again()
            case socketio.EmptyEvent():
                pass
            case socketio.Connect() | socketio.ConnectError():
                self._session.end(DisconnectReason.FORCED_CLOSE)
            case _:
                assert_never(packet)

    # ------------------------------------------------------------ connecting

    def _connect(self, packet: socketio.Connect) -> None:
        limits = self._session.engine.config.limits
        count = len(self._sockets)
        if self._connecting is not None:
            count += len(self._connecting)
            if packet.namespace in self._connecting:
                self._session.end(DisconnectReason.FORCED_CLOSE)
                return
        namespace = self._application.namespaces.get(packet.namespace)
        if namespace is None or count >= limits.namespaces_max:
            self._session.send(self._parser.connect_error(packet.namespace, "Invalid namespace"))
            return
        socket_id = SocketId(random_token(15, self._application.entropy))
        socket = Socket(self, self._session, namespace, socket_id)
        if namespace.recovery is not None:
            namespace.recovery.connect(socket, packet.data)
        try:
            waiting = namespace.ask(socket, packet.data)
        except Exception as error:
            self._discard(socket)
            self._refuse(namespace, error)
            return
        if waiting is None:
            self._confirm(socket, packet.data)
            return
        # A task, so that a handler which was never resumed is still ended with its session.
        task = asyncio.ensure_future(waiting)
        if self._connecting is None:
            self._connecting = {}
        self._connecting[namespace.name] = task
        task.add_done_callback(partial(self._on_answer, socket, packet.data))

    def _on_answer(self, socket: Socket, auth: dict[str, object], task: "asyncio.Future[None]") -> None:
        if self._connecting is not None:
            self._connecting.pop(socket.namespace.name, None)
        error = None if task.cancelled() else task.exception()
        if task.cancelled() or not self._session.is_open:
            self._discard(socket)
            if isinstance(error, Exception) and not isinstance(error, ConnectRefused):
                socket.namespace.fault("connect", error)
        elif error is None:
            self._confirm(socket, auth)
        elif isinstance(error, Exception):
            self._discard(socket)
            self._refuse(socket.namespace, error)
        else:
            raise error

    def _confirm(self, socket: Socket, auth: dict[str, object]) -> None:
        if not self._session.is_open:
            self._discard(socket)
            return
        self._stop_waiting()
        namespace = socket.namespace
        self._sockets[namespace.name] = socket
        # From here to the end nothing else runs: what was missed ends exactly where the rooms go on.
        # And CONNECT comes first, or a client that is lost in between would get the missed events twice.
        missed = [] if namespace.recovery is None else namespace.recovery.resume(socket, auth)
        told: dict[str, object] = {**namespace.greeting, "sid": socket.id}
        if socket.memory is not None:
            told["pid"] = socket.memory.pid
        self._session.send(self._parser.connect(namespace.name, told))
        for encoded in missed:
            self._session.send(encoded)
        namespace.add(socket)

    def _discard(self, socket: Socket) -> None:
        socket.discard()
        if socket.namespace.recovery is not None:
            socket.namespace.recovery.release(socket)

    def _refuse(self, namespace: Namespace, error: Exception) -> None:
        if isinstance(error, ConnectRefused):
            try:
                self._session.send(self._parser.connect_error(namespace.name, error.message, error.data))
            except LocalProtocolError as fault:
                error = fault
            else:
                return
        namespace.faults += 1
        logger.error("connect handler of namespace %s failed", namespace.name, exc_info=error)
        data = {"code": Code.INTERNAL.value}
        self._session.send(self._parser.connect_error(namespace.name, "The server failed", data))

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._session.engine.deadlines.cancel(self._deadline)
            self._deadline = None

    def _wait_again(self) -> None:
        """A client that has left every namespace is again one that has still to say who it is."""
        if not self._sockets and self._deadline is None and self._session.is_open:
            engine = self._session.engine
            self._deadline = engine.deadlines.add(engine.config.connect_timeout_ms * 1000, self)

    # ------------------------------------------------------------ from the sockets

    def kick(self, socket: Socket, *, close: bool) -> None:
        """The server's side of leaving a namespace, or with `close` all of them."""
        if close:
            for other in self._sockets.values():
                self._session.send(self._parser.disconnect(other.namespace.name))
            self._session.end(DisconnectReason.FORCED_SERVER_CLOSE)
        elif self._sockets.pop(socket.namespace.name, None) is not None:
            self._session.send(self._parser.disconnect(socket.namespace.name))
            socket.namespace.remove(socket, DisconnectReason.SERVER_NAMESPACE)
            self._wait_again()

    @property
    def _parser(self) -> Parser:
        return self._application.parser
