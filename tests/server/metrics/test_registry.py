"""What is counted, and what a snapshot of it holds."""

import pytest

from kibitz.metrics import names
from kibitz.metrics.names import DECLARED, Kind
from kibitz.metrics.registry import Family, Labels, Metrics


def family(metrics: Metrics, declared: names.Declared) -> Family:
    return next(each for each in metrics.snapshot() if each.declared is declared)


def test_counters_add_up_by_label() -> None:
    metrics = Metrics()
    metrics.count(names.REFUSED, "stale")
    metrics.count(names.REFUSED, "stale", n=2)
    metrics.count(names.ERRORS, "http", "GET /x 500")
    assert metrics.counted(names.REFUSED, "stale") == 3
    assert metrics.counted(names.REFUSED, "other") == 0
    assert metrics.counts(names.ERRORS) == {("http", "GET /x 500"): 1}
    assert family(metrics, names.REFUSED).values == {("stale",): 3}


def test_readers_are_asked_at_the_snapshot_and_given_once() -> None:
    metrics = Metrics()
    open_now: dict[Labels, float] = {("waiting",): 1.0}
    metrics.read(names.ROOMS, lambda: open_now)
    open_now["waiting",] = 2.0
    assert family(metrics, names.ROOMS).values == {("waiting",): 2.0}
    with pytest.raises(ValueError, match="kibitz_rooms has a reader already"):
        metrics.read(names.ROOMS, lambda: open_now)


def test_a_reader_that_fails_takes_nothing_else_along(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> dict[Labels, float]:
        raise OSError("disk gone")

    metrics = Metrics()
    metrics.read(names.ETL_LAG, broken)
    metrics.count(names.REFUSED, "stale")
    for _ in range(2):
        assert family(metrics, names.ETL_LAG).values == {}
        assert family(metrics, names.REFUSED).values == {("stale",): 1}
    assert [record.message for record in caplog.records] == ["a metric cannot be read"]


def test_a_snapshot_stays_as_it_was() -> None:
    metrics = Metrics()
    histogram = metrics.histogram(names.EVENT, "act")
    assert metrics.histogram(names.EVENT, "act") is histogram
    histogram.add(1_000_000)
    metrics.count(names.REFUSED, "stale")
    before = family(metrics, names.EVENT), family(metrics, names.REFUSED)
    histogram.add(1_000_000)
    metrics.count(names.REFUSED, "stale")
    times, refused = before
    assert sum(times.times["act",][0]) == 1
    assert refused.values == {("stale",): 1}
    assert metrics.added(names.EVENT) == 2


def test_histograms_have_the_names_that_telemetry_stores() -> None:
    metrics = Metrics()
    metrics.histogram(names.ACTION, "connect-four", "drop")
    metrics.histogram(names.COMMIT)
    assert list(metrics.histograms()) == [("action", "connect-four/drop"), ("commit", "")]


def test_caches_are_counted_by_name_and_together() -> None:
    metrics = Metrics()
    metrics.cache("rooms").hits += 3
    metrics.cache("rooms").misses += 1
    metrics.cache("leaderboard").misses += 1
    assert metrics.caches() == (3, 2)
    assert family(metrics, names.CACHE).values == {
        ("rooms", "hit"): 3,
        ("rooms", "miss"): 1,
        ("leaderboard", "hit"): 0,
        ("leaderboard", "miss"): 1,
    }


def test_every_metric_is_declared_once_and_named_as_prometheus_wants() -> None:
    assert len({declared.name for declared in DECLARED}) == len(DECLARED)
    for declared in DECLARED:
        assert declared.name.startswith("kibitz_")
        assert declared.name.endswith("_total") is (declared.kind is Kind.COUNTER)
        assert declared.name.endswith("_seconds") >= (declared.kind is Kind.HISTOGRAM)
        assert bool(declared.subject) is (declared.kind is Kind.HISTOGRAM)
