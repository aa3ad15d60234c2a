"""The key figures of a stretch of days, counted from the raw rows of journal and telemetry.

Plain Python over whole tables, written from the definitions and not from the models: it shares no line with
what it checks.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median_low
from typing import Any

ONE = timedelta(days=1)
Event = dict[str, Any]


@dataclass
class Match:
    started: date
    started_us: int
    players: list[str]
    number: int
    ended: date | None = None
    lasted_ms: int = 0
    winner: int | None = None
    is_finished: bool = False


@dataclass
class Known:
    """What the raw rows say, by day; people only where it says people."""

    active: dict[date, set[str]] = field(default_factory=lambda: defaultdict(set))
    """People who took a seat or acted."""
    rooms: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    moves: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    matches: list[Match] = field(default_factory=list)
    connected: dict[date, set[str]] = field(default_factory=lambda: defaultdict(set))
    features: dict[tuple[date, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    uses: dict[tuple[date, str], int] = field(default_factory=lambda: defaultdict(int))
    think_ms: dict[date, list[int]] = field(default_factory=lambda: defaultdict(list))
    sessions_ms: dict[date, list[float]] = field(default_factory=lambda: defaultdict(list))
    fill_ms: dict[date, list[float]] = field(default_factory=lambda: defaultdict(list))
    waits: dict[date, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))
    """How long, in milliseconds, and what came of it."""
    errors: dict[date, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    """By kind and name."""
    refusals: dict[date, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    """By code."""
    flow: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """When rooms, matches and the people in them became more or fewer, and by how many."""


def day_of(at_us: int) -> date:
    return datetime.fromtimestamp(at_us / 1_000_000, UTC).date()


def is_person(player: str | None) -> bool:
    return player is not None and not player.startswith("b_")


def days_of(first: date, last: date) -> list[date]:
    return [first + ONE * number for number in range((last - first).days + 1)]


def count(journal: Path, telemetry: Path) -> Known:
    known = Known()
    by_room: dict[int, list[Event]] = defaultdict(list)
    with closing(sqlite3.connect(journal)) as con:
        found = con.execute("select * from events order by room, version")
        names = [each[0] for each in found.description]
        for values in found:
            row = dict(zip(names, values, strict=True))
            by_room[row["room"]].append(row)
    for rows in by_room.values():
        _count_room(known, rows)
    with closing(sqlite3.connect(telemetry)) as con:
        for at_us, opened_us, player in con.execute("select at_us, opened_us, player_id from sessions"):
            if is_person(player):
                known.sessions_ms[day_of(opened_us)].append((at_us - opened_us) / 1000)
                known.connected[day_of(opened_us)].add(player)
        for at_us, name, player, n in con.execute("select at_us, name, player_id, count from features"):
            known.features[day_of(at_us), name].add(player)
            known.uses[day_of(at_us), name] += n
        for at_us, entered_us, result in con.execute("select at_us, entered_us, result from waits"):
            known.waits[day_of(at_us)].append(((at_us - entered_us) / 1000, result))
        for at_us, kind, name, n in con.execute("select at_us, kind, name, count from errors"):
            known.errors[day_of(at_us)][f"{kind} {name}"] += n
        for at_us, code, n in con.execute("select at_us, code, count from refusals"):
            known.refusals[day_of(at_us)][code] += n
    return known


def _count_room(known: Known, rows: list[Event]) -> None:
    gone: set[int] = set()
    for row in rows:
        if row["kind"] == "rewound":
            gone |= set(range(json.loads(row["args"])["to_version"] + 1, row["version"]))
    playing: Match | None = None
    created_us = rows[0]["at_us"]
    has_started = False
    for row in rows:
        day, kind, player = day_of(row["at_us"]), row["kind"], row["player_id"]
        known.rooms[day] += kind == "created"
        if kind in ("created", "closed"):
            known.flow["rooms"].append((row["at_us"], 1 if kind == "created" else -1))
        if kind in ("joined", "action") and is_person(player):
            known.active[day].add(player)
        if kind == "action" and is_person(player) and row["spent_ms"] is not None:
            known.think_ms[day].append(row["spent_ms"])
        if row["version"] in gone:
            continue
        known.moves[day] += kind == "action" and row["type"] != "resign"
        if kind == "started":
            playing = Match(day, row["at_us"], json.loads(row["args"])["players"], row["match"])
            known.matches.append(playing)
            n_people = sum(map(is_person, playing.players))
            known.flow["matches"].append((row["at_us"], 1))
            known.flow["people"].append((row["at_us"], n_people))
            if not has_started:
                known.fill_ms[day].append((row["at_us"] - created_us) / 1000)
            has_started = True
        if playing is not None and (row["outcome"] is not None or kind == "closed"):
            playing.ended = day
            playing.lasted_ms = (row["at_us"] - playing.started_us) // 1000
            playing.is_finished = row["outcome"] is not None
            if row["outcome"] is not None:
                playing.winner = json.loads(row["outcome"])["winner"]
            known.flow["matches"].append((row["at_us"], -1))
            known.flow["people"].append((row["at_us"], -sum(map(is_person, playing.players))))
            playing = None


def people(known: Known, days: Iterable[date]) -> set[str]:
    return set[str]().union(*(known.active[day] for day in days))


def peaks(known: Known, what: str) -> dict[date, int]:
    """The most there was at once on each day on which anything began or ended: step by step through all
    of time, and what ends at an instant ends before what begins at it."""
    most: dict[date, int] = {}
    level = 0
    for at_us, change in sorted(known.flow[what]):
        day = day_of(at_us)
        most.setdefault(day, level)
        level += change
        most[day] = max(most[day], level)
    return most


def first_days(known: Known) -> dict[str, date]:
    first: dict[str, date] = {}
    for day in sorted(known.active):
        for player in known.active[day]:
            first.setdefault(player, day)
    return first


def ended(known: Known, days: list[date]) -> list[Match]:
    return [match for match in known.matches if match.ended in days]


def retention(known: Known, cohorts: list[date], day_n: int, last: date) -> tuple[int, int]:
    """Classic, over the cohorts whose day N is over by the end of `last`: how many came, and came back."""
    first = first_days(known)
    members = [(p, day) for p, day in first.items() if day in cohorts and day + day_n * ONE <= last]
    return len(members), sum(p in known.active[day + day_n * ONE] for p, day in members)


def funnel(known: Known, day: date) -> tuple[int, ...]:
    """How many came to each step or to a later one: connected, seated, started, finished, played again."""
    steps: dict[str, int] = {}

    def reach(player: str, step: int) -> None:
        if is_person(player):
            steps[player] = max(step, steps.get(player, 0))

    for player in known.connected[day]:
        reach(player, 1)
    for player in known.active[day]:
        reach(player, 2)
    for match in known.matches:
        if match.started == day:
            for player in match.players:
                reach(player, 5 if match.number > 1 else 4 if match.is_finished else 3)
    return tuple(sum(step >= least for step in steps.values()) for least in (1, 2, 3, 4, 5))


def seats(known: Known, days: list[date]) -> dict[int, tuple[int, int, int]]:
    """People in each seat of finished matches: matches, won, drew."""
    found: dict[int, tuple[int, int, int]] = {}
    for match in ended(known, days):
        for seat, player in enumerate(match.players):
            if match.is_finished and is_person(player):
                n, won, drew = found.get(seat, (0, 0, 0))
                found[seat] = (n + 1, won + (match.winner == seat), drew + (match.winner is None))
    return found


def middle(values: Iterable[float]) -> float | None:
    """The value that half of all do not exceed."""
    found = list(values)
    return median_low(found) if found else None
