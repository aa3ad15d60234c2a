"""The private DuckDB file: opened by this process alone, locked down, shaped by the models.

No table has a key or an index: they slow each append, and DuckDB's indexes are where its files
break. The models' checks hold what keys would.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import duckdb

from kibitz_etl.errors import WarehouseBusy
from kibitz_etl.model import Model
from kibitz_etl.paths import Paths

SCHEMA_VERSION = 1
"""Of the mart; a dashboard refuses a mart from the future. Tables and columns that are added leave it be."""


CHECKPOINT_AFTER = "64MB"
"""Of log: a checkpoint writes the unfinished end of each table again, so not after every batch or two."""

MEMORY_MAX = "40%"
"""Of the machine's. DuckDB's own 80 % are too much beside a server: recounting 100 million events took 19 of
23 GB, while with less of it DuckDB puts what does not fit into files beside the warehouse."""


def open_warehouse(paths: Paths, *, threads: int = 1) -> duckdb.DuckDBPyConnection:
    """The warehouse of a data directory, made if it is not there.

    The connection can touch no file outside `warehouse/` and load no extension. Raises
    `WarehouseBusy` when another process has it open.
    """
    paths.warehouse_dir.mkdir(parents=True, exist_ok=True)
    try:
        con = duckdb.connect(
            str(paths.warehouse),
            config={
                "threads": str(threads),
                "memory_limit": MEMORY_MAX,
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "allow_community_extensions": "false",
                "preserve_insertion_order": "true",
            },
        )
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise WarehouseBusy(
                f"Another process has {paths.warehouse} open; close it, the ETL must own that file alone."
            ) from error
        raise
    directory = str(paths.warehouse_dir.resolve()).replace("'", "''")
    con.execute(f"set allowed_directories = ['{directory}']")
    con.execute("set enable_external_access = false")
    con.execute(f"set checkpoint_threshold = '{CHECKPOINT_AFTER}'")
    con.execute("set timezone = 'UTC'")
    con.execute("set lock_configuration = true")
    return con


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All of the block or nothing of it."""
    con.execute("begin")
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):  # where the database is given up there is nothing to roll back
            con.execute("rollback")
        raise
    con.execute("commit")


def changed_models(con: duckdb.DuckDBPyConnection, models: Sequence[Model]) -> frozenset[str]:
    """The models whose tables are not what their files say now, with all that reads them."""
    known: dict[str, str] = dict(con.execute("select name, digest from etl_model").fetchall())
    changed: set[str] = set()
    for model in models:  # each after the ones it reads
        if known.get(model.name) != model.digest or changed.intersection(model.sources):
            changed.add(model.name)
    return frozenset(changed)


def table_columns(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """Name and type of each column that the table has now; none where there is no such table."""
    return [
        (name, kind.lower())
        for name, kind in con.execute(
            "select column_name, data_type from duckdb_columns() where table_name = ? order by column_index",
            [table],
        ).fetchall()
    ]


def adopt(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Note that the model's table is what its file says now."""
    con.execute("delete from etl_model where name = ?", [model.name])
    con.execute("insert into etl_model values (?, ?)", [model.name, model.digest])


def make_tables(con: duckdb.DuckDBPyConnection, models: Sequence[Model]) -> None:
    """Make the models' tables anew, empty, and note by what text they were made."""
    for model in models:
        if not model.is_staging:
            con.execute(f"create or replace table {model.name} ({columns_ddl(model)})")
        adopt(con, model)


def forget_removed(con: duckdb.DuckDBPyConnection, models: Sequence[Model]) -> None:
    """Drop the tables of models whose files are gone."""
    names = {model.name for model in models}
    for (name,) in con.execute("select name from etl_model").fetchall():
        if name not in names:
            con.execute(f"drop table if exists {name}")
            con.execute("delete from etl_model where name = ?", [name])


def columns_ddl(model: Model) -> str:
    return ", ".join(f"{column.name} {column.type}" for column in model.columns)
