"""Who takes part in one room by way of this server's connections, and what they said.

A table exists from the first join until its room closes or nobody is left at it.
"""

from collections import deque
from collections.abc import Iterable, Iterator

from kibitz.ids import Seat, Version
from kibitz.play.batching import TableBatches
from kibitz.play.late import Late
from kibitz.protocol.messages import ChatSaid
from kibitz.rooms.room import Room
from kibitz.rooms.views.views import SPECTATORS, ViewerClass
from kibitz.transport.namespace import Namespace
from kibitz.transport.socket import Socket

CHAT_KEPT = 50


class Member:
    """One connection in one room. `seat` is None for whoever watches, a superseded tab included."""

    __slots__ = ("seat", "socket", "table", "viewer_class")

    def __init__(self, table: "Table", socket: Socket, seat: Seat | None, viewer_class: ViewerClass) -> None:
        self.table = table
        self.socket = socket
        self.seat = seat
        self.viewer_class = viewer_class

    @property
    def room(self) -> Room:
        return self.table.room

    @property
    def hears_at_once(self) -> bool:
        """Whether what happens is told to this member when it does."""
        return self.viewer_class != SPECTATORS or not self.room.is_delayed


class Table:
    """The members of a room by viewer class, so that a patch is rendered once for each class."""

    def __init__(self, room: Room, namespace: Namespace) -> None:
        self.room = room
        self.late = Late(namespace, self)
        self.batches: TableBatches | None = None
        """Gathers patches, where that is configured."""
        self.classes: dict[ViewerClass, dict[Socket, Member]] = {}
        self.chat: deque[ChatSaid] = deque(maxlen=CHAT_KEPT)
        self.fresh: dict[Socket, Version] = {}
        """Joined in the very commit that is being told, which they therefore know already."""
        self.presence_sent_us = 0
        self.presence_is_due = False

    def add(self, socket: Socket, seat: Seat | None) -> Member:
        """Add a connection, which must not be here yet."""
        if self.batches is not None:
            self.batches.flush()  # what waits is older than what the new member was given
        member = Member(self, socket, seat, self.room.viewer_class(seat))
        self.classes.setdefault(member.viewer_class, {})[socket] = member
        return member

    def unseat(self, member: Member) -> None:
        """The member watches from now on; it has to be given what it may see then."""
        member.socket.forget_state(self.room.room_id)
        self._drop(member)
        member.seat = None
        member.viewer_class = self.room.viewer_class(None)
        self.classes.setdefault(member.viewer_class, {})[member.socket] = member

    def remove(self, member: Member) -> None:
        self._drop(member)
        self.fresh.pop(member.socket, None)
        for key in (self.room.room_id, self.presence_key):
            member.socket.forget_state(key)

    def _drop(self, member: Member) -> None:
        sockets = self.classes.get(member.viewer_class, {})
        sockets.pop(member.socket, None)
        if not sockets:
            self.classes.pop(member.viewer_class, None)

    @property
    def presence_key(self) -> tuple[str, str]:
        """Names the presence among the states that a socket follows; the room's id names its view."""
        return "presence", self.room.room_id

    def member(self, socket: Socket) -> Member | None:
        for sockets in self.classes.values():
            if socket in sockets:
                return sockets[socket]
        return None

    def members(self) -> Iterator[Member]:
        for sockets in list(self.classes.values()):
            yield from list(sockets.values())

    def sockets(self) -> Iterable[Socket]:
        for sockets in self.classes.values():
            yield from sockets

    def sockets_at_once(self) -> Iterable[Socket]:
        """Those who hear of what happens when it does: in rooms with a delay all but the spectators."""
        for viewer_class, sockets in self.classes.items():
            if viewer_class != SPECTATORS or not self.room.is_delayed:
                yield from sockets

    @property
    def is_empty(self) -> bool:
        return not self.classes
