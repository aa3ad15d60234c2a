"""Long-polling as a session's channel: what waits for the next GET, and the GET that waits for it."""

import asyncio
from collections.abc import Callable, Hashable
from enum import Enum, auto
from typing import TYPE_CHECKING, Literal, Protocol

from kibitz.transport.broadcast import EncodedPacket
from kibitz.transport.outbox import Encoded, Flusher
from kibitz.transport.owed import Owed, Render
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.repeats import Repeats

if TYPE_CHECKING:
    from kibitz.transport.broadcast import EncodedEvent
    from kibitz.transport.session import Session
    from kibitz.transport.socket import Socket
    from kibitz.transport.websocket import WebSocketChannel

PROBED_HOLD_S = 0.05
"""How long a GET that comes between `3probe` and `5` is held before it is answered with a noop.

Such a GET was either sent before the client saw `3probe`, and must end soon for the upgrade to go on;
or it was sent right behind `5` and overtook it, and then it has to be refused.
"""

_TOLD_AT_THE_NEXT_POLL = frozenset(
    (
        DisconnectReason.FORCED_CLOSE,
        DisconnectReason.FORCED_SERVER_CLOSE,
        DisconnectReason.SHUTTING_DOWN,
    )
)
"""After the other reasons the client is gone or at fault: its next poll finds no session."""


class Wake(Enum):
    """Why a waiting GET is answered."""

    DATA = auto()
    NOOP = auto()
    CLOSE = auto()
    UPGRADED = auto()  # refused: the session is on its websocket now
    LOST = auto()  # its connection is gone


class Waiter(Protocol):
    """A GET that waits."""

    def woken(self, why: Wake) -> None:
        """Called once; the GET waits no more then."""
        ...


class PollChannel:
    """At most one GET waits. A second one means that the client gave the first one up."""

    __slots__ = (
        "_bytes",
        "_flusher",
        "_held",
        "_hold_timer",
        "_is_marked",
        "_owed",
        "_packets",
        "_waiter",
        "farewell",
        "is_posting",
        "is_probed",
        "repeats",
        "session",
    )

    session: "Session"

    def __init__(self, flusher: Flusher) -> None:
        self._flusher = flusher
        self._packets: list[Encoded] = []
        self._owed: Owed | None = None
        self._held: asyncio.Future[None] | None = None
        self._bytes = 0
        self._waiter: Waiter | None = None
        self._hold_timer: asyncio.TimerHandle | None = None
        self._is_marked = False
        self.farewell = Wake.CLOSE
        """What the last GET is answered with, where one is still to come."""
        self.is_posting = False
        self.is_probed = False
        self.repeats = Repeats()

    @property
    def name(self) -> Literal["polling"]:
        return "polling"

    @property
    def is_writable(self) -> bool:
        """A GET is under way."""
        return self._waiter is not None

    def send(self, encoded: Encoded) -> None:
        self._packets.append(encoded)
        self._bytes += sum(map(len, encoded.polled))
        if not self._is_marked:
            self._is_marked = True
            self._flusher.mark(self)

    def send_text(self, packet: bytes) -> None:
        self.send(EncodedPacket(packet))

    def owe(
        self,
        socket: "Socket",
        key: Hashable,
        encoded: "EncodedEvent",
        since: int | None,
        render: Render | None,
    ) -> None:
        """As for `Channel`: between two GETs. The next one takes what is owed."""
        if self._owed is None:
            self._owed = Owed(self.session.engine.counters)
        if not self._owed.owe(socket, key, encoded, since, render):
            self._settle()
            self.send(encoded)

    def forget_state(self, socket: "Socket", key: Hashable) -> None:
        if self._owed is not None:
            self._owed.forget(socket, key)

    def _settle(self) -> None:
        """What is owed becomes packets, behind those that wait already."""
        owed, self._owed = self._owed, None
        while owed:
            encoded = owed.pop()
            if encoded is not None:
                self._packets.append(encoded)
                self._bytes += sum(map(len, encoded.polled))

    def flush(self) -> None:
        """Once per loop turn, so that all of its packets leave with one answer."""
        self._is_marked = False
        if not self.session.is_open or self.session.channel is not self:
            return
        if self._packets and self.is_writable:
            self._wake(Wake.DATA)
        elif self._bytes > self.session.engine.config.outbox_bytes_max:
            self.session.engine.counters.slow_bytes += 1
            self._owed = None
            self._packets.clear()
            self._bytes = 0
            self.session.end(DisconnectReason.SLOW)

    def hold(self) -> None:
        if self._held is None:
            self._held = asyncio.get_running_loop().create_future()

    def release_hold(self) -> None:
        held, self._held = self._held, None
        if held is not None and not held.done():
            held.set_result(None)

    def when_released(self, then: Callable[[], None]) -> None:
        """Call it once the client may send more: a POST is answered only then."""
        if self._held is None:
            then()
        else:
            self._held.add_done_callback(lambda _: then())

    def wait(self, waiter: Waiter) -> None:
        """Wake it once there is something to answer, maybe now. The caller has checked `is_writable`."""
        if self._owed is not None:
            self._settle()
        if self._packets:
            waiter.woken(Wake.DATA)
            return
        self._waiter = waiter
        if self.is_probed:
            self._hold_timer = asyncio.get_running_loop().call_later(PROBED_HOLD_S, self.release)

    def take(self, packets_max: int) -> list[bytes]:
        """The oldest packets for one answer; a packet and its attachments may be split by the count."""
        taken: list[bytes] = []
        count = 0
        for encoded in self._packets:
            polled = encoded.polled
            if taken and len(taken) + len(polled) > packets_max:
                break
            taken += polled
            count += 1
        del self._packets[:count]
        self._bytes -= sum(map(len, taken))
        return taken

    @property
    def is_empty(self) -> bool:
        """Nothing waits for a poll."""
        return not self._packets

    # ------------------------------------------------------------ upgrade and end

    def on_probed(self) -> None:
        self.is_probed = True
        self.release()

    def release(self) -> None:
        """Answer the waiting GET with a noop."""
        self._wake(Wake.NOOP)

    def on_lost(self, waiter: Waiter) -> None:
        """The connection of this GET is gone: if it still waited, the client has closed it."""
        if waiter is self._waiter:
            self._wake(Wake.LOST)

    def hand_over(self, channel: "WebSocketChannel") -> None:
        """The websocket carries on: give it what waits, in order, and refuse a waiting GET."""
        self._settle()
        if self._held is not None:
            channel.hold()
            self.release_hold()
        packets, self._packets = self._packets, []
        self._bytes = 0
        for encoded in packets:
            channel.send(encoded)
        self._wake(Wake.UPGRADED)

    def end(self, reason: DisconnectReason, *, by_client: bool) -> bool:
        self.release_hold()
        if by_client and not self.is_writable and not self.is_probed:
            # Its GET may have been sent first, and overtaken by the POST that closes: both are answered
            # as if they had come in their order.
            self._owed = None
            self._packets.clear()
            self.farewell = Wake.NOOP
            return True
        if by_client or reason is DisconnectReason.TRANSPORT_CLOSE:
            self.release()
            return False
        is_told = reason in _TOLD_AT_THE_NEXT_POLL
        self._owed = None  # whoever comes back asks for the state
        if not self.is_writable:
            return is_told
        if self._packets and is_told:
            # Not with the close packet in one payload: the JavaScript client acts on that one first,
            # takes a namespace's disconnect packet before it for a lost connection, and comes back.
            self._wake(Wake.DATA)
            return True
        self._wake(Wake.CLOSE)
        return False

    def _wake(self, why: Wake) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is None:
            return
        if self._hold_timer is not None:
            self._hold_timer.cancel()
            self._hold_timer = None
        waiter.woken(why)
