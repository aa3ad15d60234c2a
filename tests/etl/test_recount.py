"""Late events, and rebuilding: just what they touch changes, and nothing but the truth comes out."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kibitz_etl import touched
from kibitz_etl.model import Window
from kibitz_etl.models import load_models
from kibitz_etl.paths import Paths
from kibitz_etl.tick import Pipeline
from support.analytics_history import history
from support.analytics_journal import JournalFile, Row, at, naive, two_seat_room
from support.analytics_telemetry import ROWS, TelemetryFile

pytestmark = pytest.mark.timeout(300)

UNTIL = at("2026-11-20 12:00:00")
NOW = naive("2026-11-23 12:00:00")
MODELS = [model for model in load_models() if not model.is_staging]
Rows = set[tuple[object, ...]]


def snapshot(pipeline: Pipeline) -> dict[str, Rows]:
    return {
        model.name: {tuple(map(str, row)) for row in pipeline.loader.rows(f"select * from {model.name}")}
        for model in MODELS
    }


def fill(paths: Paths) -> None:
    rows = history(seed=4, until=UNTIL, days=8, rooms_per_day=3)
    JournalFile(paths.journal).append(rows)
    telemetry = TelemetryFile(paths.telemetry)
    telemetry.add_all(
        [(table, UNTIL - timedelta(hours=hours), {}) for hours in range(0, 120, 7) for table in ROWS]
    )


@pytest.fixture(scope="module")
def _filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a week of play that was loaded and counted."""
    paths = Paths(tmp_path_factory.mktemp("filled"))
    fill(paths)
    with Pipeline(paths, load_models(), utc_now=lambda: NOW, interval_s=5) as pipeline:
        assert pipeline.tick().state == "ok"
    return paths.data


@pytest.fixture
def filled(paths: Paths, open_pipeline: Callable[..., Pipeline], _filled: Path) -> Pipeline:
    """Over a copy of it."""
    shutil.copytree(_filled, paths.data, dirs_exist_ok=True)
    return open_pipeline(paths)


def test_an_event_three_days_late_changes_its_hour_and_its_day(paths: Paths, filled: Pipeline) -> None:
    pipeline = filled
    before = snapshot(pipeline)
    late = naive("2026-11-17 09:30:00")
    JournalFile(paths.journal).append([Row("late", "joined", at(str(late)), seat=0, player="p_late")])
    assert pipeline.tick().state == "ok"
    after = snapshot(pipeline)
    assert pipeline.loader.watermark().late_rows == 1
    for model in MODELS:
        changed = before[model.name] ^ after[model.name]
        times = {datetime.fromisoformat(str(row[0])) for row in changed if model.window in _TIMED}
        if model.window is Window.HOURS:
            assert times <= {late.replace(minute=0)}, model.name
        if model.window is Window.DAYS and not _reaches(model.name):
            assert times <= {datetime(2026, 11, 17)}, model.name  # noqa: DTZ001
        if model.window is Window.DAYS and _reaches(model.name):
            assert min(times) == datetime(2026, 11, 17), model.name  # noqa: DTZ001
    assert before["agg_room_hour"] != after["agg_room_hour"]
    assert before["agg_player_day"] != after["agg_player_day"]
    pipeline.rebuild()
    assert snapshot(pipeline) == after


def test_rooms_in_many_parts_and_long_ones_apart_are_counted_the_same(
    paths: Paths, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = JournalFile(paths.journal)
    journal.append([Row("long", "joined", at("2026-11-12 11:00:00"), seat=0, player="p_long")])
    fill(paths)
    pipeline.tick()
    journal.append([Row("long", "left", at("2026-11-20 11:30:00"), seat=0, player="p_long")])
    pipeline.tick()
    before = snapshot(pipeline)
    monkeypatch.setattr(touched, "ROOMS_AT_ONCE", 3)
    monkeypatch.setattr(touched, "LONG_EVENTS", 40)
    pipeline.rebuild()
    assert snapshot(pipeline) == before


_TIMED = (Window.HOURS, Window.DAYS)


def _reaches(name: str) -> bool:
    return name in ("agg_active_day", "agg_metric_day")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-11-16", "2026-11-16"),
        ("2026-11-14", "2026-11-18"),
        ("2026-11-20", "2027-01-01"),
        ("2020-01-01", "2020-01-02"),
    ],
)
def test_days_rebuilt_from_spoilt_tables_come_out_bit_for_bit(
    filled: Pipeline, first: str, last: str
) -> None:
    pipeline = filled
    before = snapshot(pipeline)
    pipeline.loader.rows(
        f"update agg_room_hour set n_moves = n_moves + 7 where hour_at >= '{first}' and hour_at < '{last}'"
    )
    pipeline.loader.rows(f"delete from agg_player_day where activity_date = '{first}'")
    from_at, to_at = naive(f"{first} 00:00:00"), naive(f"{last} 00:00:00") + timedelta(days=1)
    assert pipeline.rebuild(from_at, to_at).state == "ok"
    assert snapshot(pipeline) == before


def test_a_bot_that_comes_late_to_a_room_turns_all_its_hours(
    pipeline: Pipeline, journal: JournalFile
) -> None:
    start = at("2026-11-18 10:00:00")
    journal.append(two_seat_room("r", start, moves=4, step_s=3600))
    pipeline.tick()
    assert pipeline.loader.rows("select distinct has_bots from agg_room_hour") == [(False,)]
    journal.append([Row("r", "joined", start + timedelta(hours=9), seat=1, player="b_deep")])
    pipeline.tick()
    assert pipeline.loader.rows("select distinct has_bots from agg_room_hour") == [(True,)]
    assert pipeline.loader.rows("select sum(n_events) from agg_room_hour") == [(9,)]


def test_a_rewind_takes_moves_out_of_the_hours_in_which_they_were_made(
    pipeline: Pipeline, journal: JournalFile
) -> None:
    start = at("2026-11-18 10:00:00")
    journal.append(two_seat_room("r", start, moves=4, step_s=3600))
    pipeline.tick()
    assert pipeline.loader.rows("select sum(n_moves) from agg_room_hour") == [(4,)]
    journal.append([Row("r", "rewound", start + timedelta(hours=9), match=1, args={"to_version": 5})])
    pipeline.tick()
    for table in (
        "agg_room_hour",
        "agg_player_hour",
        "agg_player_day",
        "dim_player",
        "fct_match",
        "fct_seat",
    ):
        assert pipeline.loader.rows(f"select sum(n_moves) from {table}") == [(1,)], table
    value = "select value from agg_metric_day where metric = 'n_moves' and game = ''"
    assert sum(number for (number,) in pipeline.loader.rows(value)) == 1


def test_the_actions_of_ticks_count_for_their_players_and_seats(
    pipeline: Pipeline, journal: JournalFile
) -> None:
    start = at("2026-11-18 10:00:00")
    inputs = [
        [1, 0, "turn", {}, "p_ann", "a"],
        [2, 1, "turn", {}, "p_bob", "b"],
        [2, 0, "turn", {}, None, None],
    ]
    journal.append(two_seat_room("r", start, moves=0))
    journal.append([Row("r", "ticks", start, match=1, args={"first": 0, "count": 5, "inputs": inputs})])
    pipeline.tick()
    assert pipeline.loader.rows("select seat, n_moves from fct_seat order by all") == [(0, 2), (1, 1)]
    assert pipeline.loader.rows("select player_id, n_moves from dim_player order by all") == [
        ("p_ann", 1),
        ("p_bob", 1),
    ]
    assert pipeline.loader.rows("select n_moves from agg_room_hour") == [(3,)]


def test_what_is_over_stays_as_it_was_for_many_small_ticks(paths: Paths, pipeline: Pipeline) -> None:
    """Ticks after each event give what one load gives, room by room and hour by hour."""
    rows = history(seed=9, until=UNTIL, days=2, rooms_per_day=1)[:60]
    journal = JournalFile(paths.journal)
    for start in range(0, len(rows), 6):
        journal.append(rows[start : start + 6])
        assert pipeline.tick().state == "ok"
    step_by_step = snapshot(pipeline)
    pipeline.rebuild()
    assert snapshot(pipeline) == step_by_step
