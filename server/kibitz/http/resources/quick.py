"""Quick match: `/api/quick`."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kibitz.http.resources.asked import Asked


class QuickRequest(Asked, frozen=True):
    game: Annotated[str, Meta(min_length=1, max_length=64)]


class QuickMatched(Struct, frozen=True):
    """A seat in a room. `bots_at_ms` is when bots take the seats that are still free then; null: never, or
    the match has begun."""

    room_id: str
    status: Literal["matched", "waiting"]
    bots_at_ms: int | None


class QuickCancelled(Struct, frozen=True):
    """`room_id` is the room that was waited in, null where there was none yet. `cancelled` is false where the
    player did not wait."""

    cancelled: bool
    room_id: str | None
