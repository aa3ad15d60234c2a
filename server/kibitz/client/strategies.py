"""How bots of a load choose: from the view alone, as a person would. No rules of `games` are used here.

The server is the judge: a strategy may suggest what is illegal, is refused, and suggests another move.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Protocol, runtime_checkable

from kibitz.client import light_cycles
from kibitz.client.dice_strategy import DiceMoves
from kibitz.client.suggestions import Suggestion
from kibitz.ids import GameName, Seat
from kibitz.sync.canonical import Value


class Strategy(Protocol):
    def is_turn(self, view: Value, seat: Seat) -> bool:
        """Whether this seat is to act."""
        ...

    def is_over(self, view: Value) -> bool:
        """Whether the match of this view has ended."""
        ...

    def suggest(self, view: Value, seat: Seat, chance: Random) -> Sequence[Suggestion]:
        """Actions worth trying for the seat whose turn it is, the best first."""
        ...


@runtime_checkable
class LiveStrategy(Strategy, Protocol):
    """For games in real time: `is_turn` is never asked."""

    def at_frame(self, view: Value, frame: bytes, seat: Seat, chance: Random) -> Suggestion | None:
        """What to do now, if anything; `view` may be a second older than `frame`."""
        ...


class _TakesTurns:
    """For views with `turn` and `outcome`."""

    def is_turn(self, view: Value, seat: Seat) -> bool:
        return isinstance(view, Mapping) and view.get("turn") == seat and not self.is_over(view)

    def is_over(self, view: Value) -> bool:
        return isinstance(view, Mapping) and view.get("outcome") is not None


class RandomMoves(_TakesTurns):
    """For any game whose view has `turn` and `outcome`: its known actions in random order."""

    def __init__(self, moves: Sequence[Suggestion]) -> None:
        self._moves = list(moves)

    def suggest(self, view: Value, seat: Seat, chance: Random) -> Sequence[Suggestion]:
        return chance.sample(self._moves, len(self._moves))


COLUMNS, ROWS, LINE = 7, 6, 4
_ALIKE = ((0, 1), (1, 0), (1, 1), (1, -1))


class ConnectFourMoves(_TakesTurns):
    """Takes a win, blocks one, else a random column that is not full, the middle ones more often."""

    def suggest(self, view: Value, seat: Seat, chance: Random) -> Sequence[Suggestion]:
        board = view.get("board") if isinstance(view, Mapping) else None
        if not isinstance(board, list):
            return []
        cells = [list(row) if isinstance(row, list) else [] for row in board]
        landing = {column: _landing(cells, column) for column in range(COLUMNS)}
        free = {column: row for column, row in landing.items() if row is not None}
        order = sorted(free, key=lambda column: -chance.random() * (4 - abs(column - 3)))

        def worth(column: int) -> int:
            """0 for a column that wins, 1 for one that keeps the other from winning, else 2."""
            if _wins(cells, free[column], column, seat):
                return 0
            return 1 if _wins(cells, free[column], column, 1 - seat) else 2

        order.sort(key=worth)
        return [Suggestion("drop", {"column": column}) for column in order]


def _landing(cells: Sequence[Sequence[Value]], column: int) -> int | None:
    """The row, counted from the top, in which a disc comes to lie."""
    empty = [row for row in range(len(cells)) if cells[row][column] is None]
    return max(empty) if empty else None


def _wins(cells: Sequence[Sequence[Value]], row: int, column: int, seat: int) -> bool:
    """Whether a disc of `seat` there makes a line."""
    for down, right in _ALIKE:
        run = 1
        for sign in (1, -1):
            r, c = row + sign * down, column + sign * right
            while 0 <= r < ROWS and 0 <= c < COLUMNS and cells[r][c] == seat:
                run, r, c = run + 1, r + sign * down, c + sign * right
        if run >= LINE:
            return True
    return False


class LightCyclesRides(_TakesTurns):
    """Turns away from walls when they are near, to where more room is."""

    def suggest(self, view: Value, seat: Seat, chance: Random) -> Sequence[Suggestion]:
        return []

    def at_frame(self, view: Value, frame: bytes, seat: Seat, chance: Random) -> Suggestion | None:
        direction = light_cycles.turn(view, frame, seat, chance)
        return None if direction is None else Suggestion("steer", {"direction": direction})


STRATEGIES: Mapping[GameName, Strategy] = {
    GameName("connect-four"): ConnectFourMoves(),
    GameName("liars-dice"): DiceMoves(),
    GameName("light-cycles"): LightCyclesRides(),
}
"""The games that `kibitz bots` can play."""
