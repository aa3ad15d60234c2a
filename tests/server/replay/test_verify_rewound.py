"""A room with a rewind and a pause in a journal's file: verified, told and exported."""

from pathlib import Path

import msgspec
import pytest

from kibitz.games.connect_four import ConnectFour
from kibitz.replay.export import document
from kibitz.replay.folded import fold_of
from kibitz.replay.source import ReplayError, RoomHistory, read
from kibitz.replay.story import plies, tell, upto
from kibitz.replay.verify import verify
from kibitz.rooms.services.config import RoomsConfig
from support.picks_room import pause, resume, rewind
from support.room_house import BEN, House
from support.stored_room import TIMED, open_journal


@pytest.fixture
async def history(tmp_path: Path) -> RoomHistory:
    """Two moves, of which the second is taken back, and one more in the new epoch."""
    journal = open_journal(tmp_path)
    house = House(journal, config=RoomsConfig(snapshot_every=3, pause_limit_ms=0))
    room = await house.playing(options=TIMED)
    await house.drops(room, "01")
    await pause(room, "a dispute")
    await rewind(room, 5)
    await resume(room)
    await house.drop(room, BEN, 3)
    await journal.flush()
    await house.quiet()
    await journal.close()
    return read(tmp_path, room.room_id)


async def test_it_is_verified_over_both_epochs(history: RoomHistory) -> None:
    fold = fold_of(history.record, ConnectFour())
    found = verify(history, fold)
    assert found.events == 10
    assert found.snapshots >= 1
    assert len({event.epoch for event in history.events}) == 2


async def test_plies_count_what_was_not_taken_back(history: RoomHistory) -> None:
    assert [number for _, number in plies(history.events) if number] == [1, 2]
    assert upto(history.events, 2)[-1].version == 10
    lines = "\n".join(tell(history.record, history.events))
    assert "back to version 5" in lines
    assert "(taken back)" in lines
    assert 'reason="a dispute"' in lines
    exported = msgspec.json.decode(document(history.record, history.events, None))
    assert [event["ply"] for event in exported["events"] if event["ply"]] == [1, 2]
    assert [event["version"] for event in exported["events"] if not event["counts"]] == [6, 7]


async def test_an_epoch_that_changes_by_itself_is_found(history: RoomHistory) -> None:
    rows = list(history.events)
    rows[-1] = msgspec.structs.replace(rows[-1], epoch=rows[0].epoch)
    changed = msgspec.structs.replace(history, events=tuple(rows))
    with pytest.raises(ReplayError, match="version 10 is of the epoch"):
        verify(changed, fold_of(history.record, ConnectFour()))
