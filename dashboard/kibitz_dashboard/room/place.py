"""Where in a room a link leads: a match of it, and an event of that match."""

from collections.abc import Mapping
from dataclasses import dataclass

_DIGITS_MAX = 9


@dataclass(frozen=True, slots=True)
class Place:
    match: int | None = None
    version: int | None = None


def place(query: Mapping[str, str]) -> Place:
    """What the address says; nonsense in it leads nowhere in particular."""
    return Place(_number(query.get("match", "")), _number(query.get("version", "")))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX else None
