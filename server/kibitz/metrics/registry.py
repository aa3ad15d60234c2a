"""Counts that the server keeps of itself, rendered for Prometheus when asked.

Hot paths add to a dict of integers, which costs a tenth of a client library's counter; gauges are
read at the scrape. Labels come from closed lists, never from clients.
"""

from collections.abc import Callable

Gauge = Callable[[], dict[str, float]]


class Metrics:
    """Counters `kibitz_<name>_total{<label>=…}` and gauges `kibitz_<name>{<label>=…}`."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = {}
        self._gauges: dict[str, tuple[str, Gauge]] = {}

    def count(self, name: str, label: str, n: int = 1) -> None:
        """Add to one counter; `label` is its `of`."""
        key = (name, label)
        self._counts[key] = self._counts.get(key, 0) + n

    def gauge(self, name: str, help_text: str, read: Gauge) -> None:
        """`read` gives the values by label when scraped."""
        self._gauges[name] = (help_text, read)

    def counted(self, name: str, label: str) -> int:
        return self._counts.get((name, label), 0)

    def render(self) -> str:
        """The Prometheus text format, version 0.0.4."""
        lines: list[str] = []
        for name in sorted({name for name, _ in self._counts}):
            lines.append(f"# TYPE kibitz_{name}_total counter")
            lines += [
                f'kibitz_{name}_total{{of="{_escaped(label)}"}} {n}'
                for (of, label), n in sorted(self._counts.items())
                if of == name
            ]
        for name, (help_text, read) in sorted(self._gauges.items()):
            lines += [f"# HELP kibitz_{name} {help_text}", f"# TYPE kibitz_{name} gauge"]
            lines += [f'kibitz_{name}{{of="{_escaped(label)}"}} {value:g}' for label, value in read().items()]
        return "\n".join([*lines, ""])


def _escaped(label: str) -> str:
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
