"""Every key figure of the reports and of Overview, beside the same one counted from raw rows by other code.

`pytest -s` prints the table: where it is shown, the figure, what is shown, what was counted.
"""

import random
from datetime import date, datetime, time, timedelta
from pathlib import Path

import duckdb
import pytest

from kibitz_etl.models import load_models
from kibitz_etl.paths import Paths
from kibitz_etl.reports.make import KINDS, folder_of, make
from kibitz_etl.reports.periods import Period, parse
from kibitz_etl.tick import Pipeline
from kibitz_etl.trends.tables import trend_tables
from support import independent_count as by_hand
from support.analytics_history import history
from support.analytics_journal import JournalFile, Row, at, naive, two_seat_room
from support.analytics_telemetry import TelemetryFile
from support.processes import ROOT

NOW = naive("2026-11-23 12:30:00")
BUCKET = 0.046
"""Half a bucket: how far a percentile that is read from one may lie off."""
PERIODS = [parse("2026-11-21"), parse("2026-W47"), parse("2026-W45"), parse("2026-10")]

Shown = list[tuple[str, object, object]]


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Paths, by_hand.Known]:
    """Six weeks, with matches that were left, moves that were taken back, and what telemetry says of them."""
    paths = Paths(tmp_path_factory.mktemp("counted"))
    rows = history(seed=11, until=at("2026-11-23 12:29:00"), days=42, rooms_per_day=8)
    for number in range(30):
        start = at("2026-10-20 11:00:00") + timedelta(days=number, hours=number % 11)
        rows += two_seat_room(f"left{number}", start, players=(f"p_l{number % 4}", f"p_m{number % 7}"))
        if number % 3 == 0:
            back = {"to_version": 5}
            rows.append(Row(f"left{number}", "rewound", start + timedelta(seconds=90), match=1, args=back))
        closed = start + timedelta(minutes=4)
        rows.append(Row(f"left{number}", "closed", closed, args={"reason": "empty"}))
    rows.sort(key=lambda row: row.at)
    JournalFile(paths.journal).append(rows)
    _telemetry(paths.telemetry, rows)
    with Pipeline(
        paths, load_models(), utc_now=lambda: NOW, interval_s=5, derived=trend_tables()
    ) as pipeline:
        tick = pipeline.tick()
        assert tick.state == "ok", tick.message
    return paths, by_hand.count(paths.journal, paths.telemetry)


def _telemetry(path: Path, rows: list[Row]) -> None:
    """A connection for each seat that was taken, some who only looked, and what they used."""
    chance = random.Random(3)
    told: list[tuple[str, datetime, dict[str, object]]] = []
    for row in rows:
        if row.kind == "joined":
            opened_us = round((row.at.timestamp() - 5) * 1e6)
            ends = row.at + timedelta(seconds=chance.expovariate(1 / 400))
            told.append(("sessions", ends, {"player_id": row.player, "opened_us": opened_us}))
            if chance.random() < 0.3:
                name = chance.choice(["replay", "chat", "emote"])
                told.append(("features", ends, {"player_id": row.player, "name": name, "count": 2}))
            if chance.random() < 0.1:
                told.append(("sessions", ends, {"player_id": f"p_looker{chance.randrange(50)}"}))
            if chance.random() < 0.2:
                name = chance.choice(["GET /api/rooms 500", "POST /api/rooms 503"])
                told.append(("errors", ends, {"count": chance.randrange(1, 4), "name": name}))
            if chance.random() < 0.2:
                code = chance.choice(["not_your_turn", "illegal", "stale"])
                told.append(("refusals", ends, {"count": chance.randrange(1, 6), "code": code}))
            if chance.random() < 0.4:
                waited_us = round(chance.lognormvariate(10, 1.2) * 1e3)
                result = chance.choice(["matched", "matched", "bots", "cancelled"])
                asked = round(ends.timestamp() * 1e6) - waited_us
                told.append(("waits", ends, {"entered_us": asked, "result": result}))
    told.sort(key=lambda each: each[1])
    TelemetryFile(path).add_all(told)


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.name)
def test_the_reports(counted: tuple[Paths, by_hand.Known], period: Period) -> None:
    paths, known = counted
    make(paths, KINDS["trend"], period, dashboard="https://games.example")
    folder = folder_of(paths, KINDS["trend"], period)
    con = duckdb.connect()
    kpi = dict(con.execute(f"select metric, value from '{folder}/kpi.parquet'").fetchall())
    days = by_hand.days_of(period.first, period.last)
    ended = by_hand.ended(known, days)
    finished = [match for match in ended if match.is_finished]
    first = by_hand.first_days(known)
    shown: Shown = [
        ("players", kpi["players"], len(by_hand.people(known, days))),
        ("new players", kpi["n_new"], sum(first[p] in days for p in by_hand.people(known, days))),
        ("rooms", kpi["n_rooms"], sum(known.rooms[day] for day in days)),
        ("matches", kpi["n_matches"], len(ended)),
        ("moves", kpi["n_moves"], sum(known.moves[day] for day in days)),
        ("sessions", kpi["n_sessions"], sum(len(known.sessions_ms[day]) for day in days)),
        ("finish rate", kpi["finish_rate"], len(finished) / len(ended)),
        ("abandon rate", kpi["abandon_rate"], 1 - len(finished) / len(ended)),
        ("median match", kpi["duration_p50_ms"], by_hand.middle(match.lasted_ms for match in finished)),
        ("median move", kpi["think_p50_ms"], _middle_of(known.think_ms, days)),
        ("median session", kpi["session_p50_ms"], _middle_of(known.sessions_ms, days)),
        ("median fill", kpi["fill_p50_ms"], _middle_of(known.fill_ms, days)),
        ("median wait", kpi["wait_p50_ms"], by_hand.middle(ms for day in days for ms, _ in known.waits[day])),
        ("most rooms at once", kpi["rooms_peak"], _most(known, "rooms", days)),
        ("errors", kpi["errors"], sum(sum(known.errors[day].values()) for day in days)),
        ("refusals", kpi["refusals"], sum(sum(known.refusals[day].values()) for day in days)),
    ]
    (game,) = con.execute(
        f"select n_rooms, n_matches, n_moves, n_abandoned, median_ms from '{folder}/games.parquet'"
    ).fetchall()
    shown += [
        ("rooms of the game", game[0], sum(known.rooms[day] for day in days)),
        ("matches of the game", game[1], len(ended)),
        ("moves of the game", game[2], sum(known.moves[day] for day in days)),
        ("abandoned of the game", game[3], len(ended) - len(finished)),
        ("median ms of the game", game[4], by_hand.middle(match.lasted_ms for match in finished)),
    ]
    cohorts = by_hand.days_of(period.last - timedelta(days=55), period.last)
    for day_n, n, back in con.execute(f"select * from '{folder}/retention.parquet'").fetchall():
        shown.append(
            (f"retention D{day_n}", (n, back), by_hand.retention(known, cohorts, day_n, period.last))
        )
    for day, dau in con.execute(
        f"select metric_date, value from '{folder}/daily.parquet' where metric = 'dau'"
    ).fetchall():
        shown.append((f"players on {day}", dau, len(known.active[day])))
    for name, uses, on_best, new in con.execute(
        f"select name, n_uses, users_on_best_day, n_first_users from '{folder}/features.parquet'"
    ).fetchall():
        users = [known.features[day, name] for day in days]
        before = set[str]().union(
            *(u for (day, of), u in known.features.items() if of == name and day < days[0])
        )
        shown += [
            (f"uses of {name}", uses, sum(known.uses[day, name] for day in days)),
            (f"most users of {name}", on_best, max(map(len, users))),
            (f"new users of {name}", new, len(set[str]().union(*users) - before)),
        ]
    _compare(f"report of {period.name}", shown)


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.name)
def test_what_failed_in_the_performance_report(counted: tuple[Paths, by_hand.Known], period: Period) -> None:
    paths, known = counted
    make(paths, KINDS["performance"], period, dashboard="https://games.example")
    folder = folder_of(paths, KINDS["performance"], period)
    days, con = by_hand.days_of(period.first, period.last), duckdb.connect()
    shown: Shown = []
    for kind, what, n in con.execute(f"select class, what, n from '{folder}/errors.parquet'").fetchall():
        raw = known.errors if kind == "error" else known.refusals
        shown.append((f"{kind} {what}", n, sum(raw[day][what] for day in days)))
    assert len(shown) == 5
    _compare(f"performance, {period.name}", shown)


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.name)
def test_overview(counted: tuple[Paths, by_hand.Known], period: Period) -> None:
    paths, known = counted
    days = by_hand.days_of(period.first, period.last)
    ended = by_hand.ended(known, days)
    finished = [match for match in ended if match.is_finished]
    (rooms,) = _asked(paths, "rooms", period)
    (matches,) = _asked(paths, "matches", period)
    (lasted,) = _asked(paths, "duration_percentiles", period)
    (people,) = _asked(paths, "players", period)
    (funnel,) = _asked(paths, "funnel", period)
    funnels = [by_hand.funnel(known, day) for day in days]
    shown: Shown = [
        ("rooms made", rooms[0], sum(known.rooms[day] for day in days)),
        ("matches started", rooms[1], sum(match.started in days for match in known.matches)),
        ("moves", rooms[2], sum(known.moves[day] for day in days)),
        ("ended", matches[0], len(ended)),
        ("finished", matches[1], len(finished)),
        ("abandoned", matches[2], len(ended) - len(finished)),
        ("median match", lasted[1], by_hand.middle(match.lasted_ms for match in finished)),
        ("people", people[0], len(by_hand.people(known, days))),
        *(
            (f"funnel: {step}", shown, sum(each[number] for each in funnels))
            for number, (step, shown) in enumerate(
                zip(("came", "sat down", "started", "finished", "again"), funnel, strict=True)
            )
        ),
    ]
    _compare(f"Overview, {period.name}", shown)


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.name)
def test_peaks_waits_and_errors_of_the_pages(counted: tuple[Paths, by_hand.Known], period: Period) -> None:
    paths, known = counted
    days = by_hand.days_of(period.first, period.last)
    waits = [wait for day in days for wait in known.waits[day]]
    ((rooms_peak, matches_peak, _),) = _asked(paths, "peak", period, page="rooms")
    ((n_waits, n_cancelled),) = _asked(paths, "waits", period, page="players")
    ((n_timed, median, _),) = _asked(paths, "took", period, page="players", subject="wait")
    shown: Shown = [
        ("Rooms: most at once", rooms_peak, _most(known, "rooms", days)),
        ("Rooms: most matches at once", matches_peak, _most(known, "matches", days)),
        ("Players: waits", n_waits, len(waits)),
        ("Players: waits given up", n_cancelled, sum(result == "cancelled" for _, result in waits)),
        ("Players: waits that were timed", n_timed, len(waits)),
        ("median wait", median, by_hand.middle(ms for ms, _ in waits)),
    ]
    rows = _asked(paths, "errors", period, page="performance")
    for kind, name, n, *_ in rows:
        shown.append((f"{kind} {name}", n, sum(known.errors[day][f"{kind} {name}"] for day in days)))
    assert len(rows) == len({name for day in days for name in known.errors[day]})
    _compare(f"pages, {period.name}", shown)


def test_the_most_at_once_of_each_day(counted: tuple[Paths, by_hand.Known]) -> None:
    paths, known = counted
    with _mart(paths) as mart:
        rows = mart.execute(
            "select hour_at::date, max(rooms_peak), max(matches_peak), max(players_peak) "
            "from agg_concurrent_hour where game = '' group by 1 order by 1"
        ).fetchall()
    most = [by_hand.peaks(known, what) for what in ("rooms", "matches", "people")]
    shown: Shown = [
        (f"rooms, matches, people on {day}", tuple(peaks), tuple(each[day] for each in most))
        for day, *peaks in rows
    ]
    assert len(shown) > 40
    _compare("most at once", shown)


def test_what_the_other_pages_read(counted: tuple[Paths, by_hand.Known]) -> None:
    """DAU, WAU and MAU of each day, and how people fared by seat."""
    paths, known = counted
    shown: Shown = []
    first = min(by_hand.first_days(known).values())
    with _mart(paths) as mart:
        for day, dau, wau, mau in mart.execute(
            "select activity_date, dau, wau, mau from agg_active_day where game = '' order by 1"
        ).fetchall():
            trailing = [
                len(by_hand.people(known, by_hand.days_of(max(first, day - timedelta(days=n - 1)), day)))
                for n in (1, 7, 30)
            ]
            shown.append((f"DAU, WAU, MAU of {day}", (dau, wau, mau), tuple(trailing)))
        fared = by_hand.seats(known, by_hand.days_of(first, date(2026, 11, 23)))
        for seat, *found in mart.execute(
            "select seat, sum(n_matches)::int, sum(n_won)::int, sum(n_drew)::int "
            "from agg_seat_day group by seat order by seat"
        ).fetchall():
            shown.append((f"seat {seat}: matches, won, drew", tuple(found), fared[seat]))
    assert len(shown) == len(by_hand.days_of(first, date(2026, 11, 23))) + 2
    _compare("players, gameplay", shown)


def _compare(where: str, shown: Shown) -> None:
    """Equal, and within a bucket where the figure is read from buckets."""
    for figure, is_shown, was_counted in shown:
        print(f"{where:22} | {figure:34} | {is_shown!s:>24} | {was_counted!s:>24}")
    for figure, is_shown, was_counted in shown:
        if figure.startswith("median"):
            assert is_shown == pytest.approx(was_counted, rel=BUCKET), (where, figure)
        else:
            assert is_shown == pytest.approx(was_counted, rel=1e-9), (where, figure)


def _middle_of(by_day: dict[date, list[float]] | dict[date, list[int]], days: list[date]) -> float | None:
    return by_hand.middle(value for day in days for value in by_day[day])


def _most(known: by_hand.Known, what: str, days: list[date]) -> int:
    most = by_hand.peaks(known, what)
    return max(most[day] for day in days if day in most)


def _mart(paths: Paths) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(next(paths.warehouse_dir.glob("mart_*.duckdb"))), read_only=True)


def _asked(
    paths: Paths, name: str, period: Period, *, page: str = "overview", **more: object
) -> list[tuple[object, ...]]:
    """What the page's own query answers for the period."""
    folder = ROOT / "dashboard" / "kibitz_dashboard" / "queries" / page
    sql = (folder / f"{name}.sql").read_text("utf-8")
    known = {
        "from_at": datetime.combine(period.first, time()),
        "to_at": datetime.combine(period.last + timedelta(days=1), time()),
        "game": "",
        "bots": "all",
        **more,
    }
    with _mart(paths) as mart:
        return mart.execute(sql, {k: v for k, v in known.items() if f"${k}" in sql}).fetchall()
