"""What a room is after an event: frozen, so that older states can be kept and shared for nothing."""

from msgspec import Struct

from kibitz.ids import Epoch, PlayerId, RoomId, Seat, Version
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rules import State


class ClockState(Struct, frozen=True, gc=False, omit_defaults=True):
    """The clocks of a match, as of the state's event; `kibitz.rooms.fold.clocks` makes them.

    `remaining_ms` per seat; `running` the one seat whose clock runs since. The rest is for clocks per
    move and per phase: `running_seats` all that run (None with a clock per game), `used_ms` per seat
    what its running clock has been charged since it began, `phase_ms` what is left of the phase, and
    `is_standing` where that stands.
    """

    remaining_ms: tuple[int, ...]
    running: Seat | None
    running_seats: tuple[Seat, ...] | None = None
    used_ms: tuple[int, ...] = ()
    phase_ms: int | None = None
    is_standing: bool = False

    @property
    def is_running(self) -> bool:
        return (
            self.running is not None
            or bool(self.running_seats)
            or (self.phase_ms is not None and not self.is_standing)
        )


class ForkOrigin(Struct, frozen=True):
    """Where a fork was taken from."""

    room: RoomId
    version: Version


class ForkPoint(Struct, frozen=True, rename={"from_": "from"}):
    """What the first match of a forked room begins with: `state` is base64 of the encoded game state."""

    from_: ForkOrigin
    state: str
    clock: ClockState | None


class RoomState(Struct, frozen=True):
    """Everything that the fold of a room's events makes. Nothing in it depends on when it is read.

    `state` is the game's, of the running or the last match; `wants_rematch` is per seat. `epoch` is
    that of the newest event. `tick` counts the ticks of the match that are done. `seeds` are those of
    the match, the newest last, where the game uses chance. `kicked` may not take a seat again. `fork`
    waits for its first match. `paused_for` is why the match is paused.
    """

    version: Version
    at_us: int
    status: Status
    players: tuple[PlayerId | None, ...]
    wants_rematch: tuple[bool, ...]
    match: int = 0
    state: State | None = None
    clock: ClockState | None = None
    epoch: Epoch = Epoch("")
    tick: int = 0
    seeds: tuple[bytes, ...] = ()
    kicked: tuple[PlayerId, ...] = ()
    fork: ForkPoint | None = None
    paused_for: str = ""

    def seat_of(self, player: PlayerId) -> Seat | None:
        return Seat(self.players.index(player)) if player in self.players else None

    @property
    def is_full(self) -> bool:
        return None not in self.players

    @property
    def is_match_on(self) -> bool:
        """Whether a match is on, be it paused."""
        return self.status is Status.PLAYING or self.status is Status.PAUSED

    def phase(self) -> str | None:
        """The game's phase; None where no match is on."""
        return self.state.phase if self.state is not None and self.is_match_on else None


def changed_for_presence(before: RoomState, after: RoomState) -> bool:
    return (
        before.status is not after.status
        or before.players != after.players
        or before.wants_rematch != after.wants_rematch
    )
