"""What all bodies and queries that clients send have in common."""

from msgspec import Struct


class Asked(Struct, frozen=True, forbid_unknown_fields=True):
    """Refuses fields that it does not know, so that a misspelt one is noticed."""
