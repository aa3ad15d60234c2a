"""What leaves a room: its committed state as each viewer may see it, and for spectators, where the room
was made with a delay, as it was that long ago.
"""

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from kibitz.ids import Epoch, PlayerId, RoomKey, Seat, Version
from kibitz.journal.records import Event, NewRoom
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.fold.state import RoomState
from kibitz.rooms.guard.faults import Faults
from kibitz.rooms.guard.guard import Doing
from kibitz.rooms.ledger.ledger import Ledger
from kibitz.rooms.ledger.recovery import Loaded
from kibitz.rooms.services.services import GALLERY, Services
from kibitz.rooms.views.gallery import MARGIN_US, Gallery
from kibitz.rooms.views.history import ShownEvent
from kibitz.rooms.views.update import Update
from kibitz.rooms.views.views import CatchUp, Held, RenderedView, Renderer, Viewer, ViewerClass
from kibitz.rules import State


class Showing:
    """Of one room. Shows nothing that the ledger has not committed."""

    def __init__(
        self, services: Services, record: NewRoom, fold: Fold, loaded: Loaded, ledger: Ledger, faults: Faults
    ) -> None:
        self._services = services
        self._room_id = record.room_id
        self._key: RoomKey = record.key
        self._ledger = ledger
        self._faults = faults
        self._game = fold.referee.game
        self._renderer = Renderer(
            self._game,
            fold.options,
            room_id=record.room_id,
            guard=services.guard,
            spectators_apart=record.spectator_delay_ms > 0,
        )
        self._gallery: Gallery | None = None
        if record.spectator_delay_ms > 0:
            self._gallery = ledger.gallery = self._make_gallery(record.spectator_delay_ms, loaded)

    def _make_gallery(self, delay_ms: int, loaded: Loaded) -> Gallery:
        services, key = self._services, (self._key, GALLERY, 0)
        gallery = Gallery(
            delay_ms,
            loaded.shown or loaded.state,
            services.config.patches_kept,
            services.time.now_us,
            lambda due_us: services.deadlines.set(key, due_us),
        )
        for after, event in loaded.waiting:
            age_us = services.clock.now_us() - event.at_us - MARGIN_US
            gallery.add(after, event, services.time.now_us(), age_us=max(0, age_us))
        return gallery

    # ------------------------------------------------------------ to one viewer

    @property
    def status(self) -> Status:
        return Status.FAULTED if self._faults.is_stopped else self._ledger.committed.status

    @property
    def clock_elapsed_ms(self) -> int:
        """How long the running clock of the committed view has run; 0 where none runs."""
        clock = self._ledger.committed.clock
        if clock is None or not clock.is_running:
            return 0
        return (self._services.time.now_us() - self._ledger.committed_since_us) // 1000

    @property
    def to_move(self) -> tuple[Seat, ...]:
        """See `Room.to_move`."""
        state = self._ledger.committed.state
        if state is None or self.status is not Status.PLAYING:
            return ()
        return self._services.guard.run(Doing.VIEW, self._room_id, partial(self._game.to_move, state))

    def viewer_class(self, viewer: Viewer) -> ViewerClass:
        return self._renderer.viewer_class(viewer)

    def standing(self, viewer: Viewer) -> tuple[Epoch, Version]:
        """See `Room.standing`."""
        state = self._seen_by(viewer)
        return state.epoch, state.version

    def view(self, viewer: Viewer) -> RenderedView:
        """See `Room.view`."""
        return self._renderer.view(self._seen_by(viewer), self._renderer.viewer_class(viewer))

    def catch_up(self, viewer: Viewer, held: Held | None) -> CatchUp:
        """See `Room.catch_up`."""
        if viewer is None and self._gallery is not None:
            return self._catch_up_later(self._gallery, held)
        caught = self._renderer.catch_up(
            self._ledger.committed,
            self._ledger.recent,
            viewer,
            held,
            at_ms=self._services.clock.now_us() // 1000,
            clock_elapsed_ms=self.clock_elapsed_ms,
            status=self.status,
        )
        ran_ms = self._ledger.committed_ran_ms
        if caught.patches and ran_ms:
            patches = tuple(replace(each, clock_elapsed_ms=ran_ms) for each in caught.patches)
            return replace(caught, patches=patches)
        return caught

    def _catch_up_later(self, gallery: Gallery, held: Held | None) -> CatchUp:
        caught = self._renderer.catch_up(
            gallery.shown,
            gallery.recent,
            None,
            held,
            at_ms=self._services.clock.now_us() // 1000,
            clock_elapsed_ms=gallery.clock_elapsed_ms,
            status=Status.FAULTED if self._faults.is_stopped else gallery.shown.status,
        )
        late = tuple(replace(each, at_ms=each.at_ms + gallery.delay_ms) for each in caught.patches)
        return replace(caught, patches=late) if late else caught

    def events_after(
        self, after: Version, limit: int, viewer: Viewer, player: PlayerId | None
    ) -> Sequence[ShownEvent]:
        """See `Room.events_after`."""
        limit = min(limit, self._seen_by(viewer).version - after)
        events = self._services.journal.read_room(self._key, after, limit) if limit > 0 else ()
        return self._renderer.events(events, viewer, player)

    def frame(self, game: State, viewer: Viewer) -> bytes:
        """See `Room.frame`."""
        return self._services.guard.run(Doing.VIEW, self._room_id, partial(self._game.frame, game, viewer))

    def _seen_by(self, viewer: Viewer) -> RoomState:
        if viewer is None and self._gallery is not None:
            return self._gallery.shown
        return self._ledger.committed

    # ------------------------------------------------------------ to all of them

    def update(self, before: RoomState, after: RoomState, events: Sequence[Event]) -> Update:
        """What was committed in this turn, for the listener."""
        return Update(self._renderer, before, after, events, clock_ran_ms=self._ledger.committed_ran_ms)

    @property
    def is_behind(self) -> bool:
        """Whether spectators are still to be shown something that is committed."""
        return self._gallery is not None and self._gallery.is_behind

    def release(self) -> Update | None:
        """What has become old enough for spectators; None: nothing has."""
        gallery = self._gallery
        released = None if gallery is None else gallery.release()
        if gallery is None or released is None:
            return None
        return Update(
            self._renderer,
            released.before,
            released.after,
            released.events,
            late_ms=gallery.delay_ms,
            is_whole=released.is_whole,
        )

    def rest(self) -> None:
        """Nobody watches: forget what is kept for those who do, and is made again for them."""
        self._renderer.forget()
        if self._gallery is not None:
            self._gallery.rest()
