"""`agg_duration_hour.sql`: percentiles from its buckets are within 5 %, whatever the shape of the data."""

import random
from collections.abc import Callable
from datetime import timedelta
from itertools import accumulate

import pytest

from support.analytics_journal import Row, at

DAY = at("2026-11-20 10:00:00")
Load = Callable[..., Callable[..., object]]
DISTRIBUTIONS: dict[str, Callable[[random.Random], float]] = {
    "uniform": lambda chance: chance.uniform(1_000, 600_000),
    "log-normal": lambda chance: chance.lognormvariate(11, 1),
    "two humps": lambda chance: (
        chance.gauss(20_000, 2_000) if chance.random() < 0.6 else chance.gauss(400_000, 9_000)
    ),
}


@pytest.mark.parametrize("shape", DISTRIBUTIONS)
def test_percentiles_are_within_five_percent(load: Load, shape: str) -> None:
    chance = random.Random(7)
    durations = [max(1, round(DISTRIBUTIONS[shape](chance))) for _ in range(600)]
    events = []
    for number, duration_ms in enumerate(durations):
        # some in other hours: the buckets must add up over them
        start = DAY + timedelta(hours=number % 3)
        events += [
            Row(f"r{number}", "started", start, match=1, args={"players": ["p_a", "p_b"]}),
            Row(
                f"r{number}",
                "action",
                start + timedelta(milliseconds=duration_ms),
                type="drop",
                match=1,
                outcome={"winner": 0},
            ),
        ]
    rows = load(events)
    buckets = rows("(select bucket, sum(n_matches) n from agg_duration_hour group by bucket)", "bucket, n")
    durations.sort()
    for share in (0.5, 0.95, 0.99):
        exact = durations[int(share * len(durations)) - 1]
        up_to = list(accumulate(n for _, n in buckets))
        bucket = next(b for (b, _), n in zip(buckets, up_to, strict=True) if n >= share * len(durations))
        assert 0.05 * 2 ** ((bucket + 0.5) / 8) == pytest.approx(exact, rel=0.05)


def test_only_finished_matches_count(load: Load) -> None:
    rows = load([Row("r", "started", DAY, match=1, args={"players": []}), Row("r", "closed", DAY)])
    assert rows("agg_duration_hour") == []
