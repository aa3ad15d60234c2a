"""Runs the models for what a batch touched, and holds the rows to their headers' checks.

A window of a table is replaced as a whole: delete its rows, insert what the query says now. So the
same events give the same tables in whatever batches, and in whatever order of arrival, they come;
a rebuild is the same call with every room touched.
"""

# ruff: noqa: S608  (table and column names come from the package's own model files)

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from kibitz_etl.errors import BadModel, CheckFailed
from kibitz_etl.models import Model, Window
from kibitz_etl.warehouse import columns_ddl


@dataclass(frozen=True, slots=True)
class Touched:
    """What must be counted again. The rooms and hours themselves are in temporary tables."""

    n_rooms: int
    n_hours: int
    first_seq: int
    """No event of these rooms is before it: lets DuckDB skip the older part of `fct_event`."""
    from_at: datetime
    to_at: datetime


_NOTHING = datetime(1970, 1, 1)  # noqa: DTZ001  (naive UTC, as the warehouse stores it)


def touch_rooms_after(con: duckdb.DuckDBPyConnection, seq: int) -> Touched:
    """Mark every room that has an event after `seq`, and every hour in which those rooms have events."""
    con.execute(
        "create or replace temp table touched_rooms as select distinct room_id from fct_event where seq > ?",
        [seq],
    )
    first_seq = _one(
        con,
        """
        select min(first_seq) from (
            select min(seq) as first_seq from fct_event where seq > ?
            union all
            select min(first_seq) from dim_room where room_id in (select room_id from touched_rooms)
        )
        """,
        [seq],
    )
    con.execute(
        """
        create or replace temp table touched_hours as
        select distinct date_trunc('hour', occurred_at)::timestamp as hour_at
        from fct_event
        where seq >= ? and room_id in (select room_id from touched_rooms)
        """,
        [first_seq or 0],
    )
    n_rooms, n_hours, from_at, to_at = con.execute(
        """
        select
            (select count(*) from touched_rooms), count(*), min(hour_at), max(hour_at) + interval 1 hour
        from touched_hours
        """
    ).fetchall()[0]
    return Touched(n_rooms, n_hours, first_seq or 0, from_at or _NOTHING, to_at or _NOTHING)


def replace_windows(con: duckdb.DuckDBPyConnection, models: Sequence[Model], touched: Touched) -> None:
    """Count the touched rooms and hours again. Raises `CheckFailed`; the caller rolls back."""
    for model in models:
        if model.window is Window.BATCH:
            continue
        key = "room_id" if model.window is Window.ROOMS else "hour_at"
        keys = f"select {key} from touched_{model.window}"
        con.execute(f"delete from {model.name} where {key} in ({keys})")
        insert(con, model, touched)
        check(con, model, f"(select * from {model.name} where {key} in ({keys}))")


def insert(con: duckdb.DuckDBPyConnection, model: Model, touched: Touched | None = None) -> None:
    """Append what the model's query gives. Raises `BadModel` if that is not what its header says."""
    known = (
        {}
        if touched is None
        else {
            "first_seq": touched.first_seq,
            "from_at": touched.from_at,
            "to_at": touched.to_at,
        }
    )
    parameters = {name: value for name, value in known.items() if f"${name}" in model.sql}
    con.execute(f"create or replace temp table made as {model.sql}", parameters)
    made = [(name, kind.lower()) for name, kind, *_ in con.execute("describe made").fetchall()]
    if made != [(column.name, column.type) for column in model.columns]:
        raise BadModel(f"{model.name}.sql: the query gives {made}, the header says ({columns_ddl(model)})")
    if model.is_staging:
        con.execute(f"create or replace temp table {model.name} as from made")
    else:
        con.execute(f"insert into {model.name} select * from made")
    con.execute("drop table made")


def check(con: duckdb.DuckDBPyConnection, model: Model, rows: str) -> None:
    """Raises `CheckFailed`, naming model, check and number of violations."""
    counts = ", ".join(f"({promise.violation.format(rows=rows)})" for promise in model.checks)
    for promise, violations in zip(model.checks, con.execute(f"select {counts}").fetchall()[0], strict=True):
        if violations:
            raise CheckFailed(f"{model.name}: {violations} rows break the check '{promise.text}'.")


def _one(con: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object] = ()) -> int | None:
    # fetchall, not fetchone: a result left open would keep the connection busy
    value = con.execute(sql, list(parameters)).fetchall()[0][0]
    return None if value is None else int(value)
