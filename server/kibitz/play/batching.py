"""Patches of one table gathered for a while and sent as one `batch`: for rooms with many small commits.

As `kibitz.transport.batches`, with what rooms have beside: each viewer class is sent bytes of its own, and a
batch is a state of the outbox, so whoever reads slowly is owed what leads from the version that they were
sent last, and finds a number of the sequence missing.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Raw, Struct

from kibitz.clock import Clock
from kibitz.rooms.views.views import ViewerClass
from kibitz.transport.batches import BroadcastConfig, packed_messages
from kibitz.transport.namespace import Namespace

if TYPE_CHECKING:
    from kibitz.play.table import Table


class _Gathered(Struct):
    """Patches of one viewer class; the first one begins at version `since`."""

    since: int
    messages: list[Raw]


class TableBatches:
    """The patches of one table that wait, and the number of each class's last batch."""

    def __init__(
        self,
        namespace: Namespace,
        table: "Table",
        config: BroadcastConfig,
        clock: Clock,
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._namespace = namespace
        self._table = table
        self._config = config
        self._clock = clock
        self._later = later
        self._waiting: dict[ViewerClass, _Gathered] = {}
        self._sequences: dict[ViewerClass, int] = {}
        self._is_due = False

    def add(self, viewer_class: ViewerClass, patch: bytes, since: int) -> None:
        """One patch more, as JSON; it begins at version `since`."""
        gathered = self._waiting.get(viewer_class)
        if gathered is None:
            gathered = self._waiting[viewer_class] = _Gathered(since, [])
        gathered.messages.append(Raw(b'["patch",%b]' % patch))
        if len(gathered.messages) >= self._config.batch_size:
            self.flush()
        elif not self._is_due:
            self._is_due = True
            self._later(self._config.batch_interval_ms / 1000, self._on_due)

    def _on_due(self) -> None:
        self._is_due = False
        self.flush()

    def flush(self) -> None:
        """Send what waits: also before anything that must not come before it."""
        waiting, self._waiting = self._waiting, {}
        room = self._table.room.room_id
        for viewer_class, gathered in waiting.items():
            members = self._table.classes.get(viewer_class)
            if not members:
                continue
            sequence = self._sequences[viewer_class] = self._sequences.get(viewer_class, 0) + 1
            messages, compression = packed_messages(gathered.messages, self._config.compression)
            batch = {
                "room": room,
                "sequence": sequence,
                "timestamp_ms": self._clock.now_us() // 1000,
                "messages": messages,
                "compression": compression,
            }
            encoded = self._namespace.encode("batch", batch)
            self._namespace.broadcast_state(
                members, room, encoded, since=gathered.since, render=self._table.late
            )
