"""What a strategy gives back."""

from msgspec import Struct

from kibitz.sync.canonical import Value


class Suggestion(Struct, frozen=True):
    """An action to try."""

    type: str
    args: dict[str, Value]
