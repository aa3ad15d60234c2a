"""A room's history folded by its game, step by step."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from kibitz.journal.records import Event, NewRoom
from kibitz.replay.source import ReplayError
from kibitz.rooms.fold.fold import Fold, FoldError
from kibitz.rooms.fold.state import RoomState
from kibitz.rules import Game, Referee


class Step(Struct, frozen=True):
    """One event and the states around it; `before` is None at the room's creation."""

    before: RoomState | None
    event: Event
    after: RoomState


def fold_of(record: NewRoom, game: Game[Any] | None) -> Fold:
    """The room's fold. Raises `ReplayError` where these rules cannot fold it."""
    if game is None:
        raise ReplayError(f"the game {record.game!r} of this room is not installed here.")
    if game.rules_version != record.rules_version:
        raise ReplayError(
            f"this room was played by version {record.rules_version} of the rules of {record.game}; "
            f"version {game.rules_version} is installed, by which it might go differently."
        )
    referee: Referee[Any] = Referee(game)
    try:
        return Fold(referee, referee.options(record.options), record.seats)
    except msgspec.DecodeError as error:
        raise ReplayError(f"the options of this room do not fit the game {record.game}: {error}.") from None


def steps(fold: Fold, events: Sequence[Event]) -> Iterator[Step]:
    """Every event, what was taken back later too. Raises `ReplayError` at the first one that does not
    follow from those before it."""
    folding = fold.steps(events)
    for event in events:
        try:
            before, _, after = next(folding)
        except FoldError as error:
            raise ReplayError(f"{error}.") from error
        except Exception as error:  # whatever the game's code raises
            problem = f"{type(error).__name__}: {error}"
            raise ReplayError(
                f"version {event.version} ({event.kind}): the game failed with {problem}."
            ) from error
        yield Step(before, event, after)
