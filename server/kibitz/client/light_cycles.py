"""Light Cycles as a client sees it: frames, read, and how a bot of a load rides by them."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from random import Random

from msgspec import Struct

from kibitz.sync.canonical import Value

HEAD_BYTES, RIDER_BYTES, RUNS = 4, 7, 3
PHASES = ("countdown", "racing", "round_over", "finished")
STEPS = ((0, -1), (1, 0), (0, 1), (-1, 0))


class RiderSeen(Struct, frozen=True):
    """`corners` are the newest of its wall, at most three, the oldest of them first, as (column, row);
    `corner_count` is how many there are, modulo 256. `turns` are asked for and not yet taken."""

    x: int
    y: int
    direction: int
    is_out: bool
    turns: tuple[int, ...]
    corner_count: int
    corners: tuple[tuple[int, int], ...]


class RaceSeen(Struct, frozen=True):
    phase: str
    round: int
    ticks: int
    round_winner: int | None
    riders: tuple[RiderSeen, ...]


def read_frame(data: bytes) -> RaceSeen:
    """Raises `ValueError` where `data` is no frame of this game."""
    riders, rest = divmod(len(data) - HEAD_BYTES, RIDER_BYTES)
    if riders < 0 or rest:
        raise ValueError(f"a frame of {len(data)} bytes")
    return RaceSeen(
        PHASES[data[0] & 3],
        data[0] >> 2,
        data[1] << 8 | data[2],
        data[3] - 1 if data[3] else None,
        tuple(_rider(data[HEAD_BYTES + n * RIDER_BYTES :]) for n in range(riders)),
    )


def _rider(data: bytes) -> RiderSeen:
    flags, x, y, count = data[:4]
    direction = heading = flags & 3
    turns = []
    for place in range(flags >> 3 & 3):
        heading = (heading + (1 if flags >> 5 + place & 1 else 3)) % 4
        turns.append(heading)
    corners: list[tuple[int, int]] = []
    at_x, at_y, way = x, y, direction
    for place, run in enumerate(data[4 : 4 + min(count, RUNS)]):
        if place:
            way = (way + (3 if run & 0x80 else 1)) % 4
        right, down = STEPS[way]
        at_x, at_y = at_x - right * (run & 0x7F), at_y - down * (run & 0x7F)
        corners.insert(0, (at_x, at_y))
    return RiderSeen(x, y, direction, bool(flags & 4), tuple(turns), count, tuple(corners))


DIRECTIONS = ("up", "right", "down", "left")
_NEAR = 4
_WHIM = 0.02
Cell = tuple[int, int]


def turn(view: Value, frame: bytes, seat: int, chance: Random) -> str | None:
    """Where to turn now, away from walls and now and then for fun; None: straight on."""
    try:
        race = read_frame(frame)
    except ValueError:
        return None
    if race.phase != "racing" or seat >= len(race.riders) or not isinstance(view, Mapping):
        return None
    rider = race.riders[seat]
    size = view.get("size")
    if rider.is_out or rider.turns or not isinstance(size, Sequence) or len(size) != 2:
        return None
    width, height = size
    if not (isinstance(width, int) and isinstance(height, int)):
        return None
    walls = _walls(view, race, width)
    room = {}
    for by in (0, 1, 3):
        way = (rider.direction + by) % 4
        x, y, cells = rider.x, rider.y, 0
        while cells < width:
            x, y = x + STEPS[way][0], y + STEPS[way][1]
            if not (0 <= x < width and 0 <= y < height) or (x, y) in walls:
                break
            cells += 1
        room[way] = cells
    ahead = room.pop(rider.direction)
    best = max(room, key=lambda way: (room[way], chance.random()))
    if room[best] > ahead and (ahead < _NEAR or chance.random() < _WHIM):
        return DIRECTIONS[best]
    return None


def _walls(view: Mapping[str, Value], race: RaceSeen, width: int) -> set[Cell]:
    """Every wall that is known: as of the view, which is a second old, and the newest runs."""
    cells: set[Cell] = set()
    told = view.get("riders")
    if view.get("round") == race.round and isinstance(told, Sequence):
        for rider in told:
            if isinstance(rider, Mapping) and isinstance(trail := rider.get("trail"), Sequence):
                points = [(p % width, p // width) for p in (*trail, rider.get("head")) if isinstance(p, int)]
                cells |= _line(points)
    for seen in race.riders:
        cells |= _line([*seen.corners, (seen.x, seen.y)])
    return cells


def _line(points: Sequence[Cell]) -> set[Cell]:
    cells = set(points)
    for (x, y), (to_x, to_y) in pairwise(points):
        cells |= {(each, y) for each in range(min(x, to_x), max(x, to_x) + 1) if y == to_y}
        cells |= {(x, each) for each in range(min(y, to_y), max(y, to_y) + 1) if x == to_x}
    return cells
