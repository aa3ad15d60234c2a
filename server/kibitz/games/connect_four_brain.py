"""A brain for Connect Four: alpha-beta over bitboards, deepened until its nodes are used up.

A position is two integers: the stones of the side to move, and all stones. Column `c`, counted from
the left, has bits `7c` (bottom) to `7c + 5`; bit `7c + 6` stays 0, so that lines do not run on from
one column into the next. The budget is counted in nodes, never read from a clock: the same view,
seat, seed and budget give the same move on any machine.
"""

from typing import Any

ROWS, COLUMNS = 6, 7
HEIGHT = ROWS + 1
BOTTOM = sum(1 << (HEIGHT * c) for c in range(COLUMNS))
FULL = BOTTOM * ((1 << ROWS) - 1)
COLUMN = [((1 << ROWS) - 1) << (HEIGHT * c) for c in range(COLUMNS)]
CENTRE_FIRST = (3, 2, 4, 1, 5, 0, 6)

NODES_PER_MS = 40  # what a slow machine visits in a millisecond
WIN = 1_000


class _OutOfNodesError(Exception):
    pass


def choose(view: dict[str, Any], seat: int, seed: int, budget_ms: int) -> tuple[str, dict[str, Any]]:
    """A win if there is one, else the block of a threat, else the best move that the budget finds.

    `seed` decides between moves that look equally good.
    """
    mine, stones = 0, 0
    for r, row in enumerate(view["board"]):
        for c, owner in enumerate(row):
            if owner is not None:
                bit = 1 << (HEIGHT * c + ROWS - 1 - r)
                stones |= bit
                if owner == seat:
                    mine |= bit
    return "drop", {"column": best_column(mine, stones, seed, budget_ms * NODES_PER_MS)}


def best_column(mine: int, stones: int, seed: int, nodes: int) -> int:
    """The column to drop into. Raises `ValueError` on a full board."""
    playable = (stones + BOTTOM) & FULL
    if not playable:
        raise ValueError("no column is open")
    for threat in (winning_cells(mine, stones), winning_cells(mine ^ stones, stones)):
        hits = threat & playable
        if hits:
            return _column_of(hits & -hits)
    columns = [c for c in CENTRE_FIRST if playable & COLUMN[c]]
    search = _Search(nodes)
    chosen = columns[0]
    for depth in range(2, ROWS * COLUMNS - stones.bit_count() + 1):
        try:
            scores = [search.score_of(mine, stones, column, depth) for column in columns]
        except _OutOfNodesError:
            break
        best = max(scores)
        equal = [column for column, score in zip(columns, scores, strict=True) if score == best]
        chosen = equal[seed % len(equal)]
        if abs(best) >= WIN or len([score for score in scores if score > -WIN]) == 1:
            break
    return chosen


class _Search:
    def __init__(self, nodes: int) -> None:
        self._left = nodes
        self._known: dict[tuple[int, int, int], int] = {}

    def score_of(self, mine: int, stones: int, column: int, depth: int) -> int:
        """The worth of dropping into `column`, for the side that does it."""
        bit = (stones + BOTTOM) & COLUMN[column]
        if winning_cells(mine, stones) & bit:
            return WIN + depth
        # The full window, so that equal scores are really equal and the seed may choose.
        return -self._search(mine ^ stones, stones | bit, depth - 1, -2 * WIN, 2 * WIN)

    def _search(self, mine: int, stones: int, depth: int, alpha: int, beta: int) -> int:
        """The worth of the position for the side to move, whose stones `mine` are."""
        self._left -= 1
        if self._left < 0:
            raise _OutOfNodesError
        playable = (stones + BOTTOM) & FULL
        if not playable:
            return 0
        my_cells = winning_cells(mine, stones)
        if my_cells & playable:
            return WIN + depth
        theirs = mine ^ stones
        their_cells = winning_cells(theirs, stones)
        forced = their_cells & playable
        if forced:
            if forced & (forced - 1):
                return -WIN - depth + 2
            playable = forced
        if depth <= 0:
            return my_cells.bit_count() - their_cells.bit_count()
        key = (mine, stones, depth)
        found = self._known.get(key)
        if found is not None:
            return found
        best, low = -2 * WIN, alpha
        for column in CENTRE_FIRST:
            bit = playable & COLUMN[column]
            if bit:
                # A forced answer costs no depth: threats are followed to their end.
                score = -self._search(theirs, stones | bit, depth if forced else depth - 1, -beta, -low)
                best = max(best, score)
                low = max(low, best)
                if low >= beta:
                    return best
        if best > alpha:
            self._known[key] = best
        return best


def winning_cells(mine: int, stones: int) -> int:
    """The empty cells, reachable now or later, that would complete a line of `mine`."""
    # Downwards: three stones, and the cell on top of them.
    cells = (mine << 1) & (mine << 2) & (mine << 3)
    for step in (HEIGHT, HEIGHT - 1, HEIGHT + 1):
        pair = (mine << step) & (mine << 2 * step)
        cells |= pair & (mine << 3 * step)
        cells |= pair & (mine >> step)
        pair = (mine >> step) & (mine >> 2 * step)
        cells |= pair & (mine << step)
        cells |= pair & (mine >> 3 * step)
    return cells & (FULL ^ stones)


def _column_of(bit: int) -> int:
    return (bit.bit_length() - 1) // HEIGHT
