"""Publishes the rollups as a new small file each time, so that a reader never waits and never sees half.

Protocol: write `.mart_N.tmp` in one transaction, close it, rename it to `mart_N.duckdb`, then replace
`current.json`. Readers follow the pointer and open that file read-only; a version, once named, never
changes, and the last three stay, so that a reader can finish with the one it has open.
"""

# ruff: noqa: S608  (table and column names come from the package's own model files)

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from kibitz_etl.load import Watermark
from kibitz_etl.models import Model
from kibitz_etl.paths import Paths
from kibitz_etl.warehouse import SCHEMA_VERSION, columns_ddl, transaction

KEEP = 3

_META_DDL = """
create table m.meta (
    mart_version bigint,
    schema_version integer,
    models_digest varchar,
    watermark_seq bigint,
    watermark_at timestamp,
    rows_loaded bigint,
    late_rows bigint,
    quarantined_rows bigint,
    built_at timestamp
)
"""
_CATALOG_DDL = """
create table m.model_catalog (
    table_name varchar, about varchar, grain varchar, column_text varchar, sql varchar
)
"""


@dataclass(frozen=True, slots=True)
class Pointer:
    """What `current.json` says: which mart to read, and whether the ETL is alive and well."""

    mart: str | None
    mart_version: int
    watermark_seq: int
    models_digest: str
    checked_at: datetime
    interval_s: float
    state: str
    """`ok`, `waiting` (no journal yet) or `failed`."""
    message: str


def models_digest(models: Sequence[Model]) -> str:
    texts = [f"{model.name} {model.digest} {model.published}" for model in models]
    return sha256("\n".join(texts).encode()).hexdigest()[:16]


def read_pointer(path: Path) -> Pointer | None:
    """None when nothing was published, or what is there cannot be read: then publish anew."""
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return Pointer(
            **{**found, "checked_at": datetime.fromisoformat(found["checked_at"]).replace(tzinfo=None)}
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_pointer(path: Path, pointer: Pointer) -> None:
    """Replace the pointer atomically; a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(
        {
            "mart": pointer.mart,
            "mart_version": pointer.mart_version,
            "watermark_seq": pointer.watermark_seq,
            "models_digest": pointer.models_digest,
            "checked_at": pointer.checked_at.isoformat() + "Z",
            "interval_s": pointer.interval_s,
            "state": pointer.state,
            "message": pointer.message,
        },
        indent=1,
    )
    draft = path.with_name(f".{path.name}.tmp")
    draft.write_text(text + "\n", "utf-8")
    os.replace(draft, path)


def publish(
    con: duckdb.DuckDBPyConnection,
    paths: Paths,
    models: Sequence[Model],
    watermark: Watermark,
    *,
    version: int,
    built_at: datetime,
) -> str:
    """Write mart `version` and give it its name; returns the name, which nobody knows yet."""
    name = f"mart_{version:06d}.duckdb"
    draft = paths.warehouse_dir / f".mart_{version:06d}.tmp"
    _remove(draft)
    # read_only is decided by readers; attach and not copy: copying would drop DuckDB's own file lock
    con.execute(f"attach '{str(draft.resolve()).replace(chr(39), chr(39) * 2)}' as m")
    try:
        with transaction(con):
            for model in models:
                if model.published is not None:
                    con.execute(f"create table m.{model.name} ({columns_ddl(model)})")
                    con.execute(f"insert into m.{model.name} {_rows(model)}")
            _describe(con, models, watermark, version, built_at)
    finally:
        con.execute("detach m")
    _remove(draft.with_name(draft.name + ".wal"))
    _sync(draft)
    os.rename(draft, paths.warehouse_dir / name)
    return name


def drop_old(paths: Paths, *, newest: int) -> None:
    """Delete all marts but the last three and whatever an interrupted publish left."""
    for file in paths.warehouse_dir.glob("mart_*.duckdb"):
        number = file.stem.removeprefix("mart_")
        if number.isdigit() and not newest - KEEP < int(number) <= newest:
            _remove(file)
    for file in paths.warehouse_dir.glob(".mart_*.tmp*"):
        _remove(file)


def next_version(paths: Paths, known: Pointer | None) -> int:
    """One above every version ever named here: a reader holds on to names, so none comes twice."""
    numbers = [int(f.stem.removeprefix("mart_")) for f in paths.warehouse_dir.glob("mart_[0-9]*.duckdb")]
    return max([0 if known is None else known.mart_version, *numbers]) + 1


def _rows(model: Model) -> str:
    if model.published is None or model.published.newest is None:
        return f"select * from {model.name}"
    return f"select * from {model.name} order by {model.published.by} desc limit {model.published.newest}"


def _describe(
    con: duckdb.DuckDBPyConnection,
    models: Sequence[Model],
    watermark: Watermark,
    version: int,
    built_at: datetime,
) -> None:
    con.execute(_META_DDL)
    con.execute(
        "insert into m.meta values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            version,
            SCHEMA_VERSION,
            models_digest(models),
            watermark.last.seq,
            watermark.watermark_at,
            watermark.rows_loaded,
            watermark.late_rows,
            watermark.quarantined_rows,
            built_at,
        ],
    )
    con.execute(_CATALOG_DDL)
    for model in models:
        columns = "\n".join(f"{c.name} {c.type}: {c.meaning}" for c in model.columns)
        con.execute(
            "insert into m.model_catalog values (?, ?, ?, ?, ?)",
            [model.name, model.about, model.grain, columns, model.sql],
        )


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()
