"""A room's events as one viewer may see them: the replay, the feed, and what goes with a patch."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from kibitz.ids import ActionId, Epoch, PlayerId, Seat, Version
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.fold.event_args import decode_rewound
from kibitz.rules import Game, Move, Value


class ShownEvent(Struct, frozen=True):
    """One journalled event as one viewer may see it; `type` and `args` are None where hidden.

    `action_id` is given only to the player who made the action, and only when asked for by player.
    """

    epoch: Epoch
    version: Version
    at_us: int
    kind: str
    seat: Seat | None
    type: str | None
    args: Mapping[str, Value] | None
    action_id: ActionId | None = None


# Python 3.11 takes longer for a member of an enum than for a call; this one is asked for every move.
_ACTION = EventKind.ACTION
_REWOUND = EventKind.REWOUND
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def show(
    events: Iterable[Event], game: Game[Any] | None, viewer: Seat | None, player: PlayerId | None
) -> list[ShownEvent]:
    """`events` through the game's `event_view`. What no game described is shown without arguments:
    those of the frame hold a match's seed. Of a rewind the version that it went back to is told, since
    what came after that no longer counts. Without the game nothing of its actions is shown."""
    shown = []
    for event in events:
        args: Mapping[str, Value] | None = None
        action_id: ActionId | None = None
        if event.kind is _ACTION and event.type is not None and event.seat is not None:
            if game is not None:
                args = game.event_view(Move(event.type, _decode(event.args)), event.seat, viewer)
            if player is not None and event.player_id == player:
                action_id = event.action_id
        elif event.kind is _REWOUND:
            args = {"to_version": decode_rewound(event.args).to_version}
        shown.append(
            ShownEvent(
                event.epoch,
                event.version,
                event.at_us,
                event.kind,
                event.seat,
                None if args is None else event.type,
                args,
                action_id,
            )
        )
    return shown
