"""What of a large table is published: whole days or hours, the newest, and no more than the header says."""

from collections.abc import Iterator

import duckdb
import pytest

from kibitz_etl.header import parse_model
from kibitz_etl.newest import Cutoffs, newest_rows

TABLE = parse_model(
    "agg_x.sql",
    """\
-- agg_x: things.
-- window: days
-- grain: one row per day and name
-- source: fct_match
-- published: the 5 rows that are newest, by day
-- columns:
--   day date: the day
--   name integer: the thing
-- checks:
--   not null day, name
select day, name from fct_match
""",
)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("create table agg_x (day date, name integer)")
        yield con


def add(con: duckdb.DuckDBPyConnection, day: int, n: int) -> None:
    con.execute(f"insert into agg_x select date '2026-11-{day:02d}', i from range({n}) t(i)")


def days(con: duckdb.DuckDBPyConnection, cutoffs: Cutoffs) -> list[tuple[int, int]]:
    rows = newest_rows(con, TABLE, cutoffs)
    return con.execute(f"select day(day), count(*) from agg_x where {rows} group by 1 order by 1").fetchall()


def test_all_of_it_while_it_is_small(con: duckdb.DuckDBPyConnection) -> None:
    add(con, 1, 2)
    add(con, 2, 3)
    assert days(con, {}) == [(1, 2), (2, 3)]


def test_whole_days_up_to_the_bound(con: duckdb.DuckDBPyConnection) -> None:
    cutoffs: Cutoffs = {}
    for day, n in ((1, 2), (2, 3), (3, 1)):
        add(con, day, n)
    assert days(con, cutoffs) == [(2, 3), (3, 1)]
    add(con, 4, 4)
    assert days(con, cutoffs) == [(3, 1), (4, 4)]
    assert days(con, {}) == [(3, 1), (4, 4)], "what was known before changes nothing"


def test_a_day_that_is_larger_than_the_bound_is_there_all_the_same(con: duckdb.DuckDBPyConnection) -> None:
    add(con, 1, 2)
    add(con, 2, 9)
    assert days(con, {}) == [(2, 9)]
