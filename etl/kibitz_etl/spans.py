"""Stretches of time that are counted at once."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

Span = tuple[datetime, datetime]
"""From, and up to but not with."""

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MOST_SPANS = 48
LONGEST = {HOUR: timedelta(days=7), DAY: timedelta(days=31)}
"""By step. A longer stretch is cut, so that a rebuild of years does not hold them in memory at once: shorter
for hours, which are counted from events, than for days, which are counted from fewer rows."""


def spans(starts: Iterable[datetime], step: timedelta) -> list[Span]:
    """The stretches that these hours or days make, in order; neighbours are one.

    Where there would be very many, the shortest gaps are counted with them: that costs time, and changes
    nothing. Stretches longer than `LONGEST` come in pieces.
    """
    whole = list(_joined(sorted(set(starts)), step))
    if len(whole) > MOST_SPANS:
        gaps = sorted((later[0] - former[1] for former, later in pairwise(whole)), reverse=True)
        whole = list(_bridged(whole, gaps[MOST_SPANS - 1]))
    return [piece for span in whole for piece in _pieces(span, LONGEST[step])]


def _joined(starts: list[datetime], step: timedelta) -> Iterator[Span]:
    if not starts:
        return
    first = last = starts[0]
    for start in starts[1:]:
        if start > last + step:
            yield first, last + step
            first = start
        last = start
    yield first, last + step


def _bridged(whole: list[Span], gap: timedelta) -> Iterator[Span]:
    """With the gaps up to this long counted in."""
    first, last = whole[0]
    for start, end in whole[1:]:
        if start - last > gap:
            yield first, last
            first = start
        last = end
    yield first, last


def _pieces(span: Span, longest: timedelta) -> Iterator[Span]:
    start, end = span
    while end - start > longest:
        yield start, start + longest
        start += longest
    yield start, end
