"""The interface between rooms and whatever keeps their events.

Order of use: one owner opens it, reads what is unfinished, then appends. Everything appended in one
turn of the event loop is committed together, off the loop; each append's `settled` callback is then
called on the loop, all those of one commit in one turn and in the order of the appends.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Protocol

from kibitz.ids import Epoch, JoinCode, RoomId, RoomKey, Version
from kibitz.journal.records import Event, NewRoom, SnapshotRecord, Standing

BEGINNING = Version(0)
"""Before a room's first event."""


class JournalError(Exception):
    """Root of what the journal raises."""


class CommitFailure(Enum):
    """Why an append was not stored. In each case nothing of it is in the journal."""

    CONFLICT = "conflict"  # another writer holds (room, version), or the row itself was refused
    UNAVAILABLE = "unavailable"  # the disk is full or the write failed; later appends may succeed
    CLOSED = "closed"  # the journal was closed before the commit


Settled = Callable[[CommitFailure | None], None]
"""Called once on the event loop: None when the append is durable, else why it is not stored."""


class Journal(Protocol):
    """An append-only event store with one writer.

    An I/O error while syncing (as opposed to a full disk) makes the state of the file unknown: the
    implementation calls its `fatal` callback, which ends the process, and acknowledges nothing.
    """

    def next_room_key(self) -> RoomKey:
        """A key never used before; counted in memory from the highest stored one."""
        ...

    def create_room(self, room: NewRoom, first: Event, settled: Settled) -> None:
        """Append a room and its first event (`created`, version 1)."""
        ...

    def append(self, event: Event, settled: Settled) -> None:
        """Append one event.

        If it fails, so do the room's other events of that commit, and those that were appended before
        its `settled` was called: they were built on it. What is appended from within `settled` or later
        is judged anew.
        """
        ...

    def save_snapshot(self, snapshot: SnapshotRecord) -> None:
        """Store a recovery point with the next commit; a failure is counted and harms nothing."""
        ...

    async def flush(self) -> None:
        """Return when everything appended so far has settled.

        Raises `JournalError` when it never will, because `fatal` was called.
        """
        ...

    async def close(self) -> None:
        """Commit what was appended, then release the files. Appends after it settle as CLOSED."""
        ...

    # Reading. All of these see committed rows only; they are quick and may be called on the loop. Each
    # may raise `JournalError` when the disk fails.

    def unfinished_rooms(self) -> Sequence[NewRoom]:
        """Every room that has no `closed` event, in the order of creation."""
        ...

    def standings(self) -> Sequence[Standing]:
        """Where each of `unfinished_rooms` stands, in the same order. For the start of a server:
        it costs some microseconds a room, however long the rooms' histories are."""
        ...

    def find_room(self, room_id: RoomId) -> NewRoom | None: ...

    def find_code(self, code: JoinCode) -> NewRoom | None:
        """The newest room that has this code."""
        ...

    def read_room(
        self, room: RoomKey, after: Version = BEGINNING, limit: int | None = None
    ) -> Sequence[Event]:
        """The room's events with a version above `after`, oldest first."""
        ...

    def latest_snapshots(self, room: RoomKey) -> Sequence[SnapshotRecord]:
        """Recovery points of the room, newest first, unverified."""
        ...

    def read_settled(self, after: int, limit: int) -> Sequence[Event]:
        """Events of all rooms with `id` above `after`, in order of commit, with their `id`."""
        ...

    def epoch_of(self, room: RoomKey) -> Epoch:
        """The epoch of the room's newest event. Raises `KeyError` for an unknown room."""
        ...
