"""How waiting for a quick match ended, passed on to telemetry."""

from kibitz.clock import Clock
from kibitz.ids import GameName, PlayerId, RoomId
from kibitz.rooms.directory.waiting import Waited
from kibitz.telemetry.records import Wait, WaitResult
from kibitz.telemetry.telemetry import Telemetry


class Waits:
    """Lives as long as the server. Without telemetry nobody is told."""

    def __init__(self, telemetry: Telemetry | None, clock: Clock) -> None:
        self._telemetry = telemetry
        self._clock = clock

    def told(
        self, player: PlayerId, game: GameName, entered_us: int, how: Waited, room_id: RoomId | None
    ) -> None:
        """For `QuickMatch`."""
        if self._telemetry is not None:
            result = WaitResult(how.value)
            self._telemetry.add(Wait(self._clock.now_us(), player, game, entered_us, result, room_id))
