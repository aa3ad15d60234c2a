"""Which actions a room has accepted, so that one that comes twice is done once.

A room that plays match after match would remember ever more. It keeps the newest; of an action that
may be older its journal is asked. Which is which follows from the action itself: an action is always
accepted as a version above the one it was made on.
"""

from collections.abc import Iterable, Iterator
from zlib import compress, decompress

import msgspec
from msgspec import Struct

from kibitz.ids import ActionId, PlayerId, Version
from kibitz.journal.journal import BEGINNING
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.conflicts import Conflict
from kibitz.rooms.fold.event_args import decode_ticks

ACTS_KEPT = 256
ACTS_SAVED = 128
LOOK_BACK_MOST = 1_000
"""So many events are read for one action that may be older; beyond that it is refused as stale."""


class KnownAct(Struct, frozen=True, gc=False):
    """An action that was accepted: as which version, and what it was."""

    version: Version
    content: str
    conflict: Conflict | None = None


def content_of(action_type: str, args: str) -> str:
    return f"{action_type} {args}"


def acts_in(event: Event) -> Iterator[tuple[PlayerId, ActionId, KnownAct]]:
    """The actions of a journalled event, as they were accepted: one, or all that a row of ticks holds."""
    if event.kind is EventKind.ACTION:
        if event.player_id is not None and event.action_id is not None:
            content = content_of(event.type or "", event.args)
            yield event.player_id, event.action_id, KnownAct(event.version, content)
    elif event.kind is EventKind.TICKS:
        for done in decode_ticks(event.args).inputs:
            if done.player_id is not None and done.action_id is not None:
                content = content_of(done.type, bytes(done.args).decode())
                yield done.player_id, done.action_id, KnownAct(event.version, content)


def find_act(events: Iterable[Event], player: PlayerId, action_id: str) -> KnownAct | None:
    """The action of this id, if one of `events` holds it. Ids need no escaping, so a row of ticks is only
    decoded if it names this one: whoever has a seat may ask for many rows."""
    for event in events:
        if event.action_id == action_id or (event.kind is EventKind.TICKS and action_id in event.args):
            for who, which, act in acts_in(event):
                if which == action_id and who == player:
                    return act
    return None


_Packed = list[tuple[PlayerId, ActionId, Version, str]]
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Packed).decode


class KnownActs:
    """Accepted actions by player and id, the oldest first; about `most` of them, at least the newest.

    All that were accepted above version `complete_from` are here. Those of a room where nothing happens
    lie packed, in a tenth of the space, until somebody asks.
    """

    def __init__(
        self,
        acts: Iterable[tuple[PlayerId, ActionId, KnownAct]] = (),
        *,
        most: int = ACTS_KEPT,
        complete_from: Version = BEGINNING,
    ) -> None:
        self._acts = {(player, action_id): act for player, action_id, act in acts}
        self._packed: bytes | None = None
        self._most = most
        self.complete_from = complete_from

    def find(self, player: PlayerId, action_id: str) -> KnownAct | None:
        if self._packed is not None:
            self._unpack()
        return self._acts.get((player, ActionId(action_id)))

    def add(self, player: PlayerId, action_id: ActionId, act: KnownAct) -> None:
        if self._packed is not None:
            self._unpack()
        self._acts[player, action_id] = act
        if len(self._acts) > self._most:
            oldest = next(iter(self._acts))
            self.complete_from = self._acts.pop(oldest).version

    def add_event(self, event: Event) -> None:
        """Remember what was done by an event."""
        for player, action_id, act in acts_in(event):
            self.add(player, action_id, act)

    def forget(self, event: Event) -> None:
        """The event was not stored: what was done by it may come again."""
        if self._packed is not None:
            self._unpack()
        for player, action_id, _ in acts_in(event):
            self._acts.pop((player, action_id), None)

    def to_save(self, version: Version) -> tuple[list[tuple[PlayerId, ActionId, KnownAct]], Version]:
        """What the recovery point of `version` holds: actions, and from where on they are all.

        It follows from the committed events alone: fewer are saved than kept, so that it makes no
        difference how many more waited for their commit just then.
        """
        if self._packed is not None:
            self._unpack()
        acts = [(*who, act) for who, act in self._acts.items() if act.version <= version]
        if len(acts) <= ACTS_SAVED:
            return acts, self.complete_from
        return acts[-ACTS_SAVED:], acts[-ACTS_SAVED - 1][2].version

    def pack(self) -> None:
        """Nobody is expected to ask soon. Records of conflicts are not kept."""
        if self._packed is None:
            acts = [(*who, act.version, act.content) for who, act in self._acts.items()]
            self._packed, self._acts = compress(_encode(acts), 1), {}

    def _unpack(self) -> None:
        packed, self._packed = self._packed, None
        if packed is not None:
            for player, action_id, version, content in _decode(decompress(packed)):
                self._acts[player, action_id] = KnownAct(version, content)

    def __len__(self) -> int:
        if self._packed is not None:
            self._unpack()
        return len(self._acts)
