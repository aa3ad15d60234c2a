"""A room's events as one viewer may see them: the replay, the feed, and what goes with a patch."""

from collections.abc import Mapping

from msgspec import Struct

from kibitz.ids import ActionId, Epoch, Seat, Version
from kibitz.rules import Value


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
