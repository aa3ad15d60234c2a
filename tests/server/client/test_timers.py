import asyncio

from kibitz.client.timers import LoopTimers, sleep
from support.manual_timers import ManualTimers
from support.scripted_server import settle


async def test_sleep_ends_with_its_timer():
    timers = ManualTimers()
    sleeping = asyncio.create_task(sleep(timers, 100))
    await settle()
    timers.advance(99)
    await settle()
    assert not sleeping.done()
    timers.advance(1)
    await sleeping


async def test_a_cancelled_sleep_takes_its_timer_with_it():
    timers = ManualTimers()
    sleeping = asyncio.create_task(sleep(timers, 100))
    await settle()
    sleeping.cancel()
    await settle()
    assert timers.waiting_ms == []


async def test_the_loops_timers_fall():
    await sleep(LoopTimers(), 1)
