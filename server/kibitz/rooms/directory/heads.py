"""What is known about an open room that is not in use: enough to list it, and to know when it is due.

A `Room` costs some thousand bytes and a fold; a `Head` costs neither. A server begins with heads alone,
as the journal's last rows tell them, and a room that nobody needs is put back to one.
"""

from collections.abc import Mapping
from typing import TypeAlias

import msgspec
from msgspec import Struct

from kibitz.ids import (
    Epoch,
    GameName,
    JoinCode,
    PlayerId,
    RoomId,
    RoomKey,
    Seat,
    Version,
    is_bot,
    is_house_bot,
)
from kibitz.journal.records import EventKind, NewRoom, Standing
from kibitz.rooms.answers import Refused
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.presence import SeatStatus
from kibitz.rooms.room import Room
from kibitz.rules import Value

_WANTED_MORE = (EventKind.REMATCH, EventKind.JOINED)


class Absence(Struct, frozen=True):
    """`Presence` of a room in which nobody can be."""

    players: tuple[PlayerId | None, ...]
    spectators: int = 0
    is_empty: bool = True

    def seats(self) -> tuple[SeatStatus, ...]:
        return tuple(_absent(Seat(seat), player) for seat, player in enumerate(self.players))


class Head(Struct, frozen=True):
    """A room at rest; what it has in common with `Room` has the same names.

    `clock_since_us` is the game time at which its running clock began to run, `unjoined_us` the one at
    which it is closed if nobody comes. `is_from_start`: it was not in memory since the server began.
    `wants_more`: a match may be about to begin in it. `refusal` tells why it cannot be used at all.
    """

    record: NewRoom
    status: Status
    epoch: Epoch
    version: Version
    match: int
    players: tuple[PlayerId | None, ...]
    last_event_us: int
    clock_since_us: int
    unjoined_us: int | None = None
    wants_more: bool = False
    is_from_start: bool = False
    refusal: Refused | None = None

    @property
    def room_id(self) -> RoomId:
        return self.record.room_id

    @property
    def key(self) -> RoomKey:
        return self.record.key

    @property
    def code(self) -> JoinCode:
        return self.record.code

    @property
    def game_name(self) -> GameName:
        return self.record.game

    @property
    def is_private(self) -> bool:
        return self.record.is_private

    @property
    def is_quick(self) -> bool:
        return self.record.is_quick

    @property
    def created_us(self) -> int:
        return self.record.created_us

    @property
    def spectator_delay_ms(self) -> int:
        return self.record.spectator_delay_ms

    @property
    def options(self) -> Mapping[str, Value]:
        options: dict[str, Value] = msgspec.json.decode(self.record.options)
        return options

    @property
    def presence(self) -> Absence:
        return Absence(self.players)

    @property
    def is_playing(self) -> bool:
        return self.status is Status.PLAYING

    @property
    def has_house_bots(self) -> bool:
        return any(player is not None and is_house_bot(player) for player in self.players)


Listed: TypeAlias = Room | Head
"""An open room, in use or not: both tell the same about themselves."""


def head_of(standing: Standing, opened_us: int) -> Head:
    """As the journal tells it to a server that opened at the game time `opened_us`."""
    status = _status(standing)
    is_full = None not in standing.players
    return Head(
        standing.room,
        status,
        standing.epoch,
        standing.version,
        standing.match,
        standing.players,
        standing.at_us,
        opened_us,
        is_from_start=True,
        wants_more=is_full
        and (status is Status.WAITING or (status is Status.FINISHED and standing.kind in _WANTED_MORE)),
    )


def _status(standing: Standing) -> Status:
    match standing.match_kind:
        case None:
            return Status.WAITING
        case _ if standing.is_over:
            return Status.FINISHED
        case EventKind.PAUSED:
            return Status.PAUSED
        case _:
            return Status.PLAYING


def _absent(seat: Seat, player: PlayerId | None) -> SeatStatus:
    if player is None:
        return SeatStatus(seat, None, False, "disconnected", None, None, False)
    return SeatStatus(
        seat,
        player,
        is_bot(player),
        "connected" if is_house_bot(player) else "disconnected",
        None,
        None,
        False,
    )
