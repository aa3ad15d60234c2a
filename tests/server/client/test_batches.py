"""Batches unpacked, and held to their numbers."""

import gzip
import json
import zlib
from typing import Literal

import pytest

from kibitz.client.batches import UNPACKED_BYTES_MAX, BatchReader
from kibitz.protocol.messages import Batch, ChatSaid, Patch

CHAT = {"room": "r", "seat": None, "name": "Ada", "text": "Hi", "at_ms": 1}
PATCH = {
    "room": "r",
    "epoch": "e",
    "base": 1,
    "version": 2,
    "at_ms": 3,
    "ops": [],
    "checksum": 4,
    "events": [],
}
MESSAGES = [["chat", CHAT], ["unknown", {"x": 1}], ["patch", PATCH]]


def batch(
    sequence: int, messages: object = None, compression: Literal["none", "gzip", "deflate"] = "none"
) -> Batch:
    return Batch("r", sequence, 0, MESSAGES if messages is None else messages, compression)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("messages", "compression"),
    [
        (MESSAGES, "none"),
        (gzip.compress(json.dumps(MESSAGES).encode(), mtime=0), "gzip"),
        (zlib.compress(json.dumps(MESSAGES).encode()), "deflate"),
    ],
    ids=["plain", "gzip", "deflate"],
)
def test_messages_in_order(messages: object, compression: Literal["none", "gzip", "deflate"]) -> None:
    got, is_next = BatchReader().take(batch(7, messages, compression))
    assert got == [ChatSaid(**CHAT), Patch(**PATCH)]  # type: ignore[arg-type]
    assert is_next


def test_numbers() -> None:
    reader = BatchReader()
    assert [reader.take(batch(n))[1] for n in (5, 6, 8, 9, 9, 8)] == [True, True, False, True, False, False]
    reader.restart()
    assert reader.take(batch(1))[1]


@pytest.mark.parametrize(
    ("messages", "compression"),
    [
        (b"no gzip", "gzip"),
        (gzip.compress(b"[]", mtime=0)[:-4], "gzip"),
        (zlib.compress(b"[]"), "gzip"),
        (gzip.compress(b"{}", mtime=0), "gzip"),
        (gzip.compress(b'[["chat",{}]]', mtime=0), "gzip"),
        (b"[]", "none"),
        ([["chat", {"room": 1}]], "none"),
        (zlib.compress(b"[" + b" " * UNPACKED_BYTES_MAX + b"]"), "deflate"),
    ],
    ids=[
        "no gzip",
        "cut off",
        "other coding",
        "no list",
        "no message",
        "binary without coding",
        "wrong type",
        "too large",
    ],
)
def test_what_cannot_be_read_counts_as_missing(
    messages: object, compression: Literal["none", "gzip", "deflate"]
) -> None:
    assert BatchReader().take(batch(1, messages, compression)) == ((), False)
