"""A demo is a history like any other: it folds, it is in order, and what its plan says can be seen in it."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from kibitz import http
from kibitz.demo.make import MARKER, make
from kibitz.demo.plan import DAY_US, HOUR_US, Plan, moment
from kibitz.games.registry import load_games
from kibitz.replay.folded import fold_of
from kibitz.replay.source import read
from kibitz.replay.verify import verify

UNTIL_US = 1_795_000_000_000_000
PLAN = Plan(seed=7, months=2, players=400, events=30_000, until_us=UNTIL_US)
SAMPLE = 150


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("demo")
    made = make(data, PLAN, lambda what, events: None)
    assert made.events == rows(data, "journal", "SELECT count(*) FROM events")[0][0]
    return data


def rows(data: Path, file: str, sql: str, *values: object) -> list[tuple[int, ...]]:
    with closing(sqlite3.connect(f"file:{data / file}.sqlite?mode=ro", uri=True)) as connection:
        return connection.execute(sql, values).fetchall()


def per_day(data: Path, file: str, sql: str) -> list[int]:
    """How many rows each day of the plan has; `sql` selects times in microseconds."""
    counts = Counter((at_us - PLAN.from_us) // DAY_US for (at_us,) in rows(data, file, sql))
    return [counts[day] for day in range(PLAN.days)]


def mean(values: list[int]) -> float:
    return sum(values) / len(values)


def test_every_sampled_room_is_what_the_rules_make_of_its_rows(demo: Path) -> None:
    games = load_games([]).games
    ids = [str(found) for (found,) in rows(demo, "journal", "SELECT room_id FROM rooms ORDER BY key")]
    changed = rows(
        demo,
        "journal",
        "SELECT r.room_id FROM events JOIN rooms r ON r.key = room WHERE kind IN ('rewound', 'reopened')",
    )
    played = set()
    for room_id in {*Random(1).sample(ids, SAMPLE), *(str(found) for (found,) in changed)}:
        history = read(demo, room_id)
        verify(history, fold_of(history.record, games[history.record.game]))
        played.add(history.record.game)
    assert played == set(games)


def test_positions_follow_time_and_end_with_the_plan(demo: Path) -> None:
    times = [at_us for (at_us,) in rows(demo, "journal", "SELECT at_us FROM events ORDER BY id")]
    assert times == sorted(times)
    assert PLAN.from_us <= times[0]
    assert times[-1] < UNTIL_US
    assert 0.75 < len(times) / PLAN.events < 1.25


def test_clocks_never_charge_what_a_seat_does_not_have(demo: Path) -> None:
    for options, spent_ms in rows(
        demo,
        "journal",
        "SELECT options, spent_ms FROM events JOIN rooms ON key = room WHERE spent_ms IS NOT NULL",
    ):
        found = json.loads(str(options))
        assert 0 <= spent_ms <= (found.get("clock_ms") or found["turn_ms"]) * 3


def test_no_id_of_an_action_is_used_twice_in_a_room(demo: Path) -> None:
    assert not rows(
        demo,
        "journal",
        "SELECT room FROM events WHERE action_id IS NOT NULL"
        " GROUP BY room, player_id, action_id HAVING count(*) > 1",
    )


def test_bots_of_the_server_neither_resign_nor_leave(demo: Path) -> None:
    gave_up = "kind IN ('forfeit', 'timeout', 'left') OR type = 'resign'"
    assert not rows(
        demo, "journal", f"SELECT 1 FROM events WHERE ({gave_up}) AND player_id LIKE 'b\\_house%' ESCAPE '\\'"
    )


def test_nobody_has_two_seats_in_a_room(demo: Path) -> None:
    assert not rows(
        demo,
        "journal",
        "SELECT room FROM events WHERE kind = 'joined' GROUP BY room"
        " HAVING count(*) > count(DISTINCT player_id)",
    )


def test_everybody_has_an_account(demo: Path) -> None:
    seen = {
        p
        for (p,) in rows(demo, "journal", "SELECT DISTINCT player_id FROM events WHERE player_id IS NOT NULL")
    }
    known = {p for (p,) in rows(demo, "accounts", "SELECT player_id FROM players")}
    assert {player for player in seen if not str(player).startswith("b_house.")} <= known
    assert not rows(demo, "accounts", "SELECT 1 FROM players WHERE created_us > last_seen_us")


def test_more_goes_on_at_the_weekend_and_in_the_evening(demo: Path) -> None:
    visits = per_day(demo, "telemetry", "SELECT opened_us FROM sessions")
    weekend = [n for day, n in enumerate(visits) if PLAN.weekday(day) >= 5]
    assert mean(weekend) > 1.1 * mean([n for day, n in enumerate(visits) if PLAN.weekday(day) < 4])
    hours = Counter(at // HOUR_US % 24 for (at,) in rows(demo, "telemetry", "SELECT opened_us FROM sessions"))
    assert sum(hours[hour] for hour in (18, 19, 20)) > 2 * sum(hours[hour] for hour in (4, 5, 6))


def test_the_launch_brings_people_and_a_new_game(demo: Path) -> None:
    came = per_day(demo, "accounts", "SELECT created_us FROM players WHERE kind = 'guest'")
    launch = PLAN.launch_day
    assert came[launch] > 2.5 * mean(came[launch - 8 : launch])
    (first_us,) = rows(demo, "journal", "SELECT min(created_us) FROM rooms WHERE game = 'light-cycles'")[0]
    assert (first_us - PLAN.from_us) // DAY_US == launch
    weeks = [mean(came[day : day + 7]) for day in (0, PLAN.days - 7)]
    assert weeks[1] > 1.5 * weeks[0]


def test_the_bad_release_shows_in_refusals_times_and_matches_given_up(demo: Path) -> None:
    bad, others = PLAN.bad_days, [day for day in range(PLAN.days) if day not in PLAN.bad_days]
    acts = per_day(demo, "journal", "SELECT at_us FROM events WHERE kind = 'action'")

    def share(counts: list[int]) -> tuple[float, float]:
        return tuple(  # type: ignore[return-value]
            sum(counts[day] for day in days) / sum(acts[day] for day in days) for days in (bad, others)
        )

    refused: list[int] = [0] * PLAN.days
    for at_us, count in rows(demo, "telemetry", "SELECT at_us, count FROM refusals"):
        refused[(at_us - PLAN.from_us) // DAY_US] += count
    in_bad, in_others = share(refused)
    assert in_bad > 3 * in_others
    in_bad, in_others = share(
        per_day(demo, "journal", "SELECT at_us FROM events WHERE kind IN ('forfeit', 'timeout')")
    )
    assert in_bad > 1.5 * in_others
    slow = rows(
        demo,
        "telemetry",
        "SELECT at_us, sum(bucket * n) / sum(n) FROM latencies WHERE subject = 'action' GROUP BY at_us",
    )
    by_day = {day: [b for at, b in slow if (at - PLAN.from_us) // DAY_US == day] for day in range(PLAN.days)}
    assert mean(by_day[bad[0]]) > mean(by_day[bad[0] - 1]) + 8  # an octave


def test_telemetry_speaks_of_rooms_that_are_there(demo: Path) -> None:
    known = {room_id for (room_id,) in rows(demo, "journal", "SELECT room_id FROM rooms")}
    for table in ("conflicts", "incidents", "waits"):
        told = {found for (found,) in rows(demo, "telemetry", f"SELECT room_id FROM {table}")}
        assert told
        assert told - {None} <= known
    for table in ("sessions", "latencies", "samples", "features", "refusals"):
        assert rows(demo, "telemetry", f"SELECT count(*) FROM {table}")[0][0] > 0


def test_telemetry_names_routes_that_there_are(demo: Path) -> None:
    source = "".join(path.read_text("utf-8") for path in Path(http.__file__).parent.glob("*.py"))
    told = {
        str(name) for (name,) in rows(demo, "telemetry", "SELECT name FROM latencies WHERE subject = 'route'")
    }
    assert told
    assert {name for name in told if f'"{name.partition(" ")[2]}"' not in source} == set()


def test_it_is_marked(demo: Path) -> None:
    told = json.loads((demo / MARKER).read_bytes())
    assert told["seed"] == 7
    assert told["date"] == moment(UNTIL_US).date().isoformat()
    assert told["launch"] == PLAN.date(PLAN.launch_day)


def test_the_same_plan_makes_the_same_rows(tmp_path: Path) -> None:
    plan = Plan(seed=3, months=1, players=30, events=1_000, until_us=UNTIL_US)
    told = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        make(tmp_path / name, plan, lambda what, events: None)
        told.append(
            [
                rows(tmp_path / name, file, f"SELECT * FROM {table}")
                for file, table in (
                    ("journal", "rooms"),
                    ("journal", "events"),
                    ("accounts", "players"),
                    ("telemetry", "sessions"),
                    ("telemetry", "latencies"),
                )
            ]
        )
    assert told[0] == told[1]
