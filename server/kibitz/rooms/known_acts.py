"""Which actions a room has accepted, so that one that comes twice is done once."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from kibitz.ids import ActionId, PlayerId, Version
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.conflicts import Conflict


class KnownAct(Struct, frozen=True):
    """An action that was accepted: as which version, and what it was."""

    version: Version
    content: str
    conflict: Conflict | None = None


def content_of(action_type: str, args: str) -> str:
    return f"{action_type} {args}"


class KnownActs:
    """Accepted actions by player and id."""

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
