"""What one client knows of a room: its view, who it is there, what happens, and when that changes."""

from collections.abc import Callable
from typing import Self

from kibitz.client.changes import Changes
from kibitz.client.errors import ClientError
from kibitz.client.session_events import Incidents, SessionEvent
from kibitz.client.subscription import Subscription
from kibitz.client.ticks import TickClock
from kibitz.client.timers import Timers
from kibitz.clock import Clock
from kibitz.ids import ActionId, Epoch, GameName, RoomId, Seat, Version
from kibitz.protocol.messages import Frame, Presence
from kibitz.sync.canonical import Value
from kibitz.sync.reconcile import Predict, Replica


class KnownRoom:
    """The part of a `RoomSession` that only looks. Properties tell what is confirmed, `view` alone includes
    what is pending."""

    def __init__(self, room: RoomId, *, predict: Predict | None, timers: Timers, clock: Clock) -> None:
        self.room = room
        self.game: GameName | None = None
        self.match = 0
        self.presence: Presence | None = None
        self.incidents = Incidents()
        self.frame: Frame | None = None
        """The newest frame of a game in real time."""
        self.ticks = TickClock(clock)
        """Which tick a game in real time is at."""
        self._replica = Replica(predict)
        self._subscriptions: list[Subscription[SessionEvent]] = []
        self._changes = Changes(timers)
        self._error: ClientError | None = None

    @property
    def view(self) -> Value:
        """The confirmed view with pending actions on top, as far as `predict` can tell their effect."""
        return self._replica.shown

    @property
    def confirmed(self) -> Value:
        return self._replica.view

    @property
    def seat(self) -> Seat | None:
        """None for a spectator, and while a newer connection of the same player has the seat."""
        return None if self._replica.seat is None else Seat(self._replica.seat)

    @property
    def version(self) -> Version:
        return Version(self._replica.version)

    @property
    def epoch(self) -> Epoch | None:
        return None if self._replica.epoch is None else Epoch(self._replica.epoch)

    @property
    def is_joined(self) -> bool:
        """False while the connection is away; the session joins again by itself."""
        return self._replica.is_joined

    @property
    def is_over(self) -> bool:
        """Left, closed, or refused for good."""
        return self._error is not None

    @property
    def pending(self) -> tuple[ActionId, ...]:
        """Own actions that are not confirmed yet, in order."""
        return tuple(ActionId(action.id) for action in self._replica.pending)

    def events(self) -> Subscription[SessionEvent]:
        """Everything that happens in the room from now on. Close it when done with it."""
        subscription: Subscription[SessionEvent] = Subscription()
        if self._error is not None:
            subscription.close()
        self._subscriptions = [each for each in self._subscriptions if not each.is_closed]
        self._subscriptions.append(subscription)
        return subscription

    async def until(self, condition: Callable[[Self], bool], timeout_ms: int | None = None) -> None:
        """Return as soon as `condition(self)` holds; it is asked now and after every change.

        Raises `TimeoutError` after `timeout_ms`, `ClientClosed` or `Refused` when the session is over.
        """

        def holds() -> bool:
            if condition(self):
                return True
            if self._error is not None:
                raise self._error
            return False

        await self._changes.until(holds, timeout_ms)

    def _publish(self, event: SessionEvent) -> None:
        for subscription in self._subscriptions:
            subscription.put(event)
