"""What a match begins with."""

from typing import Generic, TypeVar

from msgspec import Struct

from kibitz.ids import Seat
from kibitz.rules.chance import Chance

OptionsT = TypeVar("OptionsT", bound=Struct)


class NoOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """The options of a game that has none."""


class Setup(Struct, Generic[OptionsT], frozen=True):
    """`match` counts from 1 in a room; `first` is the seat that begins (it changes at a rematch).

    `chance` is the match's own: a game that uses any keeps it in its state's field `chance`.
    """

    seats: int
    options: OptionsT
    match: int
    first: Seat
    chance: Chance
