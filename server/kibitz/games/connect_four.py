"""Connect Four: seven columns, six rows; four of one's own in a line win."""

from itertools import takewhile
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from kibitz.rules import (
    FORFEIT,
    START,
    TIMEOUT,
    WAITING,
    Args,
    ClockRule,
    Game,
    Move,
    Outcome,
    PerGame,
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

ROWS, COLUMNS = 6, 7
PLAYING, FINISHED = "playing", "finished"
_CENTRE_FIRST = (3, 2, 4, 1, 5, 0, 6)

Row = tuple[Seat | None, ...]
Cell = tuple[int, int]
EMPTY: tuple[Row, ...] = ((None,) * COLUMNS,) * ROWS


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """`clock_ms` null: untimed."""

    clock_ms: Annotated[int, Meta(ge=1_000, le=86_400_000)] | None = 600_000
    increment_ms: Annotated[int, Meta(ge=0, le=600_000)] = 5_000


class Board(State, frozen=True):
    """`board` has the top row first; `line` are the cells that won, top or left end first."""

    board: tuple[Row, ...]
    turn: Seat | None
    last: Cell | None = None
    winner: Seat | None = None
    reason: str | None = None
    line: tuple[Cell, ...] | None = None


class Drop(Args, frozen=True):
    column: Annotated[int, Meta(ge=0, lt=COLUMNS)]


def column_is_open(state: Board, seat: Seat, args: Drop) -> Refusal | None:
    if state.board[0][args.column] is not None:
        return illegal("column_full", f"Column {args.column + 1} is full.")
    return None


class ConnectFour(Game[Board]):
    name = "connect-four"
    title = "Connect Four"
    summary = "Drop discs in turn; four in a line win."
    seats = Seats(2, 2)
    options = Options
    views_differ = False
    brain = "kibitz.games.connect_four_brain:choose"
    phases = Phases(
        {
            (WAITING, START): PLAYING,
            (PLAYING, "drop"): (PLAYING, FINISHED),
            (PLAYING, "resign"): FINISHED,
            (PLAYING, TIMEOUT): FINISHED,
            (PLAYING, FORFEIT): FINISHED,
        },
        final=FINISHED,
    )

    def setup(self, setup: Setup[Options]) -> Board:
        return Board(phase=PLAYING, board=EMPTY, turn=setup.first)

    def to_move(self, state: Board) -> tuple[Seat, ...]:
        return () if state.turn is None else (state.turn,)

    @action(Drop, checks=(column_is_open,))
    def drop(self, state: Board, seat: Seat, args: Drop) -> Board:
        column = args.column
        row = ROWS - 1
        while state.board[row][column] is not None:
            row -= 1
        changed = list(state.board[row])
        changed[column] = seat
        rows = list(state.board)
        rows[row] = tuple(changed)
        board = tuple(rows)
        line = winning_line(board, row, column)
        if line is not None:
            return Board(FINISHED, board, None, (row, column), seat, "line", line)
        if None not in board[0]:
            return Board(FINISHED, board, None, (row, column), None, "full")
        return Board(PLAYING, board, Seat(1 - seat), (row, column))

    @action(Args, out_of_turn=True, suggested=False)
    def resign(self, state: Board, seat: Seat, args: Args) -> Board:
        return lost(state, seat, "resigned")

    def on_timeout(self, state: Board, seat: Seat) -> Board:
        return lost(state, seat, "timeout")

    def on_forfeit(self, state: Board, seat: Seat) -> Board:
        return lost(state, seat, "forfeit")

    def outcome(self, state: Board) -> Outcome | None:
        if state.reason is None:
            return None
        line = None if state.line is None else [list(cell) for cell in state.line]
        return Outcome(state.winner, state.reason, {"line": line})

    def view(self, state: Board, seat: Seat | None) -> dict[str, Value]:
        outcome = self.outcome(state)
        last: dict[str, Value] | None = None
        if state.last is not None:
            row, column = state.last
            last = {"row": row, "column": column, "seat": state.board[row][column]}
        return {
            "board": state.board,
            "turn": state.turn,
            "phase": state.phase,
            "outcome": None if outcome is None else outcome.as_value(),
            "last": last,
        }

    def waiting_view(self, options: Options, seats: int) -> dict[str, Value]:
        return self.view(Board(phase=WAITING, board=EMPTY, turn=None), None)

    def event_view(self, move: Move, seat: Seat, viewer: Seat | None) -> dict[str, Value]:
        return move.args

    def candidates(self, state: Board, seat: Seat) -> list[Move]:
        return [Move("drop", {"column": column}) for column in _CENTRE_FIRST]

    def clock(self, options: Options) -> ClockRule:
        return None if options.clock_ms is None else PerGame(options.clock_ms, options.increment_ms)


def lost(state: Board, seat: Seat, reason: str) -> Board:
    return replace(state, phase=FINISHED, turn=None, winner=Seat(1 - seat), reason=reason)


def winning_line(board: tuple[Row, ...], row: int, column: int) -> tuple[Cell, ...] | None:
    """The four or more of one colour in a line through this cell."""
    seat = board[row][column]
    for rays in _RAYS[row][column]:
        count = 1
        for ray in rays:
            for r, c in ray:
                if board[r][c] != seat:
                    break
                count += 1
        if count >= 4:
            line = [(row, column)]
            for ray in rays:
                line.extend(takewhile(lambda cell: board[cell[0]][cell[1]] == seat, ray))
            return tuple(sorted(line))
    return None


def _ray(row: int, column: int, down: int, right: int) -> tuple[Cell, ...]:
    """The cells from the one beside this one to the edge of the board."""
    cells = ((row + n * down, column + n * right) for n in range(1, COLUMNS))
    return tuple(takewhile(lambda cell: 0 <= cell[0] < ROWS and 0 <= cell[1] < COLUMNS, cells))


def _rays(row: int, column: int) -> list[tuple[tuple[Cell, ...], tuple[Cell, ...]]]:
    """For every direction that has room for four: the cells on either side of this one."""
    directions = ((0, 1), (1, 0), (1, 1), (1, -1))
    pairs = [(_ray(row, column, -down, -right), _ray(row, column, down, right)) for down, right in directions]
    return [pair for pair in pairs if len(pair[0]) + len(pair[1]) >= 3]


_RAYS = [[_rays(row, column) for column in range(COLUMNS)] for row in range(ROWS)]
