"""Whom rooms tell. `play` is one; several are joined by whoever builds the directory."""

from typing import TYPE_CHECKING, Protocol

from kibitz.rooms.update import Update

if TYPE_CHECKING:
    from kibitz.rooms.room import Room


class RoomListener(Protocol):
    """Called on the event loop. What it raises is logged and harms no room."""

    def committed(self, room: "Room", update: Update) -> None:
        """Once per room and commit, right after the answers to the acts of that commit."""
        ...

    def presence_changed(self, room: "Room") -> None:
        """`room.presence` says who is there now. May be called often; coalesce before sending."""
        ...

    def reloaded(self, room: "Room") -> None:
        """A commit failed, the room was read again from the journal: what was sent still holds."""
        ...

    def faulted(self, room: "Room") -> None:
        """The room takes no more actions; its history stays readable."""
        ...

    def closed(self, room: "Room") -> None:
        """The room's last event is committed. The directory forgets the room after this call."""
        ...
