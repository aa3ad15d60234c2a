"""What a match begins with."""

from typing import Generic, TypeVar

from msgspec import Struct

from kibitz.ids import Seat

OptionsT = TypeVar("OptionsT", bound=Struct)


class NoOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """The options of a game that has none."""


class Setup(Struct, Generic[OptionsT], frozen=True):
    """`match` counts from 1 in a room; `first` is the seat that begins (it changes at a rematch).

    `seed` is the match's secret chance: a game that uses any derives it from here alone.
    """

    seats: int
    options: OptionsT
    match: int
    first: Seat
    seed: bytes
