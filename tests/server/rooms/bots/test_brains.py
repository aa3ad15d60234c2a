"""Brains in real processes: they answer, fail, hang and end."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from kibitz.ids import Seat
from kibitz.rooms.bots import brains as brains_module
from kibitz.rooms.bots.brains import ProcessBrains
from kibitz.rules import Move


@pytest.fixture
async def brains() -> AsyncIterator[ProcessBrains]:
    pool = ProcessBrains(workers=1)
    yield pool
    await pool.close()


async def thought(pool: ProcessBrains, brain: str, view: object = None) -> Move | None:
    chosen: asyncio.Future[Move | None] = asyncio.get_running_loop().create_future()
    pool.think(brain, json.dumps(view).encode(), Seat(1), 42, 50, chosen.set_result)
    assert not chosen.done()
    return await chosen


async def test_a_brain_gets_what_was_asked_and_its_choice_comes_back(brains: ProcessBrains) -> None:
    move = await thought(brains, "support.toy_brains:echo", {"a": [None, 1]})
    assert move == Move("saw", {"view": {"a": [None, 1]}, "seat": 1, "seed": 42, "budget_ms": 50})


async def test_a_brain_that_raises_prints_or_is_not_there(brains: ProcessBrains) -> None:
    assert await thought(brains, "support.toy_brains:failing") is None
    assert await thought(brains, "support.toy_brains:missing") is None
    assert await thought(brains, "no.such.module:choose") is None
    assert await thought(brains, "support.toy_brains:talkative") == Move("drop", {"column": 3})


async def test_the_same_failure_is_said_once(brains: ProcessBrains, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        assert await thought(brains, "support.toy_brains:failing") is None
    assert caplog.text.count("RuntimeError: no idea") == 1


async def test_a_brain_that_hangs_is_ended_and_the_next_question_answered(
    brains: ProcessBrains, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await thought(brains, "support.toy_brains:talkative") is not None  # it runs by now
    monkeypatch.setattr(brains_module, "GRACE_MS", 300)
    assert await thought(brains, "support.toy_brains:hanging") is None
    assert await thought(brains, "support.toy_brains:talkative") == Move("drop", {"column": 3})


async def test_after_closing_nothing_is_thought(brains: ProcessBrains) -> None:
    await brains.close()
    assert await thought(brains, "support.toy_brains:talkative") is None
