"""The queue of deadlines: order, moves, cancelling, and a process that stood still."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from kibitz.transport.heartbeat import STALL_US, Deadlines
from support.memory_wire import ManualClock


class Recorder:
    def __init__(self, log: list[str], name: str, again_us: int | None = None) -> None:
        self.log = log
        self.name = name
        self.again_us = again_us

    def due(self, now_us: int) -> int | None:
        self.log.append(self.name)
        again_us, self.again_us = self.again_us, None
        return None if again_us is None else now_us + again_us


def test_deadlines_come_in_order_and_once() -> None:
    clock, log = ManualClock(), list[str]()
    deadlines = Deadlines(clock)
    for delay, name in ((30, "c"), (10, "a"), (20, "b")):
        deadlines.add(delay, Recorder(log, name))
    deadlines.run(clock.us + 9)
    assert log == []
    deadlines.run(clock.us + 25)
    deadlines.run(clock.us + 25)
    assert log == ["a", "b"]
    assert len(deadlines) == 1


def test_due_may_ask_to_be_called_again() -> None:
    clock, log = ManualClock(), list[str]()
    deadlines = Deadlines(clock)
    deadlines.add(10, Recorder(log, "a", again_us=5))
    deadlines.run(clock.us + 10)
    deadlines.run(clock.us + 14)
    assert log == ["a"]
    deadlines.run(clock.us + 15)
    assert log == ["a", "a"]
    assert len(deadlines) == 0


def test_moving_later_leaves_the_heap_alone() -> None:
    clock, log = ManualClock(), list[str]()
    deadlines = Deadlines(clock)
    deadline = deadlines.add(10, Recorder(log, "a"))
    for later in range(20, 1000, 10):
        deadlines.move(deadline, clock.us + later)
    assert len(deadlines._heap) == 1
    deadlines.run(clock.us + 989)
    assert log == []
    deadlines.run(clock.us + 990)
    assert log == ["a"]


def test_moving_earlier() -> None:
    clock, log = ManualClock(), list[str]()
    deadlines = Deadlines(clock)
    deadline = deadlines.add(100, Recorder(log, "a"))
    deadlines.move(deadline, clock.us + 10)
    deadlines.run(clock.us + 10)
    deadlines.run(clock.us + 1000)
    assert log == ["a"]


def test_cancelled() -> None:
    clock, log = ManualClock(), list[str]()
    deadlines = Deadlines(clock)
    deadlines.cancel(deadlines.add(10, Recorder(log, "a")))
    deadlines.run(clock.us + 10)
    assert log == []


def test_the_end() -> None:
    clock, log = ManualClock(), list[str]()
    deadlines = Deadlines(clock)
    deadlines.add(1_000_000, Recorder(log, "a"))
    deadlines.cancel(deadlines.add(1_000_000, Recorder(log, "b")))
    deadlines.expire_all()
    assert log == ["a"]


async def test_after_a_stall_input_is_read_first() -> None:
    """SIGSTOP for a minute must not time out the clients whose pongs wait in the socket."""
    clock, log = ManualClock(), list[str]()
    deadlines = Deadlines(clock)
    deadlines.start(asyncio.get_running_loop())
    deadlines.add(1_000_000, Recorder(log, "a"))
    clock.us += 60_000_000
    assert deadlines.is_stalled(clock.us)
    deadlines._wake()
    assert log == []
    clock.us += 100_000
    assert not deadlines.is_stalled(clock.us)
    deadlines._wake()
    assert log == ["a"]
    deadlines.stop()


async def test_a_little_late_is_no_stall() -> None:
    clock, log = ManualClock(), list[str]()
    deadlines = Deadlines(clock)
    deadlines.start(asyncio.get_running_loop())
    deadlines.add(1_000_000, Recorder(log, "a"))
    clock.us += 1_000_000 + STALL_US
    deadlines._wake()
    assert log == ["a"]
    deadlines.stop()


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 50)), max_size=60))
def test_any_moves_end_at_the_last_time(moves: list[tuple[int, int]]) -> None:
    clock, log = ManualClock(), list[str]()
    deadlines = Deadlines(clock)
    entries = [deadlines.add(100, Recorder(log, str(n))) for n in range(6)]
    at = dict.fromkeys(range(6), 100)
    for n, delay in moves:
        deadlines.move(entries[n], clock.us + delay)
        at[n] = delay
    for now in range(101):
        deadlines.run(clock.us + now)
        assert sorted(log) == sorted(str(n) for n, due in at.items() if due <= now)
