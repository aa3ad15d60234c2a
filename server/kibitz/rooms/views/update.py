"""What one commit changed in a room, as the listener gets it."""

from collections.abc import Sequence

from msgspec.structs import replace

from kibitz.journal.records import Event, EventKind
from kibitz.rooms.fold.state import RoomState, changed_for_presence
from kibitz.rooms.views.views import RenderedPatch, RenderedView, Renderer, Viewer, ViewerClass

_SHOWN_WHOLE = frozenset(
    {EventKind.STARTED, EventKind.PAUSED, EventKind.RESUMED, EventKind.REWOUND, EventKind.REOPENED}
)
"""Number of the match, status or epoch changed with the view."""


class Update:
    """From the committed version `base` to `version`; valid as long as the call that hands it over.

    Patches and views are made when asked for, once per viewer class: ask only for classes that
    somebody watches as.
    """

    def __init__(
        self,
        renderer: Renderer,
        before: RoomState,
        after: RoomState,
        events: Sequence[Event],
        *,
        late_ms: int = 0,
        clock_ran_ms: int = 0,
        is_whole: bool = False,
    ) -> None:
        """`late_ms`: it is told so much later than it was committed, and clocks are to be read as of then.
        `clock_ran_ms`: how long the running clock had run by the newest of these events.
        `is_whole`: no patch leads here."""
        self._late_ms = late_ms
        self._clock_ran_ms = clock_ran_ms
        self._is_whole = is_whole
        self._renderer = renderer
        self._before = before
        self._after = after
        self._patches: dict[ViewerClass, RenderedPatch] = {}
        self.base = before.version
        self.version = after.version
        self.at_us = after.at_us
        self.events = events
        """As journalled, unfiltered: for decisions (kinds, seats, match), never to be sent."""
        self.status_changed = changed_for_presence(before, after)
        """Whether the room's status, its seats or its rematch offers are other than before."""

    def needs_snapshot(self) -> bool:
        """Whether nobody is to be given a patch for it, but the whole view."""
        return self._is_whole or any(event.kind in _SHOWN_WHOLE for event in self.events)

    def patch(self, viewer_class: ViewerClass) -> RenderedPatch:
        patch = self._patches.get(viewer_class)
        if patch is None:
            patch = self._renderer.patch(self._before, self._after, viewer_class, self.events)
            if self._late_ms:
                patch = replace(patch, at_ms=patch.at_ms + self._late_ms)
            if self._clock_ran_ms:
                patch = replace(patch, clock_elapsed_ms=self._clock_ran_ms)
            self._patches[viewer_class] = patch
        return patch

    def view(self, viewer: Viewer) -> RenderedView:
        return self._renderer.view(self._after, self._renderer.viewer_class(viewer))
