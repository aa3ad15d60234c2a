"""Connect Four once more, from the game's rules and not from `kibitz.games`: the second opinion.

Written for checking only: a column is a list of seats from the bottom up, a line is looked for from
the disc just dropped, in the four directions.
"""

from dataclasses import dataclass, field

COLUMNS, ROWS, LINE = 7, 6, 4


class Illegal(Exception):
    pass


@dataclass
class Match:
    """One match; `turn` is the seat to move, `winner` is set with the line, `is_full` without one."""

    first: int
    columns: list[list[int]] = field(default_factory=lambda: [[] for _ in range(COLUMNS)])
    turn: int | None = None
    winner: int | None = None
    is_over: bool = False

    def __post_init__(self) -> None:
        self.turn = self.first

    def drop(self, seat: int, column: int) -> None:
        """Raises `Illegal` for what the rules do not allow."""
        if self.is_over:
            raise Illegal("the match is over")
        if seat != self.turn:
            raise Illegal(f"seat {seat} moved in the turn of seat {self.turn}")
        if not 0 <= column < COLUMNS:
            raise Illegal(f"there is no column {column}")
        if len(self.columns[column]) == ROWS:
            raise Illegal(f"column {column} is full")
        self.columns[column].append(seat)
        if self._has_line_through(column):
            self.winner, self.is_over, self.turn = seat, True, None
        elif all(len(c) == ROWS for c in self.columns):
            self.is_over, self.turn = True, None
        else:
            self.turn = 1 - seat

    def give_up(self, seat: int) -> None:
        """Resigned, left or out of time: the other seat wins."""
        if self.is_over:
            raise Illegal("the match is over")
        self.winner, self.is_over, self.turn = 1 - seat, True, None

    def board(self) -> list[list[int | None]]:
        """Six rows of seven, top row first, as the view shows it."""
        return [
            [column[row] if row < len(column) else None for column in self.columns]
            for row in reversed(range(ROWS))
        ]

    def _has_line_through(self, column: int) -> bool:
        row = len(self.columns[column]) - 1
        seat = self.columns[column][row]
        for d_column, d_row in ((1, 0), (0, 1), (1, 1), (1, -1)):
            run = 1
            for sign in (1, -1):
                c, r = column + sign * d_column, row + sign * d_row
                while self._at(c, r) == seat:
                    run, c, r = run + 1, c + sign * d_column, r + sign * d_row
            if run >= LINE:
                return True
        return False

    def _at(self, column: int, row: int) -> int | None:
        if 0 <= column < COLUMNS and 0 <= row < len(self.columns[column]):
            return self.columns[column][row]
        return None
