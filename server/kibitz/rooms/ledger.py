"""What a room appended and does not know to be stored yet, and which actions it has accepted before."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from msgspec import Struct

from kibitz.ids import ActionId, PlayerId, Version
from kibitz.journal.journal import CommitFailure
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.conflicts import Conflict
from kibitz.rooms.state import RoomState

Reply: TypeAlias = Callable[[CommitFailure | None], None]
"""Called when it is known whether an event is stored."""


class KnownAct(Struct, frozen=True):
    """An action that was accepted: as which version, and what it was."""

    version: Version
    content: str
    conflict: Conflict | None = None


def content_of(action_type: str, args: str) -> str:
    return f"{action_type} {args}"


class KnownActs:
    """Accepted actions by player and id, so that one that comes twice is done once."""

    def __init__(self, acts: Iterable[tuple[PlayerId, ActionId, KnownAct]] = ()) -> None:
        self._acts = {(player, action_id): act for player, action_id, act in acts}

    def find(self, player: PlayerId, action_id: str) -> KnownAct | None:
        return self._acts.get((player, ActionId(action_id)))

    def add(self, player: PlayerId, action_id: ActionId, act: KnownAct) -> None:
        self._acts[player, action_id] = act

    def add_event(self, event: Event) -> None:
        """Remember an event read back from the journal, if it is an action."""
        if event.kind is EventKind.ACTION and event.player_id is not None and event.action_id is not None:
            content = content_of(event.type or "", event.args)
            self.add(event.player_id, event.action_id, KnownAct(event.version, content))

    def forget(self, event: Event) -> None:
        """The event was not stored: its action may come again."""
        if event.player_id is not None and event.action_id is not None:
            self._acts.pop((event.player_id, event.action_id), None)

    def up_to(self, version: Version) -> Iterator[tuple[PlayerId, ActionId, KnownAct]]:
        for (player, action_id), act in self._acts.items():
            if act.version <= version:
                yield player, action_id, act

    def __len__(self) -> int:
        return len(self._acts)


@dataclass(slots=True)
class Entry:
    """An appended event, the state it leads to, and when the clock of that state began to run."""

    event: Event
    after: RoomState
    since_us: int
    replies: list[Reply] = field(default_factory=list)
    is_lost: bool = False


class InFlight:
    """Entries whose commit is awaited, oldest first: the journal settles them in this order."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)

    def settle(self) -> Entry:
        """The entry that the journal speaks of now."""
        return self._entries.popleft()

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
