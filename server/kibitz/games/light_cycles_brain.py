"""A brain for Light Cycles: rides where the most space is nearer to it than to anybody else.

The arena is one integer, a bit for each cell, with a column of wall between the rows: a flood spreads over
all of it by a few shifts. Each way to go on is judged by two such floods, its own and everybody else's,
spreading in turn; where nobody else can come, by how much room is left. The budget is counted in steps of
floods, never read from a clock: the same view, seat, seed and budget give the same turn on any machine.
"""

from itertools import pairwise
from typing import Any, NamedTuple

DIRECTIONS = ("up", "right", "down", "left")
STEPS_PER_MS = 200  # what a slow machine spreads in a millisecond, over an arena for two
_CELLS_A_STEP = 48 * 49
ANSWER_TICKS, ASKED_TICKS = 2, 4
"""How long an answer takes to count, and how long it is until the next one: it rides straight on so long."""
DEPTH_MOST = 6
LOST = -1_000_000


class _OutOfStepsError(Exception):
    pass


class _Arena(NamedTuple):
    """`stride` is the width and the column of wall; `all` has the cells of the arena."""

    width: int
    stride: int
    all: int

    def bit(self, cell: int) -> int:
        y, x = divmod(cell, self.width)
        return 1 << (y * self.stride + x)

    def ahead(self, head: int, way: int) -> int:
        shift = (-self.stride, 1, self.stride, -1)[way]
        return head << shift if shift > 0 else head >> -shift

    def ridden(self, free: int, head: int, way: int, cells: int) -> tuple[int, int]:
        """What is free, and where the head is, after so many cells that way or all there are."""
        for _ in range(cells):
            cell = self.ahead(head, way) & free
            if not cell:
                break
            free, head = free & ~cell, cell
        return free, head


def choose(view: dict[str, Any], seat: int, seed: int, budget_ms: int) -> tuple[str, dict[str, Any]]:
    """The direction to ride in, which may be the one it rides in already."""
    width, height = view["size"]
    stride = width + 1
    row = (1 << width) - 1
    arena = _Arena(width, stride, sum(row << (y * stride) for y in range(height)))
    riders = view["riders"]
    free = arena.all
    for rider in riders:
        free &= ~_wall(arena, rider)
    own, pace = riders[seat], view["pace"]
    heading = own["turns"][-1] if own["turns"] else own["direction"]
    if own["turns"]:  # what is asked for already comes first
        return "steer", {"direction": DIRECTIONS[heading]}
    answered = view["ticks"] + ANSWER_TICKS
    until_answer = answered // pace - view["ticks"] // pace
    until_next = max(1, (answered + ASKED_TICKS) // pace - answered // pace)
    others = 0
    for number, rider in enumerate(riders):
        if number != seat and rider["out"] is None:
            # Most ride on as they do: who counts on it meets nobody head on.
            free, head = arena.ridden(
                free, arena.bit(rider["head"]), rider["direction"], until_answer + until_next
            )
            others |= head
    free, head = arena.ridden(free, arena.bit(own["head"]), heading, until_answer)
    search = _Search(arena, others, budget_ms * STEPS_PER_MS, until_next)
    return "steer", {"direction": DIRECTIONS[search.best(free, head, heading, seed)]}


def _wall(arena: _Arena, rider: dict[str, Any]) -> int:
    points = [*rider["trail"], rider["head"]]
    cells = 0
    for begin, end in pairwise(points):
        low, high = min(begin, end), max(begin, end)
        step = 1 if high - low < arena.width else arena.width
        for cell in range(low, high + 1, step):
            cells |= arena.bit(cell)
    return cells | arena.bit(rider["head"])


class _Search:
    """Deeper and deeper, until the steps are used up: what one depth found holds if the next is cut off."""

    def __init__(self, arena: _Arena, others: int, steps: int, straight_on: int) -> None:
        self._arena = arena
        self._others = others
        self._left = steps * _CELLS_A_STEP // (arena.width * arena.stride)
        self._straight_on = straight_on

    def best(self, free: int, head: int, heading: int, seed: int) -> int:
        """The direction that leads to most; `heading` where all are alike bad."""
        # Straight on first costs no turn; of the sides the seed decides.
        sides = (3, 1) if seed & 1 else (1, 3)
        ways = [(heading + turn) % 4 for turn in (0, *sides)]
        chosen = heading
        try:
            for depth in range(1, DEPTH_MOST + 1):
                scores = [self._score(free, head, way, depth) for way in ways]
                chosen = ways[scores.index(max(scores))]
        except _OutOfStepsError:
            pass
        return chosen

    def _score(self, free: int, head: int, way: int, depth: int) -> int:
        """What riding that way until the next answer is worth, with `depth` - 1 more such choices."""
        for ridden in range(self._straight_on):
            cell = self._arena.ahead(head, way) & free
            if not cell:
                return LOST - depth * self._straight_on + ridden
            free, head = free & ~cell, cell
        if depth > 1:
            return max(self._score(free, head, (way + turn) % 4, depth - 1) for turn in (0, 1, 3))
        return self._worth(free, head)

    def _worth(self, free: int, head: int) -> int:
        """Ten times how many cells are nearer to `head` than to others, less theirs; who is shut in with
        nobody counts the room that is left, and likes walls, which leave no gaps behind."""
        stride = self._arena.stride
        mine, theirs = head, self._others
        own, foreign, open_cells = mine, theirs, free
        met = False
        while mine or theirs:
            self._left -= 1
            if self._left < 0:
                raise _OutOfStepsError
            mine = (mine << 1 | mine >> 1 | mine << stride | mine >> stride) & open_cells
            theirs = (theirs << 1 | theirs >> 1 | theirs << stride | theirs >> stride) & open_cells
            both = mine & theirs
            if both:
                met = True
                mine ^= both
                theirs ^= both
            open_cells &= ~(mine | theirs | both)
            if not met and (mine << 1 | mine >> 1 | mine << stride | mine >> stride) & foreign:
                met = True
            own |= mine
            foreign |= theirs
        room = own.bit_count()
        if met:
            return 10 * (room - foreign.bit_count())
        near = (head << 1 | head >> 1 | head << stride | head >> stride) & free
        return 10 * (room + 10_000 - foreign.bit_count()) - near.bit_count()
