"""Asynchronous event handlers: for each socket one at a time, in the order in which the events came.

While a handler of a socket is under way, what comes from that client waits behind it; other clients do not.
When too much waits, nothing more is read from that client's connection (or its POST is answered later), so
that the client, and not the server's memory, holds the rest. What a client sent before it left is still
handled, then after `on_disconnect`, because it was sent; what waits when the server puts a client out is not.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from kibitz.protocol.socketio import Event, InvalidEvent, TypedEvent
from kibitz.transport.reasons import DisconnectReason

if TYPE_CHECKING:
    from kibitz.transport.socket import Socket

PUT_OUT = frozenset(
    (
        DisconnectReason.SERVER_NAMESPACE,
        DisconnectReason.FORCED_SERVER_CLOSE,
        DisconnectReason.FORCED_CLOSE,
        DisconnectReason.SHUTTING_DOWN,
        DisconnectReason.SLOW,
    )
)
WAITING_MAX = 64
"""Events of one client that may wait before its connection is held."""


class Running:
    """The handler that is under way for a socket, and the events that wait for its end."""

    __slots__ = ("_is_holding", "_socket", "_waiting")

    def __init__(self, socket: "Socket", handler: Awaitable[None], event: str) -> None:
        self._socket = socket
        self._waiting: deque[Event | TypedEvent | InvalidEvent] = deque()
        self._is_holding = False
        self._start(handler, event)

    def add(self, event: Event | TypedEvent | InvalidEvent) -> None:
        self._waiting.append(event)
        if len(self._waiting) >= WAITING_MAX and not self._is_holding:
            self._is_holding = True
            self._socket.session.hold()

    def disconnected(self, reason: DisconnectReason) -> None:
        if reason in PUT_OUT:
            self._waiting.clear()

    def _start(self, handler: Awaitable[None], event: str) -> None:
        task = asyncio.ensure_future(handler)
        namespace = self._socket.namespace
        namespace.tasks.add(task)

        def done(task: "asyncio.Future[None]") -> None:
            namespace.tasks.discard(task)
            if not task.cancelled():
                error = task.exception()
                if isinstance(error, Exception):
                    namespace.fault(event, error)
                elif error is not None:
                    raise error
            self._next()

        task.add_done_callback(done)

    def _next(self) -> None:
        socket = self._socket
        while self._waiting:
            event = self._waiting.popleft()
            handler = socket.namespace.handle(socket, event)
            if handler is not None:
                self._start(handler, event.name)
                break
        else:
            socket.running = None
        if self._is_holding and len(self._waiting) < WAITING_MAX // 2:
            self._is_holding = False
            socket.session.release_hold()
