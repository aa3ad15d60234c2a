"""The lines are laid once for all tables and ticks, and again when a day of theirs changed."""

from datetime import date, timedelta

import duckdb

from kibitz_etl.trends.tables import ForecastTable, Lines, TrendTable

FIRST = date(2026, 9, 1)
DAYS = 60
CLOSED_BEFORE = FIRST + timedelta(days=DAYS)


def figures() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(
        "create table agg_metric_day (metric varchar, game varchar, metric_date date, value double, n bigint)"
    )
    for metric in ("dau", "n_moves"):
        con.executemany(
            "insert into agg_metric_day values (?, '', ?, ?, ?)",
            [(metric, FIRST + timedelta(days=day), 100.0 + day + day % 7, 50) for day in range(DAYS)],
        )
    return con


def test_what_did_not_change_is_not_laid_again() -> None:
    con, lines = figures(), Lines()
    dau, moves = lines.of(con, CLOSED_BEFORE)
    con.execute(
        "update agg_metric_day set value = value * 2 where metric = 'dau' and metric_date = ?", [FIRST]
    )
    dau_after, moves_after = lines.of(con, CLOSED_BEFORE)
    assert moves_after is moves
    assert dau_after is not dau
    assert dau_after.series.values[0] == 200.0


def test_another_day_is_another_line() -> None:
    con, lines = figures(), Lines()
    list(lines.of(con, CLOSED_BEFORE - timedelta(days=1)))
    assert all(len(trend.series.values) == DAYS for trend in lines.of(con, CLOSED_BEFORE))


def test_tables_of_kept_lines_say_what_tables_of_new_ones_say() -> None:
    con, lines = figures(), Lines()
    kept = TrendTable(lines), ForecastTable(lines)
    for _ in range(2):
        con.execute("update agg_metric_day set value = value + 1 where metric = 'dau'")
        for table, fresh in zip(kept, (TrendTable(Lines()), ForecastTable(Lines())), strict=True):
            rows = list(table.rows(con, CLOSED_BEFORE))
            assert rows
            assert rows == list(fresh.rows(con, CLOSED_BEFORE))
