"""Where the ratings lie, and making them anew by hand."""

from pathlib import Path

from kibitz.clock import Clock

NAME = "ratings.sqlite"


def rebuild(data: Path, clock: Clock) -> int:
    """Make the ratings of a data directory anew from its journal, be a server running or not, and say how
    many results they come from. Raises `UnusableFile`, `apsw.Error`."""
    from kibitz.ratings.projection import (
        Projection,
        no_pause,
    )  # with the arithmetic, which the server never needs

    projection = Projection(data / NAME, data / "journal.sqlite", clock, no_pause)
    try:
        return projection.rebuild()
    finally:
        projection.close()
