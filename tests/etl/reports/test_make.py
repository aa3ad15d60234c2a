"""A report is whole, tells its figures truly, and comes out byte for byte the same from its inputs."""

import hashlib
import json
import re
import sqlite3
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from kibitz_etl.models import load_models
from kibitz_etl.paths import Paths
from kibitz_etl.reports.__main__ import main
from kibitz_etl.reports.make import KINDS, MANIFEST, NoMart, drop_old, folder_of, make, make_again
from kibitz_etl.reports.periods import KEPT, Grain, parse
from kibitz_etl.tick import Pipeline
from kibitz_etl.trends.tables import trend_tables
from support.analytics_journal import JournalFile, at, naive, two_seat_room

WEEK = parse("2026-W47")
DASHBOARD = "https://games.example"


class Outside(HTMLParser):
    """What a page would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "link", "img", "iframe", "object", "embed", "use", "image"):
            self.found.append(tag)
        self.found += [
            f"{name}={value}" for name, value in attrs if name in ("src", "onload", "onclick", "srcset")
        ]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_all_of_it_is_there_and_as_the_manifest_says(reported: Paths, kind: str) -> None:
    manifest = make(reported, KINDS[kind], WEEK, dashboard=DASHBOARD)
    folder = folder_of(reported, KINDS[kind], WEEK)
    assert json.loads((folder / MANIFEST).read_bytes())["period"] == "2026-W47"
    for file in manifest.files:
        data = (folder / file.name).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file.bytes, file.sha256)
    names = {file.name for file in manifest.files}
    assert {"report.html", "report.pdf", "report.xlsx", "kpi.csv", "kpi.parquet"} <= names
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert set(manifest.sql) == set(KINDS[kind].names)
    assert not list(folder.parent.glob(".*")), "no draft is left"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_again_from_its_inputs_byte_for_byte(reported: Paths, kind: str) -> None:
    first = make(reported, KINDS[kind], WEEK, dashboard=DASHBOARD)
    for mart in reported.warehouse_dir.glob("mart_*"):
        mart.unlink()
    assert make_again(reported, KINDS[kind], WEEK, dashboard=DASHBOARD) == first


def test_the_page_needs_nothing_else(reported: Paths) -> None:
    make(reported, KINDS["trend"], WEEK, dashboard=DASHBOARD)
    page = (folder_of(reported, KINDS["trend"], WEEK) / "report.html").read_text("utf-8")
    outside = Outside()
    outside.feed(page)
    assert not outside.found
    assert "url(" not in page
    assert "default-src 'none'" in page


def test_its_figures_are_those_of_the_journal(reported: Paths) -> None:
    """Counted here from the journal's own rows, by other code."""
    make(reported, KINDS["trend"], WEEK, dashboard=DASHBOARD)
    folder = folder_of(reported, KINDS["trend"], WEEK)
    con = duckdb.connect()
    kpi = dict(con.execute(f"select metric, value from '{folder}/kpi.parquet'").fetchall())
    journal = sqlite3.connect(reported.journal)
    week = "at_us >= unixepoch('2026-11-16') * 1000000 and at_us < unixepoch('2026-11-23') * 1000000"
    count = "select count(*) from events_v1 where"
    (created,) = journal.execute(f"{count} kind = 'created' and {week}").fetchone()
    (ended,) = journal.execute(f"{count} outcome is not null and {week}").fetchone()
    (players,) = journal.execute(
        "select count(distinct player_id) from events_v1 "
        f"where kind in ('joined', 'action') and not is_bot and {week}"
    ).fetchone()
    assert created > 0
    assert (kpi["n_rooms"], kpi["n_matches"], kpi["players"]) == (created, ended, players)
    page = (folder / "report.html").read_text("utf-8")
    assert re.search(rf'Rooms made</div><div class="value">{created:,}<', page)


def test_no_change_is_told_of_a_few_newcomers(reported: Paths) -> None:
    """However many others were there: the base is what is compared, not who could have been new."""
    make(reported, KINDS["trend"], WEEK, dashboard=DASHBOARD)
    folder = folder_of(reported, KINDS["trend"], WEEK)
    kpi = f"select value, n, before, n_before from '{folder}/kpi.parquet' where metric = 'n_new'"
    value, n, before, n_before = duckdb.execute(kpi).fetchall()[0]
    assert (n, n_before) == (value, before)


def test_people_of_a_month_are_counted_only_where_the_mart_has_all_its_days(reported: Paths) -> None:
    """Who played on which day is published for the newest days; a part of a month is no figure of it."""
    (mart,) = reported.warehouse_dir.glob("mart_*.duckdb")
    with duckdb.connect(str(mart)) as con:
        con.execute("delete from agg_player_day where activity_date < '2026-11-10'")
    for name, is_known in (("2026-11", False), ("2026-W46", True), ("2026-W47", True)):
        make(reported, KINDS["trend"], parse(name), dashboard=DASHBOARD)
        kpi = folder_of(reported, KINDS["trend"], parse(name)) / "kpi.parquet"
        found = duckdb.execute(f"select value from '{kpi}' where metric = 'players'").fetchall()
        assert bool(found) is is_known, name


def test_an_hour_is_averaged_over_its_own_weekdays(reported: Paths) -> None:
    """Of nine days with data two are the same weekday, the other five come once."""
    (mart,) = reported.warehouse_dir.glob("mart_*.duckdb")
    with duckdb.connect(str(mart)) as con:
        con.execute("delete from agg_room_hour where hour_at < '2026-11-14'")
        kept = con.execute(
            "select isodow(hour_at), hour(hour_at), sum(n_moves) / if(isodow(hour_at) > 5, 2, 1) "
            "from agg_room_hour where hour_at < '2026-11-23' group by 1, 2 order by 1, 2"
        ).fetchall()
    make(reported, KINDS["trend"], WEEK, dashboard=DASHBOARD)
    peak = folder_of(reported, KINDS["trend"], WEEK) / "peak_hours.parquet"
    assert duckdb.execute(f"select * from '{peak}'").fetchall() == kept


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("is_played", [True, False])
def test_a_single_game_on_the_first_day(tmp_path: Path, kind: str, is_played: bool) -> None:
    """And no game at all: only a room that was made."""
    paths = Paths(tmp_path)
    rows = two_seat_room("r", at("2026-11-22 10:00:00"), moves=3, outcome={"winner": 0})
    JournalFile(paths.journal).append(rows if is_played else rows[:1])
    now = naive("2026-11-23 12:30:00")
    with Pipeline(
        paths, load_models(), utc_now=lambda: now, interval_s=5, derived=trend_tables()
    ) as pipeline:
        assert pipeline.tick().state == "ok"
    for name in ("2026-11-22", "2026-W47", "2026-11", "2026-11-21"):
        make(paths, KINDS[kind], parse(name), dashboard=DASHBOARD)
        page = (folder_of(paths, KINDS[kind], parse(name)) / "report.html").read_text("utf-8")
        assert ">nan" not in page.lower()
        assert "None" not in page


def test_each_section_leads_to_the_dashboard_as_it_was(reported: Paths) -> None:
    make(reported, KINDS["trend"], WEEK, dashboard=DASHBOARD)
    page = (folder_of(reported, KINDS["trend"], WEEK) / "report.html").read_text("utf-8")
    assert f"{DASHBOARD}/retention?period=range&amp;days=2026-11-16&amp;days=2026-11-22" in page


def test_a_period_without_anything_is_told_so(reported: Paths) -> None:
    make(reported, KINDS["performance"], parse("2020-01"), dashboard=DASHBOARD)
    page = (folder_of(reported, KINDS["performance"], parse("2020-01")) / "report.html").read_text("utf-8")
    assert "Nothing was measured in this period." in page
    assert "No room had an action." in page


def test_made_anew_it_takes_the_old_ones_place(reported: Paths) -> None:
    folder = folder_of(reported, KINDS["trend"], WEEK)
    folder.mkdir(parents=True)
    (folder / "left.txt").write_text("from before")
    make(reported, KINDS["trend"], WEEK, dashboard=DASHBOARD)
    assert not (folder / "left.txt").exists()


def test_without_a_mart(tmp_path: Path) -> None:
    with pytest.raises(NoMart, match="kibitz etl --once"):
        make(Paths(tmp_path), KINDS["trend"], WEEK, dashboard=DASHBOARD)


def test_old_ones_go(reported: Paths) -> None:
    root = reported.reports / "trend"
    for month in range(12):
        for day in range(1, 6):
            (root / f"2026-{month + 1:02}-{day:02}").mkdir(parents=True)
    (root / "2019-W01").mkdir()
    (root / "not-ours").mkdir()
    drop_old(reported, KINDS["trend"])
    left = sorted(folder.name for folder in root.iterdir())
    assert len(left) == KEPT[Grain.DAY] + 2
    assert "2026-12-05" in left
    assert {"2019-W01", "not-ours"} <= set(left)


def test_by_hand(reported: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(reported.data), "--period", "2026-W47", "--report", "trend"]) == 0
    assert "1 of 1: the trend report of week 47" in capsys.readouterr().err
    assert main(["--data", str(reported.data), "--period", "2026-W47", "--report", "trend", "--again"]) == 0
    assert main(["--data", str(reported.data), "--period", "2026-W40", "--again"]) == 1
    assert "make it without --again" in capsys.readouterr().err


def test_a_bad_period_by_hand(reported: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--data", str(reported.data), "--period", "last week"])
    assert end.value.code == 2
    assert "a week as 2026-W46" in capsys.readouterr().err
