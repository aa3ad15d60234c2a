"""What admins do to a room: `/api/admin/rooms/{room}/pause` and so on."""

from typing import Annotated

from msgspec import Meta, Struct

from kibitz.http.resources.asked import Asked


class PauseRequest(Asked, frozen=True):
    """`reason` is told to nobody but the journal."""

    reason: Annotated[str, Meta(max_length=200)] = ""


class RewindRequest(Asked, frozen=True):
    """Back to how the match stood after `to_version`."""

    to_version: Annotated[int, Meta(ge=1, le=2**53)]


class KickRequest(Asked, frozen=True):
    seat: Annotated[int, Meta(ge=0, le=63)]


class CommandDone(Struct, frozen=True):
    """The command is committed as `version`."""

    version: int
    ok: bool = True
