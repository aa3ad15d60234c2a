"""The buckets of every duration, live and stored: eight in each octave, from 0.05 ms.

A bucket is 9 % wide, so a percentile read from its middle is within 5 % of the exact one. Buckets of the
same number mean the same everywhere (telemetry, warehouse), so histograms of any times and places add up.
"""

from math import floor, log2

LEAST_MS = 0.05
PER_OCTAVE = 8
COUNT = 256
"""Kept by a live histogram: the last one begins at 54 hours."""


def bucket_of(ms: float) -> int:
    """The bucket of a duration; what is shorter than `LEAST_MS` falls into the first. Exactly what SQL
    makes of `floor(8 * log2(greatest(ms, 0.05) / 0.05))`."""
    return floor(PER_OCTAVE * log2(max(ms, LEAST_MS) / LEAST_MS))


def begins_ms(bucket: int) -> float:
    """The shortest duration of a bucket (of the first: of those that are not too short for any)."""
    return LEAST_MS * float(2 ** (bucket / PER_OCTAVE))
