"""The schedule: a pure rule for when, and a named policy for late ticks."""

from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.triggers.interval import IntervalTrigger

from kibitz_etl.schedule import TICKS, LatePolicy, next_run

ANCHOR = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after_s", "next_s"),
    [(-60, 0), (0, 5), (0.1, 5), (4.999, 5), (5, 10), (12, 15), (86_400, 86_405)],
)
def test_ticks_lie_on_a_grid_that_a_long_tick_does_not_move(after_s: float, next_s: float) -> None:
    after = ANCHOR + timedelta(seconds=after_s)
    assert next_run(after, interval_s=5, anchor=ANCHOR) == ANCHOR + timedelta(seconds=next_s)


@pytest.mark.parametrize("after_s", [0.5, 4, 5.5, 17, 100.25])
def test_it_is_the_rule_that_the_scheduler_follows(after_s: float) -> None:
    after = ANCHOR + timedelta(seconds=after_s)
    trigger = IntervalTrigger(seconds=5, start_date=ANCHOR, timezone=UTC)
    assert trigger.get_next_fire_time(None, after) == next_run(after, interval_s=5, anchor=ANCHOR)


def test_late_ticks_become_one_and_never_overlap() -> None:
    assert LatePolicy(coalesce=True, max_instances=1, misfire_grace_s=30) == TICKS
