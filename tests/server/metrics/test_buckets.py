"""The server's buckets are those of SQL, percentiles from them are near the exact ones, and they add up."""

import random
from collections import Counter
from collections.abc import Callable, Sequence

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kibitz.metrics.buckets import COUNT, LEAST_MS, PER_OCTAVE, begins_ms, bucket_of
from kibitz.metrics.histogram import Histogram

BUCKET_SQL = "cast(floor(8 * log2(greatest(ms, 0.05) / 0.05)) as integer)"
PERCENTILE_SQL = """
    with h as (select unnest(?::integer[]) as bucket, unnest(?::bigint[]) as n),
    k as (select bucket, sum(n) over (order by bucket) as below, sum(n) over () as total from h)
    select min(0.05 * 2 ** ((bucket + 0.5) / 8)) from k where below >= ? * total
    """
"""As in the dashboard and in analytics: the middle of the bucket that the percentile falls into."""

Draw = Callable[[random.Random], float]
DISTRIBUTIONS: dict[str, Draw] = {
    "lognormal": lambda dice: dice.lognormvariate(1.0, 1.2),
    "exponential": lambda dice: 0.3 + dice.expovariate(1 / 25),
    "two humps": lambda dice: abs(dice.gauss(2, 0.3) if dice.random() < 0.9 else dice.gauss(180, 40)) + 0.06,
}


def in_sql(values: Sequence[float]) -> list[int]:
    with duckdb.connect() as con:
        found = con.execute(f"select {BUCKET_SQL} from (select unnest(?::double[]) as ms)", [values])
        return [row[0] for row in found.fetchall()]


def percentile(counts: Sequence[int], share: float) -> float:
    found = {bucket: n for bucket, n in enumerate(counts) if n}
    with duckdb.connect() as con:
        row = con.execute(PERCENTILE_SQL, [list(found), list(found.values()), share]).fetchone()
    assert row is not None
    return float(row[0])


def filled(values_ms: Sequence[float]) -> Histogram:
    histogram = Histogram()
    for value in values_ms:
        histogram.add(round(value * 1e6))
    return histogram


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1e9, allow_nan=False), min_size=1, max_size=300))
def test_python_and_sql_find_the_same_bucket(values: list[float]) -> None:
    assert in_sql(values) == [bucket_of(value) for value in values]


def test_python_sql_and_the_live_histogram_agree_around_every_boundary() -> None:
    edges_ns = [round(begins_ms(bucket) * 1e6) for bucket in range(COUNT)]
    around = sorted({max(0, edge + off) for edge in edges_ns for off in (-1, 0, 1)})
    expected = in_sql([each / 1e6 for each in around])
    assert expected == [bucket_of(each / 1e6) for each in around]
    live = []
    for each in around:
        histogram = Histogram()
        histogram.add(each)
        live.append(histogram.counts.index(1))
    assert live == [min(bucket, COUNT - 1) for bucket in expected]


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_percentiles_are_within_a_twentieth_of_the_exact_ones(name: str, share: float) -> None:
    dice = random.Random(6)
    values = sorted(DISTRIBUTIONS[name](dice) for _ in range(20_000))
    exact = values[int(share * len(values))]
    assert percentile(filled(values).counts, share) == pytest.approx(exact, rel=0.05)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_merged_histograms_are_the_histogram_of_all(name: str) -> None:
    dice = random.Random(7)
    parts = [[DISTRIBUTIONS[name](dice) for _ in range(size)] for size in (1, 500, 3_000)]
    merged: Counter[int] = Counter()
    for part in parts:
        merged.update(dict(enumerate(filled(part).counts)))
    whole = filled([value for part in parts for value in part])
    assert [merged[bucket] for bucket in range(COUNT)] == whole.counts
    assert whole.sum_ns == sum(filled(part).sum_ns for part in parts)


def test_a_bucket_is_an_eighth_of_an_octave() -> None:
    assert begins_ms(0) == LEAST_MS
    assert begins_ms(PER_OCTAVE) == 2 * LEAST_MS
    assert begins_ms(1) / begins_ms(0) == pytest.approx(2 ** (1 / 8))
