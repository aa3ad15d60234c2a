"""The demo from its plan: day after day into the files."""

import gc
import json
from collections.abc import Callable
from operator import itemgetter
from pathlib import Path
from random import Random

from msgspec import Struct

from kibitz.demo.bulk import Bulk
from kibitz.demo.measures import Measures
from kibitz.demo.people import Person, people
from kibitz.demo.plan import DAY_US, Plan, moment
from kibitz.demo.rooms import Rooms, Row
from kibitz.demo.scripts import play_all, tables
from kibitz.demo.town import Town

MARKER = "DEMO"
_AT, _KIND = 3, 4
_CREATED_AT = 10


class Made(Struct, frozen=True):
    """`rooms` and `events` of the journal."""

    rooms: int
    events: int


Progress = Callable[[str, int], None]
"""Hears what is going on, in a few words, and how many events are written."""


def make(data: Path, plan: Plan, progress: Progress) -> Made:
    """Fill `data`, which nobody has open and which has no journal. The same plan makes the same rows.

    Raises `kibitz.sqlite_file.UnusableFile`, `apsw.Error`, `OSError`; then nothing was made.
    """
    rng = Random(plan.seed)  # noqa: S311  # a demo is to be made again
    ways = tables()
    library = play_all(ways, rng, lambda count: progress(f"{count} matches played", 0))
    persons = people(plan, rng)
    rooms = Rooms(library, rng)
    town = Town(plan, persons, rooms, ways, rng)
    measures = Measures(plan, Random(rng.getrandbits(64)))  # noqa: S311
    bulk = Bulk(data)
    # Millions of rows without a cycle among them: looking for some again and again costs a third of the time.
    gc.freeze()
    gc.disable()
    try:
        made = _live(plan, town, rooms, measures, bulk, progress)
        bulk.players([_player(person) for person in persons if person.first_us])
        progress("making it safe on the disk", made.events)
        bulk.finish(_marker(plan, made))
    except BaseException:
        bulk.abandon()
        raise
    finally:
        gc.enable()
        gc.unfreeze()
    return made


def _live(plan: Plan, town: Town, rooms: Rooms, measures: Measures, bulk: Bulk, progress: Progress) -> Made:
    later: list[Row] = []
    made_rooms = made_events = 0
    for number in range(plan.days):
        day = town.live(number)
        ends_us = min(plan.until_us, plan.from_us + (number + 1) * DAY_US)
        rows = later + rooms.rows
        rows.sort(key=itemgetter(_AT))  # stable: the rows of a room stay in order
        count = _before(rows, ends_us)
        now, later = rows[:count], rows[count:]
        records = [record for record in rooms.records if record[_CREATED_AT] < plan.until_us]  # type: ignore[operator]
        bulk.rooms(records)
        bulk.events(now)
        measures.day(day, now, bulk)
        rooms.rows.clear()
        rooms.records.clear()
        made_rooms += len(records)
        made_events += len(now)
        town.steer(made_events + len(later), number)
        progress(plan.date(number), made_events)
    return Made(made_rooms, made_events)


def _before(rows: list[Row], at_us: int) -> int:
    """How many of the rows, which are in order, happened before."""
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        if rows[middle][_AT] < at_us:  # type: ignore[operator]
            low = middle + 1
        else:
            high = middle
    return low


def _player(person: Person) -> Row:
    kind = "bot" if person.is_bot else "guest"
    return (person.player_id, person.name, kind, person.first_us, max(person.first_us, person.last_us))


def _marker(plan: Plan, made: Made) -> bytes:
    bad = plan.bad_days
    told = {
        "seed": plan.seed,
        "date": moment(plan.until_us).date().isoformat(),
        "from": plan.date(0),
        "until": moment(plan.until_us).isoformat(),
        "months": plan.months,
        "players": plan.players,
        "rooms": made.rooms,
        "events": made.events,
        "launch": plan.date(plan.launch_day),
        "bad_release": [plan.date(bad.start), plan.date(bad.stop - 1)],
    }
    return json.dumps(told, indent=1).encode() + b"\n"
