"""`kibitz check` plays games in real time: ticks, and what is done in them."""

from typing import Any

from kibitz.check.run import Plan, check
from kibitz.clock import SystemClock
from kibitz.games.light_cycles import LightCycles, Race
from kibitz.ids import Seat

PLAN = Plan(seed=1, rooms=12, bot_budget_ms=20)


def test_light_cycles_keeps_its_promises():
    report = check(LightCycles(), PLAN, SystemClock())
    assert report.failed is None, report.failed


class Wordy(LightCycles):
    name = "wordy-cycles"

    def frame(self, state: Race, seat: Seat | None) -> Any:
        return "a frame in words"


class Endless(LightCycles):
    name = "endless-cycles"

    def tick(self, state: Race) -> Race:
        return state


def test_a_frame_that_is_no_bytes_is_found():
    failed = check(Wordy(), PLAN, SystemClock()).failed
    assert failed is not None
    assert "`frame` returned" in str(failed)


def test_a_match_whose_ticks_lead_nowhere_is_found():
    failed = check(Endless(), Plan(seed=3, rooms=3, length_most=50), SystemClock()).failed
    assert failed is not None
    assert "not over" in str(failed) or "never reached" in str(failed)
