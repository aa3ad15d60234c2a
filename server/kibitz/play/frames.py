"""Frames of matches in real time: packed once per viewer class, dropped for whoever cannot take them now."""

from functools import partial

from kibitz.codes import NoticeCode
from kibitz.ids import Seat
from kibitz.play import outgoing
from kibitz.play.tables import Later, Tables
from kibitz.protocol.messages import Frame
from kibitz.rooms.room import Room
from kibitz.rooms.views.views import SPECTATORS
from kibitz.rules import State
from kibitz.transport.broadcast import EncodedEvent
from kibitz.transport.namespace import Namespace

HELD_MOST = 50_000
"""Frames of all rooms that wait for spectators, some hundred bytes each; beyond it they are left out."""


class Frames:
    """A `FrameListener` of rooms. Frames are volatile: one may be missing, none is late."""

    def __init__(self, namespace: Namespace, tables: Tables, later: Later) -> None:
        self._later = later
        self._held = 0
        self._namespace = namespace
        self._tables = tables

    def begun(self, room: Room, in_ms: int) -> None:
        """Who was away has a moment to look at what is coming; a match that begins has its own."""
        table = self._tables.find(room)
        if table is not None and in_ms:
            countdown = outgoing.notice(NoticeCode.COUNTDOWN, room.room_id, in_ms=in_ms)
            encoded = self._namespace.encode("notice", countdown)
            self._namespace.broadcast(table.sockets_at_once(), encoded)

    def ticked(self, room: Room, tick: int, game: State) -> None:
        table = self._tables.find(room)
        if table is None:
            return
        for viewer_class, members in table.classes.items():
            data = room.frame(game, None if viewer_class < 0 else Seat(viewer_class))
            frame = Frame(room.room_id, room.epoch, tick, data)
            encoded = self._namespace.encode("frame", frame)
            if viewer_class == SPECTATORS and room.is_delayed:
                self._later_to_spectators(room, encoded)
            else:
                self._namespace.broadcast_volatile(members, encoded)

    def _later_to_spectators(self, room: Room, encoded: EncodedEvent) -> None:
        """Held back as long as the room's rows are. Only while somebody watches: who comes gets views at
        first, and frames once those that were made since then are old enough."""
        if self._held >= HELD_MOST:
            return
        self._held += 1
        self._later(room.spectator_delay_ms / 1000, partial(self._release, room, encoded))

    def _release(self, room: Room, encoded: EncodedEvent) -> None:
        self._held -= 1
        table = self._tables.find(room)
        if table is not None:
            self._namespace.broadcast_volatile(table.classes.get(SPECTATORS, ()), encoded)
