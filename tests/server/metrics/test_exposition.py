"""What Prometheus reads can be read back, and says what was measured."""

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from kibitz.metrics import names
from kibitz.metrics.exposition import Exposition
from kibitz.metrics.names import DECLARED
from kibitz.metrics.registry import Metrics


def measured() -> Metrics:
    metrics = Metrics()
    metrics.count(names.REFUSED, 'odd"\n\\')
    metrics.read(names.ROOMS, lambda: {("playing",): 3.0})
    histogram = metrics.histogram(names.EVENT, "act")
    for took_ns in (10_000, 1_000_000, 1_000_000, 100_000_000_000):
        histogram.add(took_ns)
    return metrics


@pytest.mark.parametrize("accept", ["", "text/plain", "application/openmetrics-text; version=1.0.0"])
def test_every_declared_metric_is_there_in_both_formats(accept: str) -> None:
    text, content_type = Exposition().render(measured().snapshot(), accept)
    parse = parse_openmetrics if content_type.startswith("application/openmetrics") else parse_text
    families = {family.name: family for family in parse(text.decode())}
    for declared in DECLARED:
        family = families[declared.name.removesuffix("_total")]
        assert (family.type, family.documentation) == (declared.kind.value, declared.text)
    assert families["kibitz_refused"].samples[0].labels == {"code": 'odd"\n\\'}
    assert families["kibitz_rooms"].samples[0].value == 3
    assert "process_cpu_seconds" in families
    assert "process_resident_memory_bytes" in families


def test_a_histogram_counts_what_is_below_each_boundary() -> None:
    text, _ = Exposition().render(measured().snapshot(), "")
    (family,) = (each for each in parse_text(text.decode()) if each.name == "kibitz_event_seconds")
    below = {s.labels["le"]: s.value for s in family.samples if s.name.endswith("_bucket")}
    values = list(below.values())
    assert values == sorted(values)
    assert len(below) == 81
    assert (values[0], values[-2], below["+Inf"]) == (1, 3, 4)  # a hundred seconds is beyond them
    bounds = [float(bound) for bound in below]
    assert bounds == sorted(bounds)
    assert next(float(bound) for bound, n in below.items() if n == 3) == pytest.approx(0.001, rel=0.2)
    totals = {s.name: s.value for s in family.samples if not s.name.endswith("_bucket")}
    assert totals["kibitz_event_seconds_count"] == 4
    assert totals["kibitz_event_seconds_sum"] == pytest.approx(100.00201)
