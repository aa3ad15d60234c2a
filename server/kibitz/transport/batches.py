"""A room's broadcasts gathered for a while and sent as one: `batch`, in order and numbered.

What many small events cost is mostly that there are many: a frame, a delivery and a wake-up of the
client for each. A room that can wait gathers them for `batch_interval_ms`, or until there are `batch_size`,
and sends `batch {room, sequence, timestamp_ms, messages, compression}` once: encoded once and, where that is
asked for, compressed once for all receivers. `sequence` counts the room's batches from 1; a client that
finds a number missing or out of order asks for the state anew instead of guessing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec

from kibitz.clock import Clock
from kibitz.protocol.socketio_encoder import ATTACHMENTS_SENT_MAX, encode_event, encode_json
from kibitz.transport.compression import compressed
from kibitz.transport.owed import batch_key

if TYPE_CHECKING:
    from kibitz.transport.heartbeat import Deadline, Deadlines
    from kibitz.transport.namespace import Namespace

COMPRESSED_FROM_BYTES = 512

Compression = Literal["none", "gzip", "deflate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastConfig:
    """`batch_interval_ms`: 0 sends each event at once, as an ordinary one.

    `compression`: of `messages`, from 512 B on and where it helps; the batch says what it is.
    `priority`: the outbox class of the batches (`kibitz.transport.owed`): kept, replaced by the next one, or
    dropped for whoever cannot be written to. After the latter two the client finds a number missing.
    `targets`: further rooms that get them, also those of users (`user_room`).
    """

    batch_size: int = 64
    batch_interval_ms: int = 0
    compression: Compression = "none"
    priority: Literal["high", "state", "volatile"] = "high"
    targets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.batch_size < 1 or self.batch_interval_ms < 0:
            raise ValueError("a batch has at least one message and no negative interval")


class RoomBroadcast:
    """Made by `SocketServer.broadcast_to`; the application keeps one for each room and closes it."""

    def __init__(
        self,
        namespace: "Namespace",
        room: str,
        config: BroadcastConfig,
        *,
        clock: Clock,
        deadlines: "Deadlines",
    ) -> None:
        self.config = config
        self.sequence = 0
        """Of the last batch; 0 before the first. Tell it to clients that join."""
        self._namespace = namespace
        self._room = room
        self._clock = clock
        self._deadlines = deadlines
        self._messages: list[object] = []
        self._attachments = 0
        self._deadline: Deadline | None = None

    def emit(self, event: str, *args: object) -> None:
        """As `Target.emit`, in the next batch. Arguments with binary data must not change until then.

        Raises `LocalProtocolError` as `Socket.emit` does; nothing is gathered then.
        """
        if not self.config.batch_interval_ms:
            self._send(event, args)
            return
        # Encoded now: the application may change what it gave, and its errors are its own.
        text, binary = encode_event("/", event, args)
        attachments = len(binary)
        message: object = (event, *args) if attachments else msgspec.Raw(text[1:])
        if attachments:
            if self.config.compression != "none" or self._attachments + attachments > ATTACHMENTS_SENT_MAX:
                self.flush()
        elif self._attachments and self.config.compression != "none":
            self.flush()
        self._messages.append(message)
        self._attachments += attachments
        if len(self._messages) >= self.config.batch_size:
            self.flush()
        elif self._deadline is None:
            self._deadline = self._deadlines.add(self.config.batch_interval_ms * 1000, self)

    def flush(self) -> None:
        """Send what has gathered, now."""
        if self._deadline is not None:
            self._deadlines.cancel(self._deadline)
            self._deadline = None
        if not self._messages:
            return
        gathered, self._messages = self._messages, []
        has_binary, self._attachments = self._attachments > 0, 0
        self.sequence += 1
        messages, compression = packed_messages(gathered, "none" if has_binary else self.config.compression)
        batch = {
            "room": self._room,
            "sequence": self.sequence,
            "timestamp_ms": self._clock.now_us() // 1000,
            "messages": messages,
            "compression": compression,
        }
        self._send("batch", (batch,))

    def close(self) -> None:
        """Send what has gathered; the room has no more to say."""
        self.flush()

    def due(self, now_us: int) -> int | None:
        self._deadline = None
        self.flush()
        return None

    def _send(self, event: str, args: tuple[object, ...]) -> None:
        namespace = self._namespace
        rooms = (self._room, *self.config.targets)
        encoded = namespace.encode(event, *args)
        match self.config.priority:
            case "high":
                namespace.broadcast(rooms, encoded)
            case "state":
                members = namespace.members(rooms)
                namespace.broadcast_state(members, batch_key(self._room), encoded, since=None)
            case "volatile":
                namespace.broadcast_volatile(namespace.members(rooms), encoded)


def packed_messages(messages: Sequence[object], compression: Compression) -> tuple[object, Compression]:
    """What a batch has as `messages` and `compression`: packed only where that makes it smaller."""
    if compression != "none":
        text = encode_json(messages)
        if len(text) >= COMPRESSED_FROM_BYTES:
            packed = compressed(text, compression)
            if len(packed) < len(text):
                return packed, compression
    return messages, "none"
