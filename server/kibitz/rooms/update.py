"""What one commit changed in a room, as the listener gets it."""

from collections.abc import Sequence

from kibitz.ids import Version
from kibitz.journal.records import Event
from kibitz.rooms.views import RenderedPatch, RenderedView, Viewer, ViewerClass


class Update:
    """From the committed version `base` to `version`; valid as long as the call that hands it over.

    Patches and views are made when asked for, once per viewer class: ask only for classes that
    somebody watches as.
    """

    base: Version
    version: Version
    at_us: int
    events: Sequence[Event]
    """As journalled, unfiltered: for decisions (kinds, seats, match), never to be sent."""
    status_changed: bool
    """Whether the room's status, its seats or its rematch offers are other than before: `presence`."""

    def patch(self, viewer_class: ViewerClass) -> RenderedPatch:
        raise NotImplementedError

    def view(self, viewer: Viewer) -> RenderedView:
        raise NotImplementedError
