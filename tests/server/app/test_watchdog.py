"""What follows from what the watchdog sees; tests/faults/test_watchdog.py lets it bite."""

import asyncio
import signal
import time
from pathlib import Path

import pytest

from kibitz.app.watchdog import (
    GIVE_UP_MS,
    INTERRUPT_AGAIN_MS,
    INTERRUPT_MS,
    LOOK_EVERY_MS,
    NOTICE_MS,
    Finding,
    Watch,
    Watchdog,
)
from kibitz.ids import RoomId
from kibitz.rooms.guard.guard import Doing, Guard, Stuck

STALLED, STUCK, HOPELESS = Finding.STALLED, Finding.STUCK, Finding.HOPELESS


class Looks:
    """A watch, looked through every so often."""

    def __init__(self) -> None:
        self.watch = Watch()
        self.now_ms = 1_000
        self.watch.look(self.now_ms * 1000, 1, None)

    def looks(self, count: int, pulse: int, call: int | None) -> list[tuple[int, Finding]]:
        """What was found, with the milliseconds since the first of these looks was due."""
        found = []
        for number in range(1, count + 1):
            self.now_ms += LOOK_EVERY_MS
            finding = self.watch.look(self.now_ms * 1000, pulse, call)
            if finding is not None:
                found.append((number * LOOK_EVERY_MS, finding))
        return found


def test_a_loop_that_beats_is_left_alone_whatever_it_does() -> None:
    looks = Looks()
    for pulse in range(2, 200):
        assert looks.looks(1, pulse, pulse) == []


def test_a_loop_that_beats_is_in_no_call_whatever_the_guard_says() -> None:
    looks = Looks()
    for pulse in range(2, 400):  # a call that was left without being told so
        assert looks.looks(1, pulse, 7) == []


def test_a_stall_is_said_once_and_within_250_ms_of_its_beginning() -> None:
    looks = Looks()
    assert NOTICE_MS + 2 * LOOK_EVERY_MS <= 250
    assert looks.looks(100, 1, None) == [(NOTICE_MS, STALLED)]
    assert looks.looks(1, 2, None) == []
    assert looks.looks(10, 2, None) == [(NOTICE_MS, STALLED)]


def test_an_honest_loop_is_never_interrupted_however_long_it_is_busy() -> None:
    looks = Looks()
    found = [finding for _, finding in looks.looks(10_000, 1, None)]
    assert found == [STALLED]
    for call in range(1_000):  # many short calls of games, one after the other
        assert looks.looks(9, 1, call) == []


def test_a_call_that_goes_on_is_interrupted_and_in_the_end_given_up() -> None:
    looks = Looks()
    found = looks.looks(1 + GIVE_UP_MS // LOOK_EVERY_MS, 1, 7)
    begun = LOOK_EVERY_MS  # seen first by the first look
    stuck = [at for at, finding in found if finding is STUCK]
    assert stuck[:3] == [
        begun + INTERRUPT_MS,
        begun + INTERRUPT_MS + INTERRUPT_AGAIN_MS,
        begun + INTERRUPT_MS + 2 * INTERRUPT_AGAIN_MS,
    ]
    assert found[-1] == (begun + GIVE_UP_MS, HOPELESS)
    assert [finding for _, finding in found].count(HOPELESS) == 1


def test_time_in_which_the_process_stood_still_does_not_count() -> None:
    looks = Looks()
    looks.looks(2, 1, 7)
    looks.now_ms += 3_600_000
    assert looks.looks(1, 1, 7) == [(LOOK_EVERY_MS, STALLED)]
    looks = Looks()
    looks.now_ms += 3_600_000
    assert looks.looks(1, 1, 7) == []


async def test_only_the_call_that_was_found_stuck_is_interrupted(tmp_path: Path) -> None:
    guard = Guard()
    dog = Watchdog(guard, asyncio.get_running_loop(), tmp_path / "crash.txt")
    try:
        dog._interrupt(0, None)  # nobody is inside
        guard.enter(Doing.ACT, RoomId("room"))
        dog._interrupt(0, None)  # another call was meant
        dog._stuck_call = guard.entries
        with pytest.raises(Stuck):
            dog._interrupt(0, None)
        dog._interrupt(0, None)  # a second signal, while it is on its way out
        guard.leave()
        dog._interrupt(0, None)  # it came back
        guard.enter(Doing.ACT, RoomId("room"))
        dog._interrupt(0, None)  # a later one
        guard.leave()
        assert dog.interrupts == 1
    finally:
        dog.close()


async def test_it_watches_from_the_moment_that_it_is_made(tmp_path: Path) -> None:
    """The first call may keep the lock before the thread ever looks."""
    dog = Watchdog(Guard(), asyncio.get_running_loop(), tmp_path / "crash.txt")
    assert signal.getitimer(signal.ITIMER_PROF)[0] > 0
    assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 0
    dog.close()
    assert signal.getitimer(signal.ITIMER_PROF)[0] == 0


async def test_a_loop_that_is_busy_for_honest_reasons_is_noticed_and_not_interrupted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """In real time, since what is tried is the thread."""
    guard = Guard()
    dog = Watchdog(guard, asyncio.get_running_loop(), tmp_path / "crash.txt")
    try:
        await asyncio.sleep(0.1)
        began, wall = time.monotonic(), time.time()
        while time.monotonic() - began < 1.0:  # twice as long as a game may
            guard.run(Doing.VIEW, RoomId("room"), lambda: None)
        await asyncio.sleep(0.1)
    finally:
        dog.close()
    assert (dog.stalls, dog.interrupts) == (1, 0)
    assert dog.longest_stall_ms >= 500
    (record,) = [record for record in caplog.records if "stands still" in record.getMessage()]
    print(f"noticed after {(record.created - wall) * 1000:.0f} ms")
    assert "test_watchdog" in vars(record)["stack"]
