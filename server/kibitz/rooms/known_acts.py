"""Which actions a room has accepted, so that one that comes twice is done once.

A room that plays match after match would remember ever more. It keeps the newest; of an action that
may be older its journal is asked. Which is which follows from the action itself: an action is always
accepted as a version above the one it was made on.
"""

from collections.abc import Iterable

from msgspec import Struct

from kibitz.ids import ActionId, PlayerId, Version
from kibitz.journal.journal import BEGINNING
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.conflicts import Conflict

ACTS_KEPT = 256
ACTS_SAVED = 128
LOOK_BACK_MOST = 4_000
"""So many events are read for one action that may be older; beyond that it is refused as stale."""


class KnownAct(Struct, frozen=True, gc=False):
    """An action that was accepted: as which version, and what it was."""

    version: Version
    content: str
    conflict: Conflict | None = None


def content_of(action_type: str, args: str) -> str:
    return f"{action_type} {args}"


def known_from(event: Event) -> KnownAct:
    """The journalled action, as it was accepted."""
    return KnownAct(event.version, content_of(event.type or "", event.args))


class KnownActs:
    """Accepted actions by player and id, the oldest first; about `most` of them, at least the newest.

    All that were accepted above version `complete_from` are here.
    """

    def __init__(
        self,
        acts: Iterable[tuple[PlayerId, ActionId, KnownAct]] = (),
        *,
        most: int = ACTS_KEPT,
        complete_from: Version = BEGINNING,
    ) -> None:
        self._acts = {(player, action_id): act for player, action_id, act in acts}
        self._most = most
        self.complete_from = complete_from

    def find(self, player: PlayerId, action_id: str) -> KnownAct | None:
        return self._acts.get((player, ActionId(action_id)))

    def add(self, player: PlayerId, action_id: ActionId, act: KnownAct) -> None:
        self._acts[player, action_id] = act
        if len(self._acts) > self._most:
            oldest = next(iter(self._acts))
            self.complete_from = self._acts.pop(oldest).version

    def add_event(self, event: Event) -> None:
        """Remember an event read back from the journal, if it is an action."""
        if event.kind is EventKind.ACTION and event.player_id is not None and event.action_id is not None:
            self.add(event.player_id, event.action_id, known_from(event))

    def forget(self, event: Event) -> None:
        """The event was not stored: its action may come again."""
        if event.player_id is not None and event.action_id is not None:
            self._acts.pop((event.player_id, event.action_id), None)

    def to_save(self, version: Version) -> tuple[list[tuple[PlayerId, ActionId, KnownAct]], Version]:
        """What the recovery point of `version` holds: actions, and from where on they are all.

        It follows from the committed events alone: fewer are saved than kept, so that it makes no
        difference how many more waited for their commit just then.
        """
        acts = [(*who, act) for who, act in self._acts.items() if act.version <= version]
        if len(acts) <= ACTS_SAVED:
            return acts, self.complete_from
        return acts[-ACTS_SAVED:], acts[-ACTS_SAVED - 1][2].version

    def __len__(self) -> int:
        return len(self._acts)
