"""What a room appended and does not know to be stored yet."""

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from kibitz.ids import Version
from kibitz.journal.journal import CommitFailure
from kibitz.journal.records import Event
from kibitz.rooms.fold.state import RoomState

Reply: TypeAlias = Callable[[CommitFailure | None], None]
"""Called when it is known whether an event is stored."""


class Entry(Struct):
    """An appended event, the state it leads to, and when the clock of that state began to run; `ran_ms` is
    how long it had run by the event, which is 0 where that made it begin anew."""

    event: Event
    after: RoomState
    since_us: int
    replies: list[Reply]
    is_lost: bool = False
    ran_ms: int = 0


class InFlight:
    """Entries whose commit is awaited, oldest first: the journal settles them in this order."""

    def __init__(self) -> None:
        # A list: some entries at most, and an empty deque has room for 64 of them.
        self._entries: list[Entry] = []

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)

    def settle(self) -> Entry:
        """The entry that the journal speaks of now."""
        return self._entries.pop(0)

    def lose_all(self) -> list[Entry]:
        """All that were built on a lost event are lost with it; the journal has yet to say so."""
        lost = [entry for entry in self._entries if not entry.is_lost]
        for entry in lost:
            entry.is_lost = True
        return lost

    def at(self, version: Version) -> Entry | None:
        return next((e for e in self._entries if e.event.version == version and not e.is_lost), None)

    def __len__(self) -> int:
        return len(self._entries)
