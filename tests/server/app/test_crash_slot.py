"""What a new process learns from how the one before it ended."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kibitz.app.crash_slot import CRASH, QUARANTINE, SLOT, CrashSlot
from kibitz.ids import RoomId
from kibitz.rooms.guard.guard import Doing, Guard
from support.manual_clock import ManualClock

ROOM = RoomId("room-1")


Died = Callable[..., CrashSlot]


@pytest.fixture
def slots() -> Iterator[list[CrashSlot]]:
    made: list[CrashSlot] = []
    yield made
    for slot in made:
        slot.close()


@pytest.fixture
def opened(slots: list[CrashSlot], tmp_path: Path) -> Callable[[], CrashSlot]:
    """The slot of one more process in the same directory."""

    def open_one() -> CrashSlot:
        slots.append(CrashSlot(tmp_path, ManualClock()))
        return slots[-1]

    return open_one


@pytest.fixture
def died_in(opened: Callable[[], CrashSlot], tmp_path: Path) -> Died:
    """The slot of the process that comes after one which died in this call."""

    def die(doing: Doing, action_id: str = "", *, trace: str = "") -> CrashSlot:
        before = opened()
        Guard(before.memory).enter(doing, ROOM, "p_ann" if doing is Doing.ACT else "", action_id, "drop")
        if trace:
            (tmp_path / CRASH).write_text(trace)
        return opened()

    return die


def test_a_first_start_knows_of_nothing(tmp_path: Path, opened: Callable[[], CrashSlot]) -> None:
    slot = opened()
    assert (slot.reported, slot.quarantine.rooms, slot.quarantine.acts) == (None, [], [])
    assert sorted(path.name for path in tmp_path.iterdir()) == [SLOT]
    assert (tmp_path / SLOT).stat().st_mode & 0o777 == 0o600


def test_a_crash_that_python_saw_is_proof_and_is_told_once(
    tmp_path: Path, opened: Callable[[], CrashSlot], died_in: Died
) -> None:
    slot = died_in(Doing.ACT, "act-1", trace="Fatal Python error: Segmentation fault\nmore")
    assert slot.reported is not None
    assert (slot.reported.why, slot.reported.error) == ("crash", "Fatal Python error: Segmentation fault")
    assert slot.quarantine.refused == {(ROOM, "p_ann", "act-1")}
    assert not (tmp_path / CRASH).exists()
    again = opened()
    assert again.reported is None
    assert again.quarantine.refused == {(ROOM, "p_ann", "act-1")}


def test_a_kill_is_proof_the_second_time(opened: Callable[[], CrashSlot], died_in: Died) -> None:
    assert died_in(Doing.LOAD).reported is None
    reported = died_in(Doing.LOAD).reported
    assert reported is not None
    assert reported.why == "killed"
    assert opened().quarantine.room(ROOM) is not None


def test_a_crash_outside_of_games_accuses_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, opened: Callable[[], CrashSlot]
) -> None:
    (tmp_path / CRASH).write_text("Fatal Python error: Aborted")
    slot = opened()
    assert slot.reported is None
    assert "the server crashed before" in caplog.text


@pytest.mark.parametrize("content", ["", "{", '{"rooms": 1}', "[]"])
def test_a_list_that_cannot_be_read_is_begun_anew(
    tmp_path: Path, content: str, opened: Callable[[], CrashSlot], died_in: Died
) -> None:
    (tmp_path / QUARANTINE).write_text(content)
    assert opened().quarantine.rooms == []
    assert died_in(Doing.LOAD, trace="Fatal").quarantine.room(ROOM) is not None


def test_a_list_that_cannot_be_written_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, died_in: Died
) -> None:
    (tmp_path / "quarantine.new").mkdir()
    slot = died_in(Doing.LOAD, trace="Fatal")
    assert slot.quarantine.room(ROOM) is not None
    assert "could not be saved" in caplog.text
