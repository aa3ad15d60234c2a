"""Frames of matches in real time: packed once per viewer class, dropped for whoever cannot take them now."""

from kibitz.codes import NoticeCode
from kibitz.ids import Seat
from kibitz.play import outgoing
from kibitz.play.tables import Tables
from kibitz.protocol.messages import Frame
from kibitz.rooms.room import Room
from kibitz.rules import State
from kibitz.transport.namespace import Namespace


class Frames:
    """A `kibitz.rooms.listener.FrameListener`. Frames are volatile: one may be missing, none is late."""

    def __init__(self, namespace: Namespace, tables: Tables) -> None:
        self._namespace = namespace
        self._tables = tables

    def begun(self, room: Room, in_ms: int) -> None:
        """Who was away has a moment to look at what is coming; a match that begins has its own."""
        table = self._tables.find(room)
        if table is not None and in_ms:
            self._tables.say(
                table, "notice", outgoing.notice(NoticeCode.COUNTDOWN, room.room_id, in_ms=in_ms)
            )

    def ticked(self, room: Room, tick: int, game: State) -> None:
        table = self._tables.find(room)
        if table is None:
            return
        for viewer_class, members in table.classes.items():
            data = room.frame(game, None if viewer_class < 0 else Seat(viewer_class))
            frame = Frame(room.room_id, room.epoch, tick, data)
            self._namespace.broadcast_volatile(members, self._namespace.encode("frame", frame))
