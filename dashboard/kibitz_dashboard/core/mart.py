"""The newest published mart: found by its pointer, opened read-only, asked by name.

The ETL publishes a new file each time and keeps the last three. The old connection stays until the new
one has answered, so a page never finds nothing. A path is never opened twice while a connection to it
lives: DuckDB would hand out the old file again.
"""

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

SCHEMA_VERSION = 1
"""The newest form of a mart that this dashboard reads."""
STALE_TICKS = 3
STALE_AT_LEAST = timedelta(seconds=20)

Parameter = str | int | float | datetime
_ON = re.compile(r"-- on ([a-z_]+): ([a-z_]+/[a-z_]+)\n")
_READS = re.compile(r"\b(?:from|join)\s+([a-z][a-z0-9_]*)\b(?!\s*[.(])")
_CTE = re.compile(r"\b([a-z][a-z0-9_]*)\s+as\s+(?:not\s+)?(?:materialized\s+)?\(")


class MartError(Exception):
    """Root of what reading marts raises; each text is a sentence for an admin."""


class NoMart(MartError):
    """Nothing was published yet."""


class MartFromFuture(MartError):
    """The mart was published by a newer ETL than this dashboard knows."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """What `current.json` says about the newest mart and about the ETL."""

    mart: str | None
    mart_version: int
    checked_at: datetime
    """When the ETL last looked at the journal, naive UTC."""
    interval_s: float
    state: str
    message: str

    def is_stale(self, now: datetime) -> bool:
        """Whether the ETL has missed so many ticks that what is shown may be old."""
        patience = max(STALE_AT_LEAST, timedelta(seconds=STALE_TICKS * self.interval_s))
        return now - self.checked_at > patience


@dataclass(frozen=True, slots=True)
class Meta:
    """What the mart says about itself. Times are naive UTC."""

    mart_version: int
    watermark_seq: int
    rows_loaded: int
    late_rows: int
    quarantined_rows: int
    built_at: datetime
    watermark_at: datetime | None = None
    is_demo: bool = False
    """Made by `kibitz demo`: nobody played it."""
    schema_version: int = 1


def read_pointer(warehouse_dir: Path) -> Pointer:
    """Raises `NoMart` when the ETL has not run yet."""
    try:
        found: dict[str, Any] = json.loads((warehouse_dir / "current.json").read_text("utf-8"))
        return Pointer(
            mart=found["mart"],
            mart_version=int(found["mart_version"]),
            checked_at=datetime.fromisoformat(found["checked_at"]).replace(tzinfo=None),
            interval_s=float(found["interval_s"]),
            state=str(found["state"]),
            message=str(found["message"]),
        )
    except FileNotFoundError:
        raise NoMart("The ETL has not published anything yet.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoMart(f"What the ETL published cannot be read: {error}.") from error


class Mart:
    """One published version. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._con = duckdb.connect(
            str(path),
            read_only=True,
            config={
                "threads": "1",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            },
        )
        for statement in (
            "set timezone = 'UTC'",
            "set enable_external_access = false",
            "set lock_configuration = true",
        ):
            self._con.execute(statement)
        try:
            self.meta = self._read_meta(path)
        except BaseException:
            self._con.close()
            raise

    def query(self, name: str, parameters: Mapping[str, Parameter]) -> pd.DataFrame:
        """The rows of `queries/<name>.sql`; parameters it does not use are left out."""
        sql = query_text(name)
        asked = parameters_of(name)
        used = {key: value for key, value in parameters.items() if key in asked}
        cursor = self._con.cursor()
        try:
            return cursor.execute(sql, used).df()
        finally:
            cursor.close()

    def close(self) -> None:
        self._con.close()

    def _read_meta(self, path: Path) -> Meta:
        cursor = self._con.cursor()
        found = cursor.execute("select schema_version from meta").fetchall()
        if not found or found[0][0] > SCHEMA_VERSION:
            raise MartFromFuture(
                f"{path.name} was made by a newer Kibitz than this dashboard; update it and start it again."
            )
        # by name: an older mart lacks what a newer ETL says about itself
        cursor.execute("select * from meta")
        names = [column[0] for column in cursor.description or ()]
        row = dict(zip(names, cursor.fetchall()[0], strict=True))
        tables = cursor.execute("select table_name from duckdb_tables()").fetchall()
        self.tables = frozenset(str(name) for (name,) in tables)
        cursor.close()
        return Meta(**{name: row[name] for name in Meta.__dataclass_fields__ if row.get(name) is not None})


class MartHolder:
    """Follows the pointer of one data directory."""

    def __init__(self, warehouse_dir: Path) -> None:
        self._dir = warehouse_dir
        self._lock = threading.Lock()
        self._open: tuple[str, int, Mart] | None = None

    def current(self) -> tuple[Pointer, Mart]:
        """The pointer and the mart it names. Raises `NoMart` or `MartFromFuture`."""
        try:
            return self._follow()
        except FileNotFoundError:
            # the mart was replaced, and dropped, between reading the pointer and opening it
            try:
                return self._follow()
            except FileNotFoundError as error:
                raise NoMart(f"The mart that the ETL names is not there: {error.filename}.") from error

    def _follow(self) -> tuple[Pointer, Mart]:
        pointer = read_pointer(self._dir)
        if pointer.mart is None:
            raise NoMart(pointer.message or "The ETL has not published anything yet.")
        path = self._dir / Path(pointer.mart).name
        inode = path.stat().st_ino
        with self._lock:
            if self._open is not None and self._open[:2] == (path.name, inode):
                return pointer, self._open[2]
            if self._open is not None and self._open[0] == path.name:
                self._open[2].close()  # another file under the same name: the data directory was replaced
            try:
                mart = Mart(path)
            except duckdb.Error as error:
                raise NoMart(f"The mart {path.name} cannot be opened: {error}.") from error
            self._open = (path.name, inode, mart)
            return pointer, mart


@cache
def queries_of(folder: str) -> tuple[str, ...]:
    """The names of the queries of a page."""
    found = (files("kibitz_dashboard") / "queries" / folder).iterdir()
    return tuple(f"{folder}/{file.name.removesuffix('.sql')}" for file in found if file.name.endswith(".sql"))


@cache
def tables_of(name: str) -> frozenset[str]:
    """The tables that a query reads."""
    bare = re.sub(r"--[^\n]*", "", query_text(name))
    return frozenset(_READS.findall(bare)) - frozenset(_CTE.findall(bare))


@cache
def parameters_of(name: str) -> tuple[str, ...]:
    """The parameters that a query takes."""
    return tuple(sorted(set(re.findall(r"\$([a-z_]+)\b", query_text(name)))))


@cache
def query_text(name: str) -> str:
    """A query may stand on another one: its first line is `-- on TABLE: folder/name` then, and TABLE in it is
    what that one gives. So several figures of the same rows cannot come to mean different rows."""
    text = (files("kibitz_dashboard") / "queries" / f"{name}.sql").read_text("utf-8")
    on = _ON.match(text)
    if on is None:
        return text
    rest = text[on.end() :]
    after = f",\n\n{rest.removeprefix('with ')}" if rest.startswith("with ") else f"\n{rest}"
    return f"with {on[1]} as (\n{query_text(on[2])}){after}"
