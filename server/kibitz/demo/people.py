"""Who plays in a demo: when they first come, on which days they come back, how they play."""

import re
from bisect import bisect_right
from itertools import accumulate
from random import Random

from msgspec import Struct

from kibitz.demo.plan import Plan
from kibitz.ids import PlayerId, new_player_id

_FIRST = re.findall(
    r"\w+",
    "Ada Ben Cleo Dana Emil Fay Gus Hana Ivo Jun Kim Lea Milo Nia Otto Pia Quin Rosa Sam Tara Uma Vito Wren "
    "Xena Yara Zoe Amir Bela Chen Dora Enzo Finn Gita Hugo Ines Jojo Kaya Luis Mara Nils Olga Paul Rhea Seth "
    "Tomi Ulla Vera Will Yuki Zeno",
)
_SECOND = re.findall(
    r"\w+",
    "Fox Owl Bear Wolf Lynx Crow Seal Moth Hare Toad Wren Newt Pike Ibis Yak Elk Puma Crab Dove Kite Mole "
    "Swan Carp Goat Rook",
)
_ZONES = ((0, 3), (1, 8), (2, 3), (-5, 5), (-8, 2), (8, 3), (9, 1))
"""Hours before UTC, and how many live there."""


class Person(Struct):
    """`speed` is how long they think, 1.0 being usual. `days` are those on which they come, in order.
    `is_gone`: they will not come back whatever `days` says."""

    player_id: PlayerId
    name: str
    is_bot: bool
    speed: float
    zone: int
    latency_ms: int
    is_polling: bool
    plays_bots: float
    tastes: tuple[float, float, float]
    days: list[int]
    is_gone: bool = False
    first_us: int = 0
    last_us: int = 0


def people(plan: Plan, rng: Random) -> list[Person]:
    """Everybody, programs among them, in the order of their first day."""
    days = range(plan.days)
    arrivals = list(accumulate(plan.newcomers(day) for day in days))
    firsts = sorted(bisect_right(arrivals, rng.random() * arrivals[-1]) for _ in range(plan.players))
    found = [_person(plan, rng, min(first, plan.days - 1), number) for number, first in enumerate(firsts)]
    found += [_program(plan, rng, number) for number in range(max(2, plan.players // 400))]
    found.sort(key=lambda person: person.days[0])
    return found


def _person(plan: Plan, rng: Random, first: int, number: int) -> Person:
    zones, weights = zip(*_ZONES, strict=True)
    launched = first >= plan.launch_day
    return Person(
        new_player_id(entropy=rng.randbytes),
        _name(rng, number),
        False,
        rng.lognormvariate(0, 0.35),
        rng.choices(zones, weights)[0],
        max(8, int(rng.lognormvariate(3.7, 0.6))),
        rng.random() < 0.04,
        rng.random() ** 3,
        (6.0, 2.4, rng.choice((0.5, 5.0)) if launched else 1.2),
        _days(plan, rng, first),
    )


def _name(rng: Random, number: int) -> str:
    first, second = rng.choice(_FIRST), rng.choice(_SECOND)
    return rng.choice((first, f"{first} {second}", f"{second}{number % 1000}", f"{first.lower()}{number}"))


def _days(plan: Plan, rng: Random, first: int) -> list[int]:
    """The days on which somebody comes: most never again, some for months."""
    kind = rng.random()
    if kind < 0.50:
        return [first] if rng.random() < 0.85 or first + 1 >= plan.days else [first, first + 1]
    gap, lifetime = (4.5, 25.0) if kind < 0.86 else (1.5, 110.0)
    end = min(plan.days, first + 1 + int(rng.expovariate(1 / lifetime)))
    days, day = [first], first
    while True:
        day += 1 + int(rng.expovariate(1 / gap))
        if day >= end:
            return days
        # Who has the choice comes at the weekend.
        if plan.weekday(day) < 4 and rng.random() < 0.16:
            day += 5 - plan.weekday(day)
            if day >= end:
                return days
        days.append(day)


def _program(plan: Plan, rng: Random, number: int) -> Person:
    """A bot of somebody's own, which plays by the protocol every day from its first one on."""
    first = rng.randrange(plan.days // 2)
    return Person(
        new_player_id(is_bot=True, entropy=rng.randbytes),
        f"bot-{number + 1}",
        True,
        0.05,
        0,
        3,
        False,
        0.0,
        (6.0, 2.0, 0.0),
        list(range(first, plan.days)),
    )
