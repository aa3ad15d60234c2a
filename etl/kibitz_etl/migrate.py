"""Numbered changes of the warehouse's own tables and of tables that cannot be made anew from their source.

A migration is one file, `migrations/NNNN_name.sql`:

    -- NNNN_name: what it does, and why.
    -- rebuild: none | all | 2026-01-01 to 2026-01-31      the days that must be counted again
    -- adopts: fct_event      tables that it brings to the form of their header: they are not read again

Each is run once, in order, in a transaction with its record in `schema_migration`.
"""

import re
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

import duckdb

from kibitz_etl.errors import BadModel

_NAME = re.compile(r"(?P<number>\d{4})_[a-z0-9_]+")
_RANGE = re.compile(r"(?P<first>\d{4}-\d{2}-\d{2}) to (?P<last>\d{4}-\d{2}-\d{2})")

Days = tuple[date, date]
"""First and last, both included."""


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    name: str
    rebuild: Days | None
    adopts: frozenset[str]
    sql: str


EVERYTHING: Days = (date.min, date.max)


def load_migrations() -> tuple[Migration, ...]:
    """In order. Raises `BadModel` for a file that does not say what it must, or a number that is missing."""
    found = sorted(
        (
            parse_migration(file.name.removesuffix(".sql"), file.read_text("utf-8"))
            for file in (files("kibitz_etl") / "migrations").iterdir()
            if file.name.endswith(".sql")
        ),
        key=lambda migration: migration.number,
    )
    for expected, migration in enumerate(found, start=1):
        if migration.number != expected:
            raise BadModel(f"{migration.name}.sql: migration {expected} is missing")
    return tuple(found)


def parse_migration(name: str, text: str) -> Migration:
    match = _NAME.fullmatch(name)
    if match is None:
        raise BadModel(f"{name}.sql: the name of a migration is NNNN_words")
    header = {
        key: value.strip()
        for line in text.splitlines()
        if line.startswith("-- ") and ":" in line
        for key, value in [line[3:].split(":", 1)]
    }
    if name not in header:
        raise BadModel(f"{name}.sql: the first line must be '-- {name}: what it does'")
    return Migration(
        number=int(match["number"]),
        name=name,
        rebuild=_days(name, header.get("rebuild", "")),
        adopts=frozenset(header.get("adopts", "").replace(",", " ").split()),
        sql=text,
    )


def _days(name: str, value: str) -> Days | None:
    if value == "none":
        return None
    if value == "all":
        return EVERYTHING
    match = _RANGE.fullmatch(value)
    if match is None:
        raise BadModel(f"{name}.sql: rebuild must be 'none', 'all' or 'DATE to DATE', not '{value}'")
    return (date.fromisoformat(match["first"]), date.fromisoformat(match["last"]))


def migrate(con: duckdb.DuckDBPyConnection, migrations: tuple[Migration, ...]) -> tuple[Migration, ...]:
    """Run those that were not run yet, inside the caller's transaction; which they were.

    Raises `BadModel` for a warehouse that a newer ETL has migrated further.
    """
    con.execute(
        "create table if not exists schema_migration (number integer, name varchar, applied_at timestamp)"
    )
    done = {number for (number,) in con.execute("select number from schema_migration").fetchall()}
    if done and max(done) > len(migrations):
        raise BadModel(
            f"the warehouse was made by a newer Kibitz (migration {max(done)}, the last one known here is "
            f"{len(migrations)}); update Kibitz, or remove the folder warehouse/ to make it anew"
        )
    pending = tuple(migration for migration in migrations if migration.number not in done)
    for migration in pending:
        con.execute(migration.sql)
        con.execute(
            "insert into schema_migration values (?, ?, now() at time zone 'UTC')",
            [migration.number, migration.name],
        )
    return pending
