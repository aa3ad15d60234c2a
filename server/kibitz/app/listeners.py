"""Several listeners as one: rooms tell the connections and the feeds."""

import logging
from collections.abc import Callable, Sequence
from time import perf_counter_ns
from typing import TypeVar

from kibitz.metrics.histogram import Histogram
from kibitz.rooms.room import Room
from kibitz.rooms.services.listener import GalleryListener, RoomListener
from kibitz.rooms.views.update import Update
from kibitz.rooms.views.views import ViewFault

log = logging.getLogger(__name__)

T = TypeVar("T", RoomListener, GalleryListener)


class Listeners:
    """A `RoomListener` that passes everything on, in order; one that fails keeps nothing from the rest.

    A view that the game fails to make is the room's affair: it is raised once all were told.
    """

    def __init__(
        self,
        *listeners: RoomListener,
        gallery: Sequence[GalleryListener] = (),
        took: Histogram | None = None,
    ) -> None:
        """`gallery` are those that tell spectators; `took` takes how long it took to tell of a commit."""
        self._listeners = listeners
        self._gallery = gallery
        self._took = took

    def committed(self, room: Room, update: Update) -> None:
        fault: ViewFault | None = None
        began_ns = 0 if self._took is None else perf_counter_ns()
        for listener in self._listeners:  # once per move: no closure here
            try:
                listener.committed(room, update)
            except ViewFault as error:
                fault = error
            except Exception:
                _report(listener)
        if self._took is not None:
            self._took.add(perf_counter_ns() - began_ns)
        if fault is not None:
            raise fault

    def released(self, room: Room, update: Update) -> None:
        _show(self._gallery, lambda listener: listener.released(room, update))

    def mended(self, room: Room) -> None:
        _show(self._listeners, lambda listener: listener.mended(room))

    def presence_changed(self, room: Room) -> None:
        self._each(lambda listener: listener.presence_changed(room))

    def reloaded(self, room: Room) -> None:
        self._each(lambda listener: listener.reloaded(room))

    def faulted(self, room: Room) -> None:
        self._each(lambda listener: listener.faulted(room))

    def closed(self, room: Room) -> None:
        self._each(lambda listener: listener.closed(room))

    def _each(self, call: Callable[[RoomListener], None]) -> None:
        for listener in self._listeners:
            try:
                call(listener)
            except Exception:
                _report(listener)


def _show(listeners: Sequence[T], call: Callable[[T], None]) -> None:
    fault: ViewFault | None = None
    for listener in listeners:
        try:
            call(listener)
        except ViewFault as error:
            fault = error
        except Exception:
            _report(listener)
    if fault is not None:
        raise fault


def _report(listener: RoomListener | GalleryListener) -> None:
    log.exception("a listener failed", extra={"listener": type(listener).__name__})
