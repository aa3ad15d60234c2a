"""What every room of a server shares. Built once by the directory and handed to each room."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from kibitz.clock import Clock
from kibitz.ids import Entropy, RoomId, RoomKey
from kibitz.journal.journal import Journal
from kibitz.rooms.guard.guard import Guard
from kibitz.rooms.guard.quarantine import Quarantine
from kibitz.rooms.services.brain_pool import BrainPool
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rooms.services.deadlines import Deadlines
from kibitz.rooms.services.gametime import GameTime
from kibitz.rooms.services.listener import FrameListener, GalleryListener, RoomListener
from kibitz.rooms.services.ticker import Ticker

FLAG, GRACE, UNJOINED, BOT, WAKE, GALLERY = "flag", "grace", "unjoined", "bot", "wake", "gallery"
ROOM_KINDS, SEAT_KINDS = (FLAG, UNJOINED, WAKE, GALLERY), (GRACE, BOT)
"""Every kind of deadline there is: those of the room, whose seat is 0, and those of each seat."""

DeadlineKey: TypeAlias = tuple[RoomKey, str, int]
"""A room, what is due there, and for which seat (0 where it is for the room)."""


@dataclass(frozen=True, slots=True)
class Services:
    """`settle_soon` has the room's `settle` called once, in the next turn of the loop; `fell_back`
    counts a bot's move that was not its brain's. Every call of game code goes through `guard`."""

    journal: Journal
    clock: Clock
    time: GameTime
    deadlines: Deadlines[DeadlineKey]
    listener: RoomListener
    brains: BrainPool
    config: RoomsConfig
    entropy: Entropy
    guard: Guard
    quarantine: Quarantine
    ticker: Ticker
    frames: FrameListener
    gallery: GalleryListener
    settle_soon: Callable[[RoomId], None]
    forget: Callable[[RoomId], None]
    is_draining: Callable[[], bool]
    fell_back: Callable[[], None]
