"""What a report is computed from: the results of its queries, kept beside it as Parquet.

A report is made from these files alone. So it can be made again, byte for byte, when the mart that they
came from is long gone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from kibitz_etl.reports.periods import Period

FOLDER = "inputs"

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Inputs:
    """`tables` by the name of their query, `sql` the text of each."""

    tables: Mapping[str, pa.Table]
    sql: Mapping[str, str]

    def rows(self, name: str) -> Sequence[Row]:
        """One mapping per row, by column; times are naive UTC."""
        found: list[dict[str, object]] = self.tables[name].to_pylist()
        return found

    def one(self, name: str) -> Row:
        """The only row of a query that always has one."""
        (row,) = self.rows(name)
        return row


def query_text(name: str) -> str:
    """Raises `FileNotFoundError` for a name that is none of ours."""
    return (files("kibitz_etl") / "reports" / "queries" / f"{name}.sql").read_text("utf-8")


def read_inputs(mart: duckdb.DuckDBPyConnection, names: Sequence[str], period: Period) -> Inputs:
    """Ask the mart. Raises `duckdb.Error` for one that lacks a table."""
    before = period.before()
    known = {
        "first": period.first,
        "last": period.last,
        "before_first": before.first,
        "before_last": before.last,
    }
    tables, sql = {}, {}
    for name in names:
        sql[name] = query_text(name)
        used = {key: value for key, value in known.items() if f"${key}" in _code(sql[name])}
        tables[name] = mart.sql(sql[name], params=used or None).to_arrow_table()
    return Inputs(tables, sql)


def keep_inputs(inputs: Inputs, folder: Path) -> None:
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    for name, table in inputs.tables.items():
        pq.write_table(table, target / f"{name}.parquet", compression="zstd")


def kept_inputs(names: Sequence[str], folder: Path) -> Inputs:
    """What `keep_inputs` left. Raises `FileNotFoundError`."""
    tables = {name: pq.read_table(folder / FOLDER / f"{name}.parquet") for name in names}
    return Inputs(tables, {name: query_text(name) for name in names})


def _code(sql: str) -> str:
    return "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))
