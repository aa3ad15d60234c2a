"""Writes the published tables into the file that becomes a mart.

A mart differs from the one before by a few hours of its rollups. So its draft begins as a copy of that
file, and only what changed is written again: the cost of a publish follows the change and not the size.
Now and then a mart is written from nothing, since space that was freed is not given back to the disk.
"""

# ruff: noqa: S608  (table and column names come from the package's own model files)

import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import duckdb

from kibitz_etl.changes import Changes
from kibitz_etl.derived import Derived
from kibitz_etl.model import Model, Window
from kibitz_etl.newest import Cutoffs, newest_rows
from kibitz_etl.own_tables import OWN_TABLES
from kibitz_etl.warehouse import columns_ddl

FROM_NOTHING_EVERY = 50


def begin_draft(draft: Path, last: Path | None, version: int, changes: Changes) -> bool:
    """Make `draft` a copy of the last mart, where that is of use; whether it is.

    The mart is open in no connection of this process, so that copying it drops no lock of DuckDB's.
    """
    if changes.everything or last is None or version % FROM_NOTHING_EVERY == 0:
        return False
    with suppress(FileNotFoundError):
        shutil.copyfile(last, draft)
        return True
    return False


def write_tables(
    con: duckdb.DuckDBPyConnection,
    models: Sequence[Model],
    derived: Sequence[Derived],
    cutoffs: Cutoffs,
    changes: Changes,
    *,
    is_copy: bool,
) -> None:
    """Inside a transaction, with the draft attached as `m`: bring its tables to what the warehouse has."""
    for model in models:
        if model.published is None:
            continue
        rows = newest_rows(con, model, cutoffs)
        if not is_copy:
            con.execute(f"create table m.{model.name} ({columns_ddl(model)})")
            con.execute(f"insert into m.{model.name} select * from {model.name} where {rows}")
        elif model.name in changes.whole or model.window is Window.BATCH:
            con.execute(f"delete from m.{model.name}")
            con.execute(f"insert into m.{model.name} select * from {model.name} where {rows}")
        else:
            for from_at, to_at in sorted(changes.spans.get(model.name, ())):
                span = f"{model.key} >= '{from_at}' and {model.key} < '{to_at}'"
                con.execute(f"delete from m.{model.name} where {span}")
                con.execute(f"insert into m.{model.name} select * from {model.name} where {span} and {rows}")
            if model.published.newest is not None:
                con.execute(f"delete from m.{model.name} where not ({rows})")
    for table in derived:
        if not is_copy or table.name in changes.whole:
            con.execute(f"create or replace table m.{table.name} as from {table.name}")
    for own in OWN_TABLES:
        con.execute(f"create or replace table m.{own.name} ({own.ddl})")
