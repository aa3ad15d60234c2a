"""The outbox's slices and the flusher's joined bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.transport.outbox import WRITE_BYTES_MAX, Flusher, Outbox


def filled(frames: list[bytes], flusher: Flusher | None = None) -> Outbox:
    outbox = Outbox(flusher or Flusher(), 10_000_000)
    outbox.frames = list(frames)
    outbox.bytes = sum(map(len, frames))
    return outbox


@given(st.lists(st.integers(0, 100_000), max_size=12))
def test_slices_keep_order_and_size(sizes: list[int]) -> None:
    frames = [bytes((n,)) * size for n, size in enumerate(sizes)]
    outbox = filled(frames)
    written = []
    while outbox.frames:
        written.append(outbox.take())
        assert len(written[-1]) <= max(WRITE_BYTES_MAX, *sizes)
    assert b"".join(written) == b"".join(frames)
    assert outbox.bytes == 0


def test_equal_lists_share_one_joined_object() -> None:
    flusher = Flusher()
    a, b = b"a" * 10, b"b" * 10
    first = filled([a, b], flusher).take()
    assert filled([a, b], flusher).take() is first
    assert filled([a], flusher).take() is a
    assert filled([b, a], flusher).take() == b + a


def test_room_is_what_the_socket_leaves() -> None:
    outbox = Outbox(Flusher(), 1000)
    outbox.set_buffered(400)
    assert outbox.room == 600
    outbox.set_buffered(0)
    assert outbox.room == 1000


def test_what_is_marked_during_a_flush_belongs_to_the_next() -> None:
    flusher = Flusher()
    flushed: list[str] = []

    class Channel:
        def __init__(self, name: str) -> None:
            self.name = name

        def flush(self) -> None:
            flushed.append(self.name)
            if self.name == "a":
                flusher.mark(Channel("b"))

    flusher.mark(Channel("a"))
    flusher.flush()
    assert flushed == ["a"]
    flusher.flush()
    assert flushed == ["a", "b"]


def test_one_that_fails_keeps_nobody_from_being_written(caplog: pytest.LogCaptureFixture) -> None:
    flusher = Flusher()
    flushed: list[str] = []

    class Bad:
        def flush(self) -> None:
            raise RuntimeError("secret")

    class Good:
        def flush(self) -> None:
            flushed.append("good")

    for channel in (Bad(), Good()):
        flusher.mark(channel)
    flusher.flush()
    assert flushed == ["good"]
    assert len(caplog.records) == 1
