"""Recovery points: damage is found, and the one before is used."""

from msgspec.structs import replace

from kibitz.ids import Epoch, RoomKey, Version
from kibitz.journal.records import SnapshotRecord
from kibitz.journal.snapshots import is_intact, newest_intact, seal


def snapshot(version: int) -> SnapshotRecord:
    return seal(RoomKey(1), Version(version), Epoch("epoch"), 1, 1_000, b'{"board":[]}')


def test_every_flipped_bit_is_found() -> None:
    good = snapshot(1)
    assert is_intact(good)
    for at in range(len(good.state) * 8):
        state = bytearray(good.state)
        state[at // 8] ^= 1 << at % 8
        assert not is_intact(replace(good, state=bytes(state)))
    assert not is_intact(replace(good, state=good.state[:-1]))


def test_the_newest_undamaged_one_is_chosen() -> None:
    torn = replace(snapshot(3), state=b"")
    assert newest_intact([torn, snapshot(2), snapshot(1)]) == snapshot(2)
    assert newest_intact([torn]) is None
    assert newest_intact([]) is None
