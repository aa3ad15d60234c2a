"""Tables that Python makes from the marts, when a day is over: trends, forecasts, anomalies.

Whoever has such a table gives the `Pipeline` an object of the form `Derived`. The ETL calls it inside the
transaction that counts, after every model, and only when a day was over that was not before, a day that was
over changed, or everything is rebuilt; it keeps the rows in the warehouse and publishes them in each mart.
"""

# ruff: noqa: S608  (table and column names are those that the objects declare)

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

import duckdb

from kibitz_etl.errors import BadModel
from kibitz_etl.model import Column

Rows = Iterable[Sequence[object]]


class Derived(Protocol):
    """One table that is made from others by Python. Give it the whole of its rows each time."""

    @property
    def name(self) -> str:
        """Of the table, in snake_case; no model may have it."""
        ...

    @property
    def about(self) -> str:
        """What the table is, in a sentence."""
        ...

    @property
    def grain(self) -> str:
        """`one row per …`"""
        ...

    @property
    def columns(self) -> tuple[Column, ...]:
        """In the order of the rows; types are DuckDB's names in lower case."""
        ...

    def rows(self, con: duckdb.DuckDBPyConnection, closed_before: date) -> Rows:
        """All rows, computed from tables of the warehouse on `con` (read only what you need, write nothing)
        and from days before `closed_before` only. The same tables must give the same rows."""
        ...


def make_derived_tables(con: duckdb.DuckDBPyConnection, derived: Sequence[Derived]) -> None:
    """Inside a transaction. Keeps those that are there already with just these columns."""
    for table in derived:
        con.execute(f"create table if not exists {table.name} ({_ddl(table)})")
        described = [
            (name, kind.lower()) for name, kind, *_ in con.execute(f"describe {table.name}").fetchall()
        ]
        if described != [(column.name, column.type) for column in table.columns]:
            con.execute(f"create or replace table {table.name} ({_ddl(table)})")


def rederive(con: duckdb.DuckDBPyConnection, derived: Sequence[Derived], closed_before: date) -> None:
    """Inside a transaction: compute them all again. Raises `BadModel` for rows of another width."""
    for table in derived:
        rows = [tuple(row) for row in table.rows(con, closed_before)]
        for row in rows:
            if len(row) != len(table.columns):
                raise BadModel(f"{table.name}: a row has {len(row)} values, the table {len(table.columns)}")
        con.execute(f"delete from {table.name}")
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            some = rows[start : start + _ROWS_AT_ONCE]
            one = f"({', '.join('?' * len(table.columns))})"
            values = [value for row in some for value in row]
            con.execute(f"insert into {table.name} values {', '.join([one] * len(some))}", values)


_ROWS_AT_ONCE = 500


def _ddl(table: Derived) -> str:
    return ", ".join(f"{column.name} {column.type}" for column in table.columns)
