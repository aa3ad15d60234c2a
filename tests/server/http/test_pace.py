"""Long work lets others have a turn after each slice, and only then."""

import asyncio

from kibitz.http.pace import SLICE_US, Pace
from support.manual_clock import ManualClock


async def test_a_turn_for_everybody_else_after_each_slice() -> None:
    clock = ManualClock()
    turns: list[int] = []

    async def everybody_else() -> None:
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    others = asyncio.create_task(everybody_else())
    pace = Pace(clock)
    for _ in range(10):
        await pace.breathe()
    assert turns == []
    for expected in (1, 2):
        clock.advance(SLICE_US + 1)
        await pace.breathe()
        await pace.breathe()
        assert len(turns) == expected
    others.cancel()
