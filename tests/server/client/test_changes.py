import asyncio

import pytest

from kibitz.client.changes import Changes
from support.manual_timers import ManualTimers
from support.scripted_server import settle


async def test_it_looks_at_once_and_after_every_change():
    changes, asked, limit = Changes(ManualTimers()), 0, 1

    def condition() -> bool:
        nonlocal asked
        asked += 1
        return asked >= limit

    await changes.until(condition, None)
    asked, limit = 0, 3
    waiting = asyncio.create_task(changes.until(condition, None))
    for _ in range(2):
        await settle()
        assert not waiting.done()
        changes.announce()
    await waiting
    assert asked == 3


async def test_its_time_runs_out_and_no_timer_stays():
    timers = ManualTimers()
    changes = Changes(timers)
    waiting = asyncio.create_task(changes.until(lambda: False, 50))
    await settle()
    timers.advance(50)
    with pytest.raises(TimeoutError):
        await waiting
    in_time = asyncio.create_task(changes.until(lambda: timers.now_ms > 60, 50))
    await settle()
    timers.advance(20)
    changes.announce()
    await in_time
    assert timers.waiting_ms == []


async def test_what_the_condition_raises_reaches_the_waiter():
    def condition() -> bool:
        raise KeyError("gone")

    with pytest.raises(KeyError):
        await Changes(ManualTimers()).until(condition, None)
