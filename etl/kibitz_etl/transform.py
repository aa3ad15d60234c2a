"""Runs one model for one window, and holds the rows to their header's checks."""

# ruff: noqa: S608  (table and column names come from the package's own model files)

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from kibitz_etl.errors import BadModel, CheckFailed
from kibitz_etl.model import Model
from kibitz_etl.warehouse import columns_ddl

Parameters = Mapping[str, object]


def stage(con: duckdb.DuckDBPyConnection, model: Model, batch: pa.Table) -> None:
    """Make the staging table anew from the rows just read."""
    con.register(model.sources[0], batch)
    try:
        make(con, model, {})
    finally:
        con.unregister(model.sources[0])


def append(con: duckdb.DuckDBPyConnection, model: Model) -> int:
    """Add what the model's query gives for the batch; how many rows."""
    _must_give(con, model, f"describe {model.sql}", {})
    return int(con.execute(f"insert into {model.name} {model.sql}").fetchall()[0][0])


def make(con: duckdb.DuckDBPyConnection, model: Model, parameters: Parameters) -> None:
    """Leave the rows of a window in a temporary table: of a staging model that is the model's own name,
    of another one it is `made`. Raises `BadModel` if they are not what the header says."""
    name = model.name if model.is_staging else "made"
    con.execute(f"create or replace temp table {name} as {model.sql}", used(model.sql, parameters))
    _must_give(con, model, f"describe {name}", {})


def replace(con: duckdb.DuckDBPyConnection, model: Model, window: str, parameters: Parameters) -> None:
    """Replace the rows that satisfy `window` by what the model's query gives now.

    Raises `CheckFailed`; the caller rolls back.
    """
    make(con, model, parameters)
    check(con, model, "made")
    con.execute(f"delete from {model.name} where {window}", used(window, parameters))
    con.execute(f"insert into {model.name} select * from made")
    con.execute("drop table made")


def check(con: duckdb.DuckDBPyConnection, model: Model, rows: str) -> None:
    """Raises `CheckFailed`, naming model, check and number of violations."""
    counts = ", ".join(f"({promise.violation.format(rows=rows)})" for promise in model.checks)
    for promise, violations in zip(model.checks, con.execute(f"select {counts}").fetchall()[0], strict=True):
        if violations:
            raise CheckFailed(f"{model.name}: {violations} rows break the check '{promise.text}'.")


def used(sql: str, parameters: Parameters) -> dict[str, object]:
    """The parameters that a query names; DuckDB refuses others."""
    return {name: value for name, value in parameters.items() if f"${name}" in sql}


def _must_give(con: duckdb.DuckDBPyConnection, model: Model, describe: str, parameters: Parameters) -> None:
    made = [(name, kind.lower()) for name, kind, *_ in con.execute(describe, dict(parameters)).fetchall()]
    if made != [(column.name, column.type) for column in model.columns]:
        raise BadModel(f"{model.name}.sql: the query gives {made}, the header says ({columns_ddl(model)})")
