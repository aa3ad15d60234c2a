"""Which published tables changed since the last publish, and in which stretches of time."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from kibitz_etl.spans import Span


@dataclass(slots=True)
class Changes:
    """Filled by what counts, emptied by what publishes. Too much in it costs time, and changes nothing."""

    everything: bool = True
    """Nothing is known of the last mart: at the start, and after a rebuild."""
    whole: set[str] = field(default_factory=set)
    """Tables that changed who knows where."""
    spans: dict[str, set[Span]] = field(default_factory=dict)
    """Tables of hours or days, and the stretches that were replaced."""

    def in_span(self, table: str, span: Span) -> None:
        self.spans.setdefault(table, set()).add(span)

    def anywhere(self, tables: Iterable[str]) -> None:
        self.whole.update(tables)

    def clear(self) -> None:
        self.everything = False
        self.whole.clear()
        self.spans.clear()
