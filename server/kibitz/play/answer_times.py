"""How long clients wait for answers: from an event's arrival to its acknowledgement.

Most events are answered while they are handled. Those that a commit settles are answered in a later
turn of the loop; what answers them carries along when the event came.
"""

from collections.abc import Callable, Mapping
from time import perf_counter_ns
from typing import TypeVar

from kibitz.ids import GameName
from kibitz.metrics.histogram import Histogram
from kibitz.transport.socket import Ack, Socket

M = TypeVar("M")
A = TypeVar("A")

Handler = Callable[[Socket, M, Ack | None], None]
ACT = "act"


class AnswerTimes:
    """`events` by name, `actions` by game and type of action: what is in neither is not measured."""

    __slots__ = ("_act", "_actions", "_events", "began_ns")

    def __init__(
        self, events: Mapping[str, Histogram], actions: Mapping[GameName, Mapping[str, Histogram]]
    ) -> None:
        self._events = events
        self._actions = actions
        self._act = events[ACT]
        self.began_ns = 0
        """When the event came that is being handled in this very call; 0 outside."""

    def timed(self, event: str, handler: Handler[M]) -> Handler[M]:
        """`handler`, measured where it answers before it returns, or where nobody waits for an answer."""
        histogram = self._events[event]

        def timed(socket: Socket, taken: M, ack: Ack | None) -> None:
            began_ns = self.began_ns = perf_counter_ns()
            try:
                handler(socket, taken, ack)
            finally:
                self.began_ns = 0
            if ack is None or ack.is_used:
                histogram.add(perf_counter_ns() - began_ns)

        return timed

    def later(self, event: str, answer: Callable[[A], None]) -> Callable[[A], None]:
        """`answer`, measured where it is called after the event's handler has returned. To be made while
        it is handled."""
        histogram = self._events[event]
        began_ns = self.began_ns

        def answered(result: A) -> None:
            answer(result)
            if not self.began_ns:
                histogram.add(perf_counter_ns() - began_ns)

        return answered

    def acted(self, game: GameName, action: str, began_ns: int) -> None:
        """An action that came at `began_ns` was answered."""
        took_ns = perf_counter_ns() - began_ns
        by_type = self._actions.get(game)
        histogram = None if by_type is None else by_type.get(action)
        if histogram is not None:
            histogram.add(took_ns)
        if not self.began_ns:
            self._act.add(took_ns)
