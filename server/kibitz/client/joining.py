"""How a session takes part in its room, and how it asks for that on each connection that it gets."""

from collections.abc import Callable
from typing import Literal

from msgspec import UNSET

from kibitz.client.answers import read_answer
from kibitz.client.connection import Connection
from kibitz.client.errors import AnswerTimeout, ClientError, ConnectionLost, Refused
from kibitz.client.ticks import TickClock
from kibitz.client.timers import Timers
from kibitz.clock import Clock
from kibitz.codes import Advice
from kibitz.ids import RoomId, Seat
from kibitz.protocol.messages import Join, Joined, Resync
from kibitz.sync.reconcile import Replica, SendResync

Part = Literal["player", "spectator"]

REJOIN_MS = 500
"""Wait before a refused join is tried again, where its code says so and the answer does not say when."""


class Joining:
    """`on_joined` is told each answer that fits the present connection, `on_refused` the refusal that no
    later attempt would change, `on_forgotten` that the server did not take a `resync`: a join follows."""

    def __init__(
        self,
        room: RoomId,
        replica: Replica,
        *,
        part: Part | None,
        seat: Seat | None,
        ticks: TickClock,
        timers: Timers,
        clock: Clock,
        answer_timeout_ms: int,
        on_joined: Callable[[Joined], None],
        on_refused: Callable[[ClientError], None],
        on_forgotten: Callable[[], None],
    ) -> None:
        self.connection: Connection | None = None
        self._room = room
        self._replica = replica
        self._part = part
        self._seat = seat
        self._ticks = ticks
        self._timers = timers
        self._clock = clock
        self._answer_timeout_ms = answer_timeout_ms
        self._on_joined = on_joined
        self._on_refused = on_refused
        self._on_forgotten = on_forgotten

    def attach(self, connection: Connection) -> None:
        self.connection = connection
        self._ask(connection)

    def detach(self) -> None:
        """Answers that still come are of no use any more."""
        self.connection = None

    def took(self, seat: Seat | None) -> None:
        """The part is known: a reconnect must not turn a spectator into a player."""
        self._part = "spectator" if seat is None else "player"
        self._seat = seat

    def again(self, connection: Connection) -> None:
        """Join once more, unless another connection has come meanwhile."""
        if self.connection is connection:
            self._ask(connection)

    def _ask(self, connection: Connection) -> None:
        held = self._replica.held
        message = Join(
            self._room,
            as_=UNSET if self._part is None else self._part,
            seat=UNSET if self._seat is None else self._seat,
            epoch=UNSET if held is None else held.epoch,
            version=UNSET if held is None else held.version,
            checksum=UNSET if held is None else held.checksum,
        )
        began_us = self._clock.monotonic_us()

        def on_answer(answer: object) -> None:
            if self.connection is not connection:
                return
            joined = read_answer(answer, Joined)
            if isinstance(joined, Joined):
                self._ticks.measured(self._clock.monotonic_us() - began_us)
                self._on_joined(joined)
            elif isinstance(joined, AnswerTimeout):
                self._ask(connection)
            elif isinstance(joined, Refused) and joined.advice is Advice.RETRY:
                self._timers.call_later(joined.retry_ms or REJOIN_MS, lambda: self.again(connection))
            elif not isinstance(joined, ConnectionLost):
                self._on_refused(joined)

        connection.request("join", message, timeout_ms=self._answer_timeout_ms, on_answer=on_answer)

    def resync(self, wanted: SendResync) -> bool:
        """False without a connection: the next join asks for the same."""
        connection = self.connection
        if connection is None:
            return False
        message = Resync(self._room, wanted.epoch, wanted.version, wanted.checksum)

        def on_answer(answer: object) -> None:
            if self.connection is not connection:
                return
            joined = read_answer(answer, Joined)
            if isinstance(joined, Joined):
                self._on_joined(joined)
            elif not isinstance(joined, ConnectionLost):
                # Whatever is wrong with it, a join starts from what is held and is judged by itself.
                self._on_forgotten()
                self._timers.call_later(REJOIN_MS, lambda: self.again(connection))

        connection.request("resync", message, timeout_ms=self._answer_timeout_ms, on_answer=on_answer)
        return True
