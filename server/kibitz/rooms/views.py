"""Views as they leave the room: rendered once per version and viewer class, always committed."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Raw, Struct

from kibitz.ids import Epoch, Seat, Version
from kibitz.rules import Value

Viewer: TypeAlias = Seat | None
"""A seat, or None for a spectator."""

ViewerClass: TypeAlias = int
"""Viewers of one class get the same bytes. A class is a seat's number, or `SPECTATORS`, or, in
games whose view is the same for all, `EVERYBODY`."""

SPECTATORS: ViewerClass = -1
EVERYBODY: ViewerClass = -2


class RenderedView(Struct, frozen=True):
    """`json` is the canonical JSON of `value`, `checksum` its CRC-32. Do not change `value`."""

    value: Mapping[str, Value]
    json: bytes
    checksum: int


class RenderedPatch(Struct, frozen=True):
    """Leads the view of `base` to that of `version`, for one viewer class. Encode it as it is.

    Its fields, encoded, are those of the message `patch` but for `room`. `ops` and `events` are
    JSON text already. The events carry no `action_id`: all viewers of a class share these bytes,
    and an actor learns the version of its action from the answer to it.
    """

    epoch: Epoch
    base: Version
    version: Version
    at_ms: int
    ops: Raw
    checksum: int
    events: Raw


class Held(Struct, frozen=True):
    """What a client says that it still holds; `checksum` None where it did not say."""

    epoch: str
    version: int
    checksum: int | None = None


class CatchUp(Struct, frozen=True):
    """What a client needs to stand at the room's committed version.

    `view` is JSON text with mode `snapshot`, `patches` is given with mode `patches`, neither with
    `current`. `at_ms` is the server's time now; `clock_elapsed_ms` how long the running clock of
    the view has run until then (0 where none runs).
    """

    epoch: Epoch
    version: Version
    mode: Literal["snapshot", "patches", "current"]
    checksum: int
    at_ms: int
    clock_elapsed_ms: int
    match: int
    status: str
    view: Raw | None = None
    patches: tuple[RenderedPatch, ...] = ()
