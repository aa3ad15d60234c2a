"""What a session of a room tells about itself: events, and counts of what went wrong."""

from msgspec import Struct

from kibitz.ids import Version
from kibitz.protocol.messages import ChatSaid, Frame, Notice, Presence
from kibitz.sync.reconcile import Incident, RolledBack


class Changed(Struct, frozen=True):
    """The confirmed view is now that of `version`; `is_rejoin` after a join, a resync or a snapshot."""

    version: Version
    is_rejoin: bool


SessionEvent = Changed | ChatSaid | Frame | Presence | Notice | RolledBack | Incident


class Incidents(Struct):
    """What went wrong with staying in step, counted since the session began."""

    wrong_checksums: int = 0
    bad_patches: int = 0
    resyncs: int = 0
    resent_acts: int = 0

    @property
    def wrong(self) -> int:
        """What must never happen with a correct server: views that differ from what it says."""
        return self.wrong_checksums + self.bad_patches
