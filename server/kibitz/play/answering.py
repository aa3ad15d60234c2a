"""Every event of a client is answered exactly once: at once, or when the room's commit has settled.

Around each handler stands what they share: who asks, whether that is too often, refusals, and what happens
to whoever sends what no contract knows.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from kibitz.clock import Clock
from kibitz.codes import Code
from kibitz.play import outgoing
from kibitz.play.connection import GARBAGE_MAX, PlayerConnection
from kibitz.play.rates import Group, PlayerRates
from kibitz.play.reports import Reports
from kibitz.play.sessions import session_over
from kibitz.play.table import Member
from kibitz.protocol.messages import Done
from kibitz.rooms.answers import Refused
from kibitz.rooms.views.views import ViewFault
from kibitz.tracing import EVENT
from kibitz.transport.namespace import Namespace
from kibitz.transport.socket import Ack, Socket

log = logging.getLogger(__name__)

M = TypeVar("M")
A = TypeVar("A")
DONE = Done()
_OF_THE_CLIENT = frozenset({"resync", "features", "ping"})
"""These it sends by itself: they are no sign that somebody is there."""


def ignore(*_: object) -> None:
    """Stands for the ack of a client that did not ask for one."""


class Answering:
    """`on` registers a handler; what nobody registered is refused."""

    def __init__(self, namespace: Namespace, rates: PlayerRates, clock: Clock, reports: Reports) -> None:
        self._namespace = namespace
        self._rates = rates
        self._clock = clock
        self._reports = reports
        self._count = reports.count
        self._times = reports.times
        namespace.on_unknown(self._unknown)

    def on(self, event: str, message: type[M], handler: Callable[[Socket, M, Ack | None], None]) -> None:
        """Register `handler` so that the client is answered whatever fails in it."""
        is_sign = event not in _OF_THE_CLIENT

        def answered(socket: Socket, taken: M, ack: Ack | None) -> None:
            EVENT.message = taken
            EVENT.number += 1
            try:
                if is_sign:
                    self._is_there(socket)
                handler(socket, taken, ack)
            except ViewFault:
                self.refuse(ack, Code.GAME_FAULT)
            except Exception:
                log.exception("an event failed", extra={"event": event, "socket": socket.id})
                self.refuse(ack, Code.INTERNAL)
            finally:
                EVENT.message = None

        measured = answered if self._times is None else self._times.timed(event, answered)
        self._namespace.on_message(event, message, measured, invalid=self._invalid)

    def _is_there(self, socket: Socket) -> None:
        """The player did something: after 30 idle minutes that is another session on the same connection."""
        connection, monotonic_us = connection_of(socket), self._clock.monotonic_us()
        if connection.idle_us(monotonic_us):
            self._reports.ended(session_over(socket, connection, None, self._clock))
            connection.begin_again(self._clock.now_us())
        connection.active_us = monotonic_us

    def later(self, event: str, answer: Callable[[A], None]) -> Callable[[A], None]:
        """`answer`, which the room may call after this event's handler has returned."""
        return answer if self._times is None else self._times.later(event, answer)

    def taking_part(
        self, socket: Socket, room: str, group: Group, ack: Ack | None
    ) -> tuple[PlayerConnection, Member] | None:
        """Who asks, in a room that this connection joined; None when that was refused."""
        connection = connection_of(socket)
        if wait_ms := self._rates.wait_ms(group, connection.player):  # for every move: no call more
            self._slow_down(ack, wait_ms)
            return None
        member = connection.members.get(room)
        if member is None:
            self.refuse(ack, Code.NOT_JOINED)
            return None
        return connection, member

    def is_too_often(self, group: Group, connection: PlayerConnection, ack: Ack | None) -> bool:
        """Whether that was refused."""
        wait_ms = self._rates.wait_ms(group, connection.player)
        if wait_ms:
            self._slow_down(ack, wait_ms)
        return bool(wait_ms)

    # ------------------------------------------------------------ refusals

    def refuse(self, ack: Ack | None, code: Code, message: str = "") -> None:
        self._count("refused", code.value, 1)
        (ack or ignore)(outgoing.refused(code, message))

    def refused(self, ack: Ack | None, refusal: Refused) -> None:
        self._count("refused", refusal.code, 1)
        (ack or ignore)(outgoing.refused_by_room(refusal))

    def _slow_down(self, ack: Ack | None, wait_ms: int) -> None:
        self._count("refused", Code.RATE_LIMITED.value, 1)
        (ack or ignore)(outgoing.refused(Code.RATE_LIMITED, retry_ms=wait_ms))

    def _invalid(self, socket: Socket, event: str, ack: Ack | None, error: str) -> None:
        self.refuse(ack, Code.BAD_REQUEST, error)
        self._garbage(socket)

    def _unknown(self, socket: Socket, event: str, args: list[object], ack: Ack | None) -> None:
        self.refuse(ack, Code.UNKNOWN_EVENT)
        self._garbage(socket)

    def _garbage(self, socket: Socket) -> None:
        connection = connection_of(socket)
        connection.garbage += 1
        self._count("garbage", "messages", 1)
        if connection.garbage == GARBAGE_MAX:
            log.info("connection closed", extra={"reason": "garbage", "player": connection.player})
            socket.disconnect(close=True)


def connection_of(socket: Socket) -> PlayerConnection:
    connection = socket.data
    if not isinstance(connection, PlayerConnection):
        raise TypeError("a socket without a player passed the connect handler")
    return connection
