"""What may be asked of a mart: reading, within limits, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kibitz_dashboard.core.mart import MartHolder
from kibitz_dashboard.sql import worker
from kibitz_dashboard.sql.console import SQL_CHARS_MAX, SqlRefused, _environment, run_sql
from kibitz_dashboard.sql.examples import EXAMPLES

WRITES = [
    "create table t as select 1",
    "create temp table t as select 1",
    "create view v as select 1",
    "create macro f(a) as a",
    "drop table dim_room",
    "delete from dim_room",
    "update dim_room set game = 'x'",
    "insert into dim_room select * from dim_room",
    "alter table dim_room add column x int",
    "truncate dim_room",
    "begin",
    "vacuum",
    "checkpoint",
    "use memory",
    "call pragma_version()",
    "pragma database_list",
    "prepare p as select 1",
    "detach mart_000001",
]
ESCAPES = [
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from read_blob('/etc/passwd')",
    "select * from read_json('/etc/passwd')",
    "select * from read_parquet('/tmp/x.parquet')",
    "select * from '/etc/passwd'",
    "from '/etc/passwd'",
    "select * from glob('/etc/*')",
    "select * from sniff_csv('/etc/passwd')",
    "select getenv('HOME')",
    "select * from parquet_metadata('/tmp/x.parquet')",
    "copy dim_room to '/tmp/stolen.csv'",
    "copy (select 1) to '/tmp/stolen.csv'",
    "export database '/tmp/stolen'",
    "import database '/tmp/stolen'",
    "attach '/tmp/other.duckdb'",
    "attach ':memory:' as m",
    "install httpfs",
    "load httpfs",
    "force install sqlite from community",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "set memory_limit = '100GB'",
    "set threads = 64",
    "reset max_execution_time",
    "set global temp_directory = '/tmp'",
    "pragma threads = 64",
    "select 1; drop table dim_room",
    "select 1; select 2",
    "select * from query('copy dim_room to ''/tmp/stolen.csv''')",
    "select * from query('drop table dim_room')",
    "select * from dim_room where game = ''; attach '/tmp/other.duckdb' --",
    "explain analyze copy dim_room to '/tmp/stolen.csv'",
    "select * from read_csv('https://example.org/a.csv')",
    "select * from duckdb_secrets(); create secret s (type s3)",
]


@pytest.fixture
def path(data: Path) -> Iterator[Path]:
    _, mart = MartHolder(data / "warehouse").current()
    yield mart.path
    mart.close()


def test_rows_with_their_types(path: Path) -> None:
    found = run_sql(path, "select game, count(*) as n, max(last_event_at) as at from dim_room group by game")
    assert found.rows["game"].tolist() == ["connect-four"]
    assert found.rows["n"].tolist()[0] > 0
    assert str(found.rows["at"].dtype).startswith("datetime64")
    assert not found.is_cut


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_run(path: Path, name: str) -> None:
    run_sql(path, EXAMPLES[name])


@pytest.mark.parametrize(
    "sql", ["explain select 1", "summarize dim_room", "describe dim_room", "from dim_room"]
)
def test_other_ways_to_read(path: Path, sql: str) -> None:
    assert len(run_sql(path, sql).rows)


@pytest.mark.parametrize("sql", WRITES + ESCAPES)
def test_nothing_gets_through(path: Path, sql: str) -> None:
    before = path.read_bytes()
    with pytest.raises(SqlRefused) as refused:
        run_sql(path, sql)
    assert str(refused.value)
    assert "Traceback" not in str(refused.value)
    assert path.read_bytes() == before
    assert not Path("/tmp/stolen.csv").exists()


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from range(1000000) a, range(1000000) b",
        "select sum(length(repeat('x', 2000000000)))",
        "select list(i) from range(1000000000) r(i)",
        "with recursive r as (select 1 as i union all select i + 1 from r) select max(i) from r",
        "select repeat('x', 100000000) from range(10)",
    ],
)
def test_what_takes_too_much_is_ended(path: Path, monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    monkeypatch.setattr("kibitz_dashboard.sql.console.WAIT_S", 8.0)
    with pytest.raises(SqlRefused):
        run_sql(path, sql)


def test_more_rows_than_are_shown(path: Path) -> None:
    found = run_sql(path, f"select i from range({worker.ROWS_MAX + 1}) r(i)")
    assert (len(found.rows), found.is_cut) == (worker.ROWS_MAX, True)
    assert not run_sql(path, f"select i from range({worker.ROWS_MAX}) r(i)").is_cut


@pytest.mark.parametrize(
    "sql", ["", "  \n", "--", ";", "select", "x" * (SQL_CHARS_MAX + 1), "select 'ü", "\x00"]
)
def test_what_is_no_query(path: Path, sql: str) -> None:
    with pytest.raises(SqlRefused):
        run_sql(path, sql)


def test_the_worker_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIBITZ_SECRET", "s")
    assert "KIBITZ_SECRET" not in _environment()
