"""What everybody is sent after each tick of Light Cycles: 4 bytes, and 7 for each rider.

| byte | what |
|---|---|
| 0 | bits 0-1 the phase (0 countdown, 1 racing, 2 round over, 3 finished), bits 2-7 the round |
| 1, 2 | ticks since the phase began, the high byte first |
| 3 | who won the round: the seat plus 1, 0 for nobody |

and for each rider, in the order of seats:

| byte | what |
|---|---|
| 0 | bits 0-1 the direction, bit 2 is out, bits 3-4 how many turns are asked for, bits 5-7 which are right |
| 1, 2 | column and row of the head |
| 3 | how many corners the wall has, its beginning included (the lowest 8 bits) |
| 4-6 | the last three straight runs, the newest first: bits 0-6 the length, bit 7 whether it ends right |

"Right" is a turn to the right; the newest run ends at the head. Three runs are more than a late turn can
change, and they mend what one missed frame would have told.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kibitz.games.light_cycles import Race, Rider

RUNS = 3
_PHASES = {"countdown": 0, "racing": 1, "round_over": 2, "finished": 3}


def packed(race: "Race") -> bytes:
    winner = 0 if race.round_winner is None else race.round_winner + 1
    ticks = race.ticks & 0xFFFF
    head = bytes((_PHASES[race.phase] | race.round << 2 & 0xFF, ticks >> 8, ticks & 0xFF, winner))
    return head + b"".join([_rider(rider, race.width) for rider in race.riders])


def _rider(rider: "Rider", width: int) -> bytes:
    flags = rider.direction | (rider.out is not None) << 2 | len(rider.turns) << 3
    heading = rider.direction
    for place, turn in enumerate(rider.turns):
        flags |= ((turn - heading) % 4 == 1) << 5 + place
        heading = turn
    y, x = divmod(rider.head, width)
    runs = bytearray(RUNS)
    newer_x, newer_y, newer = x, y, rider.direction
    for place, corner in enumerate(reversed(rider.corners[-RUNS:])):
        corner_y, corner_x = divmod(corner, width)
        length = abs(newer_x - corner_x) + abs(newer_y - corner_y)
        if place:
            direction = _direction(corner_x, corner_y, newer_x, newer_y)
            length |= ((newer - direction) % 4 == 1) << 7
            newer = direction
        runs[place] = length
        newer_x, newer_y = corner_x, corner_y
    return bytes((flags, x, y, len(rider.corners) & 0xFF)) + runs


def _direction(x: int, y: int, to_x: int, to_y: int) -> int:
    if x == to_x:
        return 2 if to_y > y else 0
    return 1 if to_x > x else 3
