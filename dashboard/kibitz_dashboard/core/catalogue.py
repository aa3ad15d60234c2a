"""The catalogue of metrics: what a number is called, what it means, its unit, and which way is good."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from kibitz_dashboard import words

Unit = Literal["count", "decimal", "percent", "duration", "bytes", "us"]
SAY: Mapping[str, words.Say] = {
    "count": words.count,
    "decimal": words.decimal,
    "percent": words.percent,
    "duration": words.duration,
    "bytes": words.size,
    "us": words.micros,
}
"""How a value of each unit is said."""


@dataclass(frozen=True, slots=True)
class Metric:
    key: str
    label: str
    unit: Unit
    text: str
    good: Literal["up", "down", ""] = ""
    approximate: str = ""

    @property
    def definition(self) -> str:
        """The whole of it: what it counts, and whether that is exact."""
        return f"{self.text} {self.exactness}"

    @property
    def exactness(self) -> str:
        return f"Approximate: {self.approximate}." if self.approximate else "Exact."

    def say(self, value: float | None) -> str:
        return SAY[self.unit](value)


@cache
def metrics() -> Mapping[str, Metric]:
    """All of them by key, in the catalogue's order."""
    text = (files("kibitz_dashboard") / "core" / "metrics.toml").read_text("utf-8")
    return {key: Metric(key=key, **found) for key, found in tomllib.loads(text).items()}


def metric(key: str) -> Metric:
    return metrics()[key]
