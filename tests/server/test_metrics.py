"""What a scrape reads."""

from kibitz.metrics import Metrics


def test_counters_and_gauges_in_prometheus_text() -> None:
    metrics = Metrics()
    metrics.count("refused", "stale")
    metrics.count("refused", "stale", 2)
    metrics.count("refused", 'odd"\n')
    metrics.gauge("connections", "Open connections.", lambda: {"websocket": 2, "polling": 0})
    assert metrics.counted("refused", "stale") == 3
    assert metrics.render().splitlines() == [
        "# TYPE kibitz_refused_total counter",
        'kibitz_refused_total{of="odd\\"\\n"} 1',
        'kibitz_refused_total{of="stale"} 3',
        "# HELP kibitz_connections Open connections.",
        "# TYPE kibitz_connections gauge",
        'kibitz_connections{of="websocket"} 2',
        'kibitz_connections{of="polling"} 0',
    ]
