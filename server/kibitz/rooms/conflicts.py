"""What becomes of an action whose sender did not know the newest state, and the record of it."""

from enum import StrEnum

from msgspec import Struct

from kibitz.ids import Version
from kibitz.rules import Stale


class ConflictType(StrEnum):
    OVERRIDE = "override"  # one side's doing stands, the other's is gone
    MERGE = "merge"  # both stand


class Resolution(StrEnum):
    SERVER = "server"
    MERGE = "merge"
    CLIENT = "client"


class Conflict(Struct, frozen=True):
    """An action was made on `client_version` and met `server_version`."""

    client_version: Version
    server_version: Version
    type: ConflictType
    resolution: Resolution


_ACCEPTED = {
    Stale.REBASE: (ConflictType.MERGE, Resolution.MERGE),
    Stale.COMMUTE: (ConflictType.MERGE, Resolution.CLIENT),
}


def accepted(policy: Stale, base: int, version: Version) -> Conflict:
    """The record of a stale action that is carried out. `policy` is not REJECT."""
    kind, resolution = _ACCEPTED[policy]
    return Conflict(Version(base), version, kind, resolution)


def repeated(policy: Stale, base: int, version: Version) -> Conflict | None:
    """The record that the action on `base`, once accepted as `version`, had then."""
    if policy is Stale.REJECT or base >= version - 1:
        return None
    return accepted(policy, base, Version(version - 1))


def refused(base: int, version: Version) -> Conflict:
    """The record of a stale action that is not: by its policy, or because it is not legal any more."""
    return Conflict(Version(base), version, ConflictType.OVERRIDE, Resolution.SERVER)
