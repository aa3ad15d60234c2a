"""Publishes the rollups as a new small file each time, so that a reader never waits and never sees half.

Protocol: write `.mart_N.tmp` in one transaction, close it, rename it to `mart_N.duckdb`, then replace
`current.json`. Readers follow the pointer and open that file read-only; a version, once named, never
changes, and the last three stay, so that a reader can finish with the one it has open.

What is published: the models that say so, the tables that Python derives from them (the protocol `Derived`
in `derived.py`: give such objects to the `Pipeline`, and their rows are in every mart), and what the ETL
knows of itself: `meta`, `model_catalog`, `reconciliation`, `etl_runs`, `quarantine`.
"""

# ruff: noqa: S608  (table and column names come from the package's own model files)

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import duckdb

from kibitz_etl.changes import Changes
from kibitz_etl.derived import Derived
from kibitz_etl.ledger import RunRow
from kibitz_etl.mart_file import begin_draft, write_tables
from kibitz_etl.model import Column, Model
from kibitz_etl.newest import Cutoffs
from kibitz_etl.own_tables import own_rows
from kibitz_etl.paths import Paths
from kibitz_etl.pointer import Pointer
from kibitz_etl.warehouse import SCHEMA_VERSION, transaction
from kibitz_etl.watermarks import Watermark

KEEP = 3


@dataclass(frozen=True, slots=True)
class About:
    """What a mart says of itself, beside how far the journal is loaded."""

    version: int
    built_at: datetime
    zone: str
    is_demo: bool
    """Whether the data directory was filled by a simulation: it has a file `DEMO`."""
    archived_seq: int
    """The archive holds every event up to here."""


def models_digest(models: Sequence[Model], derived: Sequence[Derived] = ()) -> str:
    texts = [f"{model.name} {model.digest} {model.published}" for model in models]
    texts += [f"{table.name} {table.columns}" for table in derived]
    return sha256("\n".join(texts).encode()).hexdigest()[:16]


def publish(
    con: duckdb.DuckDBPyConnection,
    paths: Paths,
    models: Sequence[Model],
    derived: Sequence[Derived],
    watermark: Watermark,
    runs: Sequence[RunRow],
    about: About,
    last: str | None,
    cutoffs: Cutoffs,
    changes: Changes,
) -> str:
    """Write the mart and give it its name; returns the name, which nobody knows yet.

    `last`: the mart that `changes` lead on from. They are cleared with the rename.
    """
    name = f"mart_{about.version:06d}.duckdb"
    draft = paths.warehouse_dir / f".mart_{about.version:06d}.tmp"
    _remove(draft)
    is_copy = begin_draft(draft, None if last is None else paths.warehouse_dir / last, about.version, changes)
    # read_only is decided by readers; attach and not copy: copying would drop DuckDB's own file lock
    con.execute(f"attach '{str(draft.resolve()).replace(chr(39), chr(39) * 2)}' as m")
    try:
        with transaction(con):
            write_tables(con, models, derived, cutoffs, changes, is_copy=is_copy)
            _tell_of_itself(con, models, derived, watermark, runs, about)
    finally:
        con.execute("detach m")
    _remove(draft.with_name(draft.name + ".wal"))
    _sync(draft)
    os.rename(draft, paths.warehouse_dir / name)
    changes.clear()
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


def _tell_of_itself(
    con: duckdb.DuckDBPyConnection,
    models: Sequence[Model],
    derived: Sequence[Derived],
    watermark: Watermark,
    runs: Sequence[RunRow],
    about: About,
) -> None:
    con.execute(
        f"insert into m.meta values ({', '.join('?' * 12)})",
        [
            about.version,
            SCHEMA_VERSION,
            models_digest(models, derived),
            watermark.last.seq,
            watermark.watermark_at,
            watermark.rows_loaded,
            watermark.late_rows,
            watermark.quarantined_rows,
            about.built_at,
            about.is_demo,
            about.zone,
            about.archived_seq,
        ],
    )
    catalog = [(m.name, m.about, m.grain, _told(m.columns), m.sql) for m in models]
    catalog += [(made.name, made.about, made.grain, _told(made.columns), "") for made in derived]
    con.execute(
        f"insert into m.model_catalog values {', '.join(['(?, ?, ?, ?, ?)'] * len(catalog))}",
        [value for row in catalog for value in row],
    )
    con.execute(f"insert into m.reconciliation {own_rows('reconciliation')}")
    con.execute(f"insert into m.quarantine {own_rows('quarantine')}")
    if runs:
        con.execute(
            f"insert into m.etl_runs values {', '.join(['(?, ?, ?, ?, ?, ?, ?, ?, ?)'] * len(runs))}",
            [value for run in runs for value in run],
        )


def _told(columns: Sequence[Column]) -> str:
    return "\n".join(f"{column.name} {column.type}: {column.meaning}" for column in columns)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()
