"""Batches of a room's messages: unpacked, and held to their numbers."""

import zlib
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from kibitz.protocol.messages import SERVER_EVENTS, Batch

UNPACKED_BYTES_MAX = 16 * 1024 * 1024
_WINDOW_BITS = {"gzip": 31, "deflate": 15}
_read = msgspec.json.Decoder(list[tuple[str, msgspec.Raw]]).decode
_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in SERVER_EVENTS.items() if name != "batch"}


class BatchReader:
    """Of one room on one connection. The first batch may have any number."""

    def __init__(self) -> None:
        self._sequence: int | None = None

    def restart(self) -> None:
        """The room was joined anew, or its state asked for: the next batch may have any number."""
        self._sequence = None

    def take(self, batch: Batch) -> tuple[Sequence[Struct], bool]:
        """Its messages in order, and whether none is missing before them. One that cannot be read has no
        messages and counts as missing."""
        is_next = self._sequence is None or batch.sequence == self._sequence + 1
        self._sequence = batch.sequence
        try:
            return _unpack(batch), is_next
        except (ValueError, zlib.error):  # msgspec's errors are ValueErrors
            return (), False


def _unpack(batch: Batch) -> list[Struct]:
    data = batch.messages
    if isinstance(data, bytes):
        unpacker = zlib.decompressobj(_WINDOW_BITS.get(batch.compression, 0))
        text = unpacker.decompress(data, UNPACKED_BYTES_MAX)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise ValueError("the batch is too large, or cut off")
        named = [(name, bytes(message)) for name, message in _read(text)]
    else:
        named = [(name, msgspec.json.encode(message)) for name, message in data]
    # A message that this version of the SDK does not know is ignored, as an event is.
    return [_DECODERS[name].decode(message) for name, message in named if name in _DECODERS]
