"""Reversi, as a stranger might write it: a game that this client has no board for.

It is named by its path (`--games`), and never imported by the server's own code.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kibitz.rules import (
    FORFEIT,
    START,
    WAITING,
    Args,
    Game,
    Move,
    Outcome,
    Phases,
    Refusal,
    Seat,
    Seats,
    Setup,
    State,
    Value,
    action,
    illegal,
)

STEPS = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]
Grid = tuple[tuple[Seat | None, ...], ...]


class Options(Struct, frozen=True):
    side: Literal[4, 6, 8] = 8


class Board(State, frozen=True):
    grid: Grid
    turn: Seat


class Place(Args, frozen=True):
    row: Annotated[int, Meta(ge=0, le=7)]
    column: Annotated[int, Meta(ge=0, le=7)]


def turned(grid: Grid, seat: Seat, row: int, column: int) -> list[tuple[int, int]]:
    """The discs that a disc placed there turns over; none where it may not be placed."""
    side = len(grid)
    if row >= side or column >= side or grid[row][column] is not None:
        return []
    found: list[tuple[int, int]] = []
    for down, right in STEPS:
        run: list[tuple[int, int]] = []
        at = (row + down, column + right)
        while 0 <= at[0] < side and 0 <= at[1] < side and grid[at[0]][at[1]] == 1 - seat:
            run.append(at)
            at = (at[0] + down, at[1] + right)
        if 0 <= at[0] < side and 0 <= at[1] < side and grid[at[0]][at[1]] == seat:
            found += run
    return found


def places(grid: Grid, seat: Seat) -> list[tuple[int, int]]:
    side = range(len(grid))
    return [(row, column) for row in side for column in side if turned(grid, seat, row, column)]


def turns_something(state: Board, seat: Seat, args: Place) -> Refusal | None:
    if turned(state.grid, seat, args.row, args.column):
        return None
    return illegal("turns_nothing", "That turns nothing over.")


def cannot_place(state: Board, seat: Seat, args: Args) -> Refusal | None:
    return illegal("can_place", "You can still place a disc.") if places(state.grid, seat) else None


class Reversi(Game[Board]):
    name = "reversi"
    title = "Reversi"
    summary = "Outflank their discs and turn them over. Most discs win."
    seats = Seats(2, 2)
    options = Options
    views_differ = False
    phases = Phases(
        {
            (WAITING, START): "playing",
            ("playing", "place"): ("playing", "over"),
            ("playing", "pass"): "playing",
            ("playing", FORFEIT): "over",
        },
        final="over",
    )

    def setup(self, setup: Setup[Options]) -> Board:
        side = setup.options.side
        grid: list[list[Seat | None]] = [[None] * side for _ in range(side)]
        half = side // 2
        grid[half - 1][half - 1] = grid[half][half] = Seat(1)
        grid[half - 1][half] = grid[half][half - 1] = Seat(0)
        return Board("playing", tuple(map(tuple, grid)), setup.first)

    def to_move(self, state: Board) -> tuple[Seat, ...]:
        return (state.turn,) if state.phase == "playing" else ()

    @action(Place, checks=(turns_something,))
    def place(self, state: Board, seat: Seat, args: Place) -> Board:
        grid = [list(row) for row in state.grid]
        for row, column in [*turned(state.grid, seat, args.row, args.column), (args.row, args.column)]:
            grid[row][column] = seat
        after: Grid = tuple(map(tuple, grid))
        is_over = not any(places(after, Seat(each)) for each in (0, 1))
        return Board("over" if is_over else "playing", after, Seat(1 - seat))

    @action(Args, checks=(cannot_place,), name="pass")
    def skip(self, state: Board, seat: Seat, args: Args) -> Board:
        return Board("playing", state.grid, Seat(1 - seat))

    def on_forfeit(self, state: Board, seat: Seat) -> Board:
        rest = tuple(tuple(Seat(1 - seat) for _ in row) for row in state.grid)
        return Board("over", rest, Seat(1 - seat))

    def outcome(self, state: Board) -> Outcome | None:
        first, second = (sum(row.count(Seat(seat)) for row in state.grid) for seat in (0, 1))
        winner = None if first == second else Seat(int(second > first))
        return Outcome(winner, "most_discs", scores=(first, second))

    def view(self, state: Board, seat: Seat | None) -> dict[str, Value]:
        is_over = state.phase == "over"
        outcome = self.outcome(state) if is_over else None
        return {
            "phase": state.phase,
            "board": state.grid,
            "turn": None if is_over else state.turn,
            "legal": [] if is_over else places(state.grid, state.turn),
            "outcome": None if outcome is None else outcome.as_value(),
        }

    def event_view(self, move: Move, seat: Seat, viewer: Seat | None) -> dict[str, Value] | None:
        return move.args
