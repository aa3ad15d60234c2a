"""All rooms of this server: made, found, listed, recovered, closed when nobody wants them."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from kibitz.clock import Clock
from kibitz.ids import GameName, JoinCode, PlayerId, RoomId, Version
from kibitz.journal.journal import Journal
from kibitz.rooms.answers import Refused
from kibitz.rooms.bots import BrainPool
from kibitz.rooms.history import ShownEvent
from kibitz.rooms.lifecycle import Status
from kibitz.rooms.listener import RoomListener
from kibitz.rooms.room import Room
from kibitz.rules import Game


class RoomsConfig(Struct, frozen=True):
    """Durations in milliseconds. `pause_limit_ms`: a gap between two readings of the clock above it
    is taken for a pause of the process and charged to nobody; 0 switches that off (fake clocks)."""

    snapshot_every: int = 32
    acts_waiting_most: int = 64
    rooms_most: int = 20_000
    presence_grace_ms: int = 30_000
    waiting_unjoined_ms: int = 30 * 60_000
    finished_unjoined_ms: int = 30 * 60_000
    pause_limit_ms: int = 3_000
    bot_budget_ms: int = 200
    patches_kept: int = 64


class Creation(Struct, frozen=True):
    """What a room is asked to be. `seats` None: the game's least. `bots` take the last seats."""

    game: GameName
    host: PlayerId
    options: bytes = b"{}"
    seats: int | None = None
    is_private: bool = False
    bots: int = 0


class Recovered(Struct, frozen=True):
    """What `recover` found: `refused` rooms are not playable, each with its code."""

    rooms: int
    refused: Mapping[RoomId, Refused]


CreateAnswer: TypeAlias = Callable[[Room | Refused], None]


class Directory:
    """`games` by name; `defer` runs a callable in the next turn of the event loop (`call_soon`)."""

    def __init__(
        self,
        *,
        games: Mapping[GameName, Game],  # type: ignore[type-arg]
        journal: Journal,
        clock: Clock,
        listener: RoomListener,
        brains: BrainPool,
        defer: Callable[[Callable[[], None]], object],
        config: RoomsConfig | None = None,
    ) -> None:
        raise NotImplementedError

    def recover(self) -> Recovered:
        """Read every unfinished room from the journal. Running clocks begin anew now."""
        raise NotImplementedError

    def create(self, wanted: Creation, answer: CreateAnswer) -> None:
        """Make a room; `answer` gets it when its creation is committed, or Refused with
        `unknown_game`, `bad_options`, `draining`, `room_busy` or `unavailable`."""
        raise NotImplementedError

    def find(self, room_id: RoomId) -> Room | Refused:
        """An open room; else `unknown_room`, `room_closed` or `rules_changed`."""
        raise NotImplementedError

    def find_code(self, code: JoinCode) -> Room | Refused:
        """An open room by its join code. Codes expire with their room."""
        raise NotImplementedError

    def list(
        self, game: GameName | None = None, status: Status | None = None, limit: int = 100
    ) -> Sequence[Room]:
        """Public open rooms, newest first."""
        raise NotImplementedError

    def all(self) -> Sequence[Room]:
        """Every open room, private and faulted ones too, in order of creation: for the admin."""
        raise NotImplementedError

    def events(
        self, room_id: RoomId, after: Version, limit: int, player: PlayerId | None
    ) -> Sequence[ShownEvent] | Refused:
        """The committed events of a room, open or closed, as `player` (its seat then, or a
        spectator) may see them. `unknown_room` where there is none."""
        raise NotImplementedError

    def tick(self) -> None:
        """Do what is due: flags, bots, grace, rooms that nobody wants."""
        raise NotImplementedError

    def next_deadline_us(self) -> int:
        """When `tick` wants to be called next, on the monotonic clock; at most a second away."""
        raise NotImplementedError

    def drain(self) -> None:
        """From now on `create` refuses with `draining`, and no new match starts. Acts go on."""
        raise NotImplementedError

    @property
    def is_draining(self) -> bool:
        raise NotImplementedError
