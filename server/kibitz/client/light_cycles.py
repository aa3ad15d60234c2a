"""Frames of Light Cycles, read: where everybody is, and the last corners of their walls."""

from msgspec import Struct

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
