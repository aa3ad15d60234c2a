"""The arguments of the frame's own events, as the journal holds them.

They change only by gaining fields with defaults; what is not said is left out.
"""

from typing import ClassVar

import msgspec
from msgspec import Struct

from kibitz.ids import ActionId, PlayerId, Seat, Version
from kibitz.rooms.fold.state import ClockState, ForkOrigin, ForkPoint


class Created(Struct, frozen=True, omit_defaults=True):
    """`fork`: the first match begins with it."""

    fork: ForkPoint | None = None


class Left(Struct, frozen=True, omit_defaults=True):
    """`reason` is `kicked`, or not said where the player left."""

    KICKED: ClassVar[str] = "kicked"
    reason: str | None = None


class Started(Struct, frozen=True, omit_defaults=True, rename={"from_": "from"}):
    """`seed` in hex; `players` by seat. `state`, `clock` and `from` are those of a fork."""

    seed: str
    players: tuple[PlayerId, ...]
    state: str | None = None
    clock: ClockState | None = None
    from_: ForkOrigin | None = None

    def fork_point(self) -> ForkPoint | None:
        if self.state is None or self.from_ is None:
            return None
        return ForkPoint(self.from_, self.state, self.clock)


class Forfeited(Struct, frozen=True, omit_defaults=True):
    """What the clock that ran, not always that of the seat that left, is charged with it. None where no
    clock ran, and in rows that are older than this."""

    charged_ms: int | None = None


class Paused(Struct, frozen=True, omit_defaults=True):
    """`charged_ms` where a clock ran. `BY_ITSELF`: the reasons for which a match in real time is paused,
    and goes on, without an admin."""

    AWAY: ClassVar[str] = "away"
    CRASH: ClassVar[str] = "crash"
    DRAIN: ClassVar[str] = "drain"
    BY_ITSELF: ClassVar[tuple[str, ...]] = (AWAY, CRASH, DRAIN)

    reason: str = ""
    charged_ms: int | None = None


class Rewound(Struct, frozen=True, omit_defaults=True):
    """`seed`, in hex, is what chance is drawn from afterwards."""

    to_version: Version
    seed: str | None = None


class Reopened(Struct, frozen=True, omit_defaults=True):
    """`reason` is `crash` or `restore`."""

    reason: str


class Closed(Struct, frozen=True):
    """`reason` is `empty` or `admin`."""

    reason: str


class TickInput(Struct, frozen=True, array_like=True):
    """An action done in a tick."""

    tick: int
    seat: Seat
    type: str
    args: msgspec.Raw
    player_id: PlayerId | None = None
    action_id: ActionId | None = None


class Ticks(Struct, frozen=True):
    """The ticks from `first` on, with the actions done in them: in the order in which they count."""

    first: int
    count: int
    inputs: tuple[TickInput, ...] = ()


_encoder = msgspec.json.Encoder(order="sorted")


def encode_args(args: Struct) -> str:
    """JSON text with sorted keys."""
    return _encoder.encode(args).decode()


decode_created = msgspec.json.Decoder(Created).decode
decode_left = msgspec.json.Decoder(Left).decode
decode_started = msgspec.json.Decoder(Started).decode
decode_forfeited = msgspec.json.Decoder(Forfeited).decode
decode_paused = msgspec.json.Decoder(Paused).decode
decode_rewound = msgspec.json.Decoder(Rewound).decode
decode_ticks = msgspec.json.Decoder(Ticks).decode
