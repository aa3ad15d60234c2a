"""The rows of telemetry.sqlite, as they are handed in. Times are microseconds since 1970 UTC."""

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from kibitz.ids import PlayerId, RoomId


class IncidentKind(StrEnum):
    """Something that should not happen, and healed by itself or did not."""

    WRONG_CHECKSUM = "wrong_checksum"  # a client asked for a resync: right version, other bytes
    PATCH_FAILED = "patch_failed"  # a client asked for a resync: what came did not lead on from what it held
    GAME_FAULT = "game_fault"  # a room went out of play
    COMMIT_FAILED = "commit_failed"  # moves could not be stored; their players were told


class Conflict(Struct, frozen=True, gc=False):
    """An action that was made on `client_version` and met `server_version`."""

    at_us: int
    room_id: RoomId
    player_id: PlayerId
    client_version: int
    server_version: int
    type: str
    resolution: str


class Incident(Struct, frozen=True, gc=False):
    at_us: int
    kind: IncidentKind
    room_id: RoomId
    version: int
    epoch: str
    player_id: PlayerId | None = None
    transport: str | None = None
    detail: str = ""


class Refusal(Struct, frozen=True, gc=False):
    """A request, an event or an action that was refused with this code."""

    at_us: int
    code: str


class FeatureUse(Struct, frozen=True, gc=False):
    at_us: int
    name: str
    player_id: PlayerId
    count: int


Record: TypeAlias = Conflict | Incident | Refusal | FeatureUse
