"""Migrations: numbered without gap, run once, and saying what must be counted again."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date

import duckdb
import pytest

from kibitz_etl.errors import BadModel, CannotReread
from kibitz_etl.migrate import EVERYTHING, load_migrations, migrate, parse_migration
from kibitz_etl.paths import Paths
from kibitz_etl.tick import Pipeline
from support.analytics_journal import JournalFile, at, two_seat_room
from support.analytics_telemetry import TelemetryFile

pytestmark = pytest.mark.timeout(300)

DAY = at("2026-11-20 10:00:00")
GOOD = """\
-- 0003_more: what and why.
-- rebuild: 2026-01-01 to 2026-01-31
-- adopts: fct_event, fct_wait
select 1;
"""


def test_a_migration_says_what_it_asks_for() -> None:
    migration = parse_migration("0003_more", GOOD)
    assert migration.number == 3
    assert migration.rebuild == (date(2026, 1, 1), date(2026, 1, 31))
    assert migration.adopts == {"fct_event", "fct_wait"}
    assert parse_migration("0003_more", GOOD.replace("2026-01-01 to 2026-01-31", "none")).rebuild is None
    everything = parse_migration("0003_more", GOOD.replace("2026-01-01 to 2026-01-31", "all"))
    assert everything.rebuild == EVERYTHING


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("3_more", GOOD, "NNNN_words"),
        ("0004_other", GOOD, "the first line must be"),
        ("0003_more", GOOD.replace("2026-01-01 to", "since"), "rebuild must be"),
        ("0003_more", "-- 0003_more: what.\nselect 1", "rebuild must be"),
    ],
)
def test_one_that_does_not_is_refused(name: str, text: str, reason: str) -> None:
    with pytest.raises(BadModel, match=reason):
        parse_migration(name, text)


def test_each_is_run_once_and_noted() -> None:
    with duckdb.connect() as con:
        assert migrate(con, load_migrations()) == load_migrations()
        assert migrate(con, load_migrations()) == ()
        found = con.execute("select number, name from schema_migration order by number").fetchall()
        assert found == [(migration.number, migration.name) for migration in load_migrations()]


def test_a_warehouse_from_the_future_is_refused_in_a_sentence() -> None:
    with duckdb.connect() as con:
        migrate(con, load_migrations())
        con.execute("insert into schema_migration values (99, '0099_later', null)")
        with pytest.raises(BadModel, match="made by a newer Kibitz"):
            migrate(con, load_migrations())


def test_a_warehouse_of_the_first_evening_is_brought_forward(
    paths: Paths, journal: JournalFile, open_pipeline: Callable[..., Pipeline]
) -> None:
    journal.append(two_seat_room("r", DAY))
    paths.warehouse_dir.mkdir()
    with duckdb.connect(str(paths.warehouse)) as con:
        con.execute(load_migrations()[0].sql)
        con.execute("create table fct_event (seq bigint, epoch varchar)")
        con.execute("insert into etl_model values ('fct_event', 'older'), ('agg_gone', 'older')")
        con.execute("insert into etl_watermark values ('events_v1', 7, 'r', 7, null, 7, 0, 0, null)")
    pipeline = open_pipeline(paths)
    assert pipeline.tick().state == "ok"
    assert pipeline.loader.rows("select count(*) from fct_event") == [(7,)]
    assert pipeline.loader.rows("select rows_loaded, counted_seq from etl_watermark") == [(7, 7)]


def test_a_changed_fact_is_read_again_while_its_source_has_it_all(
    paths: Paths, journal: JournalFile, open_pipeline: Callable[..., Pipeline]
) -> None:
    telemetry = TelemetryFile(paths.telemetry)
    telemetry.add("errors", DAY)
    journal.append(two_seat_room("r", DAY))
    first = open_pipeline(paths)
    first.tick()
    first.loader.rows("update etl_model set digest = 'older' where name in ('fct_error', 'stg_events')")
    first.__exit__(None, None, None)
    second = open_pipeline(paths)
    second.tick()
    assert second.loader.rows("select n from agg_error_hour") == [(2,)]
    assert second.loader.rows("select count(*) from fct_event") == [(7,)]


@pytest.mark.parametrize(("fact", "prune"), [("fct_error", "telemetry"), ("stg_events", "journal")])
def test_a_changed_fact_whose_source_was_pruned_is_not_thrown_away(
    paths: Paths, journal: JournalFile, open_pipeline: Callable[..., Pipeline], fact: str, prune: str
) -> None:
    telemetry = TelemetryFile(paths.telemetry)
    telemetry.add_all([("errors", DAY, {}), ("errors", DAY, {})])
    journal.append(two_seat_room("r", DAY))
    first = open_pipeline(paths)
    first.tick()
    first.loader.rows(f"update etl_model set digest = 'older' where name = '{fact}'")
    first.__exit__(None, None, None)
    path, table = (paths.telemetry, "errors") if prune == "telemetry" else (paths.journal, "events")
    with closing(sqlite3.connect(path)) as con, con:
        con.execute(f"delete from {table} where id = 1")
    with pytest.raises(CannotReread, match="a migration must say how"):
        open_pipeline(paths)
