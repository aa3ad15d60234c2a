"""Following the pointer: always some whole version, never a broken page."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from kibitz_dashboard.core.mart import (
    Mart,
    MartFromFuture,
    MartHolder,
    NoMart,
    parameters_of,
    query_text,
    read_pointer,
    tables_of,
)
from kibitz_dashboard.rooms.narrow import Narrow
from support.analytics_journal import JournalFile, Row, at, naive

NOW = naive("2026-11-23 12:30:00")


def change_pointer(warehouse: Path, **changes: object) -> None:
    pointer = warehouse / "current.json"
    pointer.write_text(json.dumps({**json.loads(pointer.read_text("utf-8")), **changes}), "utf-8")


def test_what_the_mart_says_of_itself(mart: Mart, known_rows: list[Row]) -> None:
    assert (mart.meta.mart_version, mart.meta.rows_loaded) == (1, len(known_rows))
    assert mart.meta.watermark_at == max(row.at for row in known_rows).replace(tzinfo=None)


def test_the_same_version_is_opened_once(data: Path) -> None:
    holder = MartHolder(data / "warehouse")
    assert holder.current()[1] is holder.current()[1]


def test_a_new_version_is_followed_and_the_old_one_goes_on(
    data: Path, publish: Callable[[Path], None]
) -> None:
    holder = MartHolder(data / "warehouse")
    _, old = holder.current()
    before = old.query("core/games", {})
    JournalFile(data / "journal.sqlite").append(
        [Row("new", "created", at("2026-11-23 12:29:30"), game="dice")]
    )
    publish(data)
    pointer, new = holder.current()
    assert (pointer.mart_version, new.meta.mart_version) == (2, 2)
    assert new.query("core/games", {})["game"].tolist() == ["connect-four", "dice"]
    assert old.query("core/games", {}).equals(before)


def test_before_the_first_mart(tmp_path: Path) -> None:
    with pytest.raises(NoMart, match="not published anything"):
        MartHolder(tmp_path).current()


def test_while_the_etl_waits_its_own_words_are_used(data: Path) -> None:
    change_pointer(data / "warehouse", mart=None, state="waiting", message="There is no journal yet.")
    with pytest.raises(NoMart, match="There is no journal yet"):
        MartHolder(data / "warehouse").current()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"mart": 3}', "null"])
def test_a_broken_pointer_is_no_traceback(tmp_path: Path, content: str) -> None:
    (tmp_path / "current.json").write_text(content, "utf-8")
    with pytest.raises(NoMart):
        read_pointer(tmp_path)


def test_a_mart_that_is_gone_or_broken(data: Path) -> None:
    warehouse = data / "warehouse"
    change_pointer(warehouse, mart="mart_000009.duckdb")
    with pytest.raises(NoMart, match="is not there"):
        MartHolder(warehouse).current()
    (warehouse / "mart_000009.duckdb").write_bytes(b"no database" * 1000)
    with pytest.raises(NoMart, match="cannot be opened"):
        MartHolder(warehouse).current()


def test_the_pointer_cannot_lead_elsewhere(data: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.duckdb").write_bytes((data / "warehouse" / "mart_000001.duckdb").read_bytes())
    change_pointer(data / "warehouse", mart="../../elsewhere.duckdb")
    with pytest.raises(NoMart):
        MartHolder(data / "warehouse").current()


def test_a_mart_from_the_future_is_refused(data: Path) -> None:
    path = data / "warehouse" / "mart_000001.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("update meta set schema_version = 99")
    with pytest.raises(MartFromFuture, match="newer Kibitz"):
        MartHolder(data / "warehouse").current()


@pytest.mark.parametrize(
    ("age_s", "interval_s", "is_stale"),
    [(0, 5, False), (19, 5, False), (21, 5, True), (50, 60, False), (181, 60, True)],
)
def test_stale_means_three_missed_ticks(data: Path, age_s: float, interval_s: float, is_stale: bool) -> None:
    change_pointer(data / "warehouse", interval_s=interval_s)
    pointer = read_pointer(data / "warehouse")
    assert pointer.is_stale(pointer.checked_at + timedelta(seconds=age_s)) is is_stale


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "create table t (a int)",
        "install sqlite",
        "attach '/tmp/a.duckdb'",
    ],
)
def test_a_mart_is_read_only_and_locked_down(mart: Mart, monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    monkeypatch.setattr("kibitz_dashboard.core.mart.query_text", lambda name: sql)
    with pytest.raises(duckdb.Error):
        mart.query("any", {})


def test_values_are_parameters_and_never_sql(mart: Mart) -> None:
    bounds = {
        "from_at": NOW - timedelta(days=30),
        "to_at": NOW,
        "bots": "all",
        "status": "all",
        "zone": "UTC",
    }
    rows = mart.query("rooms/count", {**bounds, **Narrow().parameters(), "game": "' or 1=1 --"})
    assert rows["n_rooms"].tolist() == [0]


def test_a_query_is_found_by_its_name() -> None:
    assert "dim_room" in query_text("core/games")
    with pytest.raises(FileNotFoundError):
        query_text("no_such_query")


def test_a_query_stands_on_another_one() -> None:
    assert query_text("rooms/count").startswith("with chosen as (\n-- the rooms that")
    assert tables_of("rooms/count") == tables_of("rooms/chosen") == {"dim_room"}
    assert set(parameters_of("rooms/chosen")) <= set(parameters_of("rooms/count"))


def test_a_query_with_parts_of_its_own_stands_on_another_one() -> None:
    text = query_text("rooms/concurrent")
    assert text.startswith("with steps as (\n-- every hour or day")
    assert "as at\n),\n\npeaks as (" in text
    assert tables_of("rooms/concurrent") == {"agg_concurrent_hour"}
