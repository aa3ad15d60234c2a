"""What leads those who read slowly to the present state of their room, in one event."""

from typing import TYPE_CHECKING

from kibitz.ids import Epoch, Version
from kibitz.play import outgoing
from kibitz.rooms.views.views import Held, ViewerClass
from kibitz.transport.broadcast import EncodedEvent
from kibitz.transport.namespace import Namespace
from kibitz.transport.socket import Socket

if TYPE_CHECKING:
    from kibitz.play.table import Member, Table


class Late:
    """The `render` of `Namespace.broadcast_state` for one room; its key there is the room's id.

    Whoever fell behind together and may see the same gets the same bytes.
    """

    __slots__ = ("_encoded", "_made_for", "_namespace", "_table")

    def __init__(self, namespace: Namespace, table: "Table") -> None:
        self._namespace = namespace
        self._table = table
        self._made_for: tuple[int | None, Epoch, Version, ViewerClass] | None = None
        self._encoded: EncodedEvent | None = None

    def __call__(self, socket: Socket, since: int | None) -> EncodedEvent | None:
        """A patch from version `since`, or a snapshot where the room knows that version no more, and
        with None. Raises `ViewFault`."""
        room = self._table.room
        member = self._table.member(socket)
        if member is None:
            return None
        wanted = (since, *room.standing(member.seat), member.viewer_class)
        if wanted != self._made_for:
            self._encoded = self._make(member, since)
            self._made_for = wanted
        return self._encoded

    def _make(self, member: "Member", since: int | None) -> EncodedEvent | None:
        room = self._table.room
        if since is not None:
            epoch, _ = room.standing(member.seat)
            caught = room.catch_up(member.seat, Held(epoch, since))
            if caught.mode == "current":
                return None
            if caught.mode == "patches":
                (patch,) = caught.patches
                return self._namespace.encode_json("patch", outgoing.patch(room.room_id, patch))
        return self._namespace.encode("snapshot", outgoing.snapshot(room, member.seat))
