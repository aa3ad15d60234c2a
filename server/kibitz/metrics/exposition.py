"""What Prometheus reads, made by its client library from a snapshot: on any thread, since it takes a while.

Histograms are told with every other boundary of ours, four in an octave, up to 52 s: half the lines, and each
percentile still falls into a bucket that telemetry has, too.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry, Metric, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from kibitz.metrics.buckets import begins_ms
from kibitz.metrics.names import Kind
from kibitz.metrics.registry import Family

_STEP = 2
_BOUNDS = tuple((bucket, f"{begins_ms(bucket) / 1000:.6g}") for bucket in range(_STEP, 161, _STEP))


class _Families(Collector):
    def __init__(self, families: Sequence[Family]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        return map(_metric, self._families)


class Exposition:
    """Renders snapshots, with what the library knows of the process: CPU, memory, descriptors."""

    def __init__(self) -> None:
        self._process = ProcessCollector(registry=None)

    def render(self, families: Sequence[Family], accept: str) -> tuple[bytes, str]:
        """The text and its content type, in the format that `accept` (a request's header) asks for. Blocks
        for some milliseconds."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Families(families))
        registry.register(self._process)
        encode, content_type = choose_encoder(accept)
        return encode(registry), content_type


def _metric(family: Family) -> Metric:
    declared = family.declared
    if declared.kind is Kind.HISTOGRAM:
        times = HistogramMetricFamily(declared.name, declared.text, labels=declared.labels)
        for labels, (counts, sum_ns) in family.times.items():
            below = list(accumulate(counts))
            buckets = [(bound, float(below[bucket - 1])) for bucket, bound in _BOUNDS]
            times.add_metric(labels, [*buckets, ("+Inf", float(below[-1]))], sum_ns / 1e9)
        return times
    made = CounterMetricFamily if declared.kind is Kind.COUNTER else GaugeMetricFamily
    metric = made(declared.name, declared.text, labels=declared.labels)
    for labels, value in family.values.items():
        metric.add_metric(labels, value)
    return metric
