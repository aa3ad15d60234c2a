"""When a move counts as done."""

from enum import StrEnum


class Durability(StrEnum):
    """`committed`: a move is answered and shown once it survives a power cut.

    `relaxed`: it is answered and shown once it is applied, and journalled with others some ticks
    later. After a crash the last second may be missing; the room then goes on in a new epoch.
    """

    COMMITTED = "committed"
    RELAXED = "relaxed"
