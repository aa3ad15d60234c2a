"""Whom rooms tell. `play` is one; several are joined by whoever builds the directory."""

from typing import TYPE_CHECKING, Protocol

from kibitz.rooms.views.update import Update
from kibitz.rules import State

if TYPE_CHECKING:
    from kibitz.rooms.room import Room


class RoomListener(Protocol):
    """Called on the event loop. What it raises is logged and harms no room."""

    def committed(self, room: "Room", update: Update) -> None:
        """Once per room and commit, right after the answers to the acts of that commit. Where
        `room.is_delayed` it is for players alone; spectators are told by `GalleryListener`."""
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

    def mended(self, room: "Room") -> None:
        """An admin had a faulted room play on where it stood: its status is another one, its running clock
        runs anew, and no event tells of it."""
        ...

    def closed(self, room: "Room") -> None:
        """The room's last event is committed. The directory forgets the room after this call; but where
        `room.is_behind`, spectators are still to be shown how it ended, and this is called once more."""
        ...


class GalleryListener(Protocol):
    """Hears what spectators of rooms with a delay may see by now. Called on the event loop."""

    def released(self, room: "Room", update: Update) -> None:
        """`update` leads from what they were shown last to what they see now; ask it for the class of
        spectators alone."""
        ...


class NoGallery:
    """A `GalleryListener` for who has no spectators."""

    def released(self, room: "Room", update: Update) -> None:
        pass


class FrameListener(Protocol):
    """Hears of matches in real time, tick by tick. Called on the event loop."""

    def begun(self, room: "Room", in_ms: int) -> None:
        """The match ticks from now on, or goes on, in so many milliseconds."""
        ...

    def ticked(self, room: "Room", tick: int, game: State) -> None:
        """`game` is the state of `tick`: applied, not yet stored, and in its last moments it may still
        change. May raise what the game's code raises."""
        ...


class NoFrames:
    """A `FrameListener` for who needs none."""

    def begun(self, room: "Room", in_ms: int) -> None:
        pass

    def ticked(self, room: "Room", tick: int, game: State) -> None:
        pass
