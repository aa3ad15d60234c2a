"""Making one report: into a folder of its own that appears whole, with a manifest of what is in it.

While it is made it lies in `.<period>.tmp`; what it takes the place of is `.<period>.old` for a moment.
Whoever makes one holds a lock and first clears what another was killed over.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, time
from pathlib import Path

import duckdb
import msgspec

from kibitz_etl.errors import EtlError
from kibitz_etl.paths import Paths
from kibitz_etl.pointer import read_pointer
from kibitz_etl.reports import files
from kibitz_etl.reports.content import Kind
from kibitz_etl.reports.inputs import Inputs, keep_inputs, kept_inputs, read_inputs
from kibitz_etl.reports.performance import PERFORMANCE
from kibitz_etl.reports.periods import KEPT, BadPeriod, Grain, Period, parse
from kibitz_etl.reports.render import to_html, to_pdf
from kibitz_etl.reports.trend import TREND

KINDS: Mapping[str, Kind] = {kind.id: kind for kind in (TREND, PERFORMANCE)}
MANIFEST = "manifest.json"


class NoMart(EtlError):
    """There is nothing to report from yet."""


class File(msgspec.Struct, frozen=True):
    name: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a report is and what it was made from. The dashboard reads it."""

    id: str
    title: str
    period: str
    zone: str
    mart_version: int
    watermark_seq: int
    files: list[File]
    sql: Mapping[str, str]


def folder_of(paths: Paths, kind: Kind, period: Period) -> Path:
    return paths.reports / kind.id / period.name


def make(paths: Paths, kind: Kind, period: Period, *, dashboard: str) -> Manifest:
    """From the newest mart; takes the place of what was made for the period before.

    Raises `NoMart`, `duckdb.Error` or `OSError`.
    """
    mart = open_mart(paths)
    try:
        inputs = read_inputs(mart, kind.names, period)
    finally:
        mart.close()
    with _sole_maker(paths, kind):
        return _write(paths, kind, period, inputs, dashboard)


def open_mart(paths: Paths) -> duckdb.DuckDBPyConnection:
    """The newest one, to read. Raises `NoMart` or `duckdb.Error`."""
    named = ""
    while True:
        pointer = read_pointer(paths.pointer)
        if pointer is None or pointer.mart is None:
            raise NoMart("There is no mart yet: run `kibitz etl --once`, then ask for the report again.")
        try:
            return duckdb.connect(str(paths.warehouse_dir / pointer.mart), read_only=True)
        except duckdb.IOException:
            # it was replaced and dropped in between, and the pointer names another one
            if pointer.mart == named:
                raise
            named = pointer.mart


def make_again(paths: Paths, kind: Kind, period: Period, *, dashboard: str) -> Manifest:
    """From the inputs that are kept with it. Raises `FileNotFoundError` where there are none."""
    with _sole_maker(paths, kind):
        inputs = kept_inputs(kind.names, folder_of(paths, kind, period))
        return _write(paths, kind, period, inputs, dashboard)


@contextmanager
def _sole_maker(paths: Paths, kind: Kind) -> Iterator[None]:
    """Wait until nobody else makes reports here: one made by hand would write into the schedule's draft."""
    root = paths.reports / kind.id
    root.mkdir(parents=True, exist_ok=True)
    handle = os.open(paths.reports / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for old in root.glob(".*.old"):
            target = root / old.name[1:].removesuffix(".old")
            if not target.exists():
                os.rename(old, target)
        for left in [path for end in ("tmp", "old", "gone") for path in root.glob(f".*.{end}")]:
            shutil.rmtree(left)
        yield
    finally:
        os.close(handle)


def _write(paths: Paths, kind: Kind, period: Period, inputs: Inputs, dashboard: str) -> Manifest:
    target = folder_of(paths, kind, period)
    draft = target.with_name(f".{target.name}.tmp")
    draft.mkdir()
    keep_inputs(inputs, draft)
    content = kind.build(inputs, period, dashboard)
    made = {"report.html": to_html(content), "report.pdf": to_pdf(content)}
    tables = {name: table for name, table in inputs.tables.items() if name != "quality"}
    for name, table in tables.items():
        made[f"{name}.csv"] = files.to_csv(table)
        made[f"{name}.parquet"] = files.to_parquet(table)
    made["report.xlsx"] = files.to_xlsx(tables, datetime.combine(period.last, time()))
    for name, data in made.items():
        (draft / name).write_bytes(data)
    quality = inputs.one("quality")
    manifest = Manifest(
        kind.id,
        f"{kind.title}, {period.words}",
        period.name,
        "UTC",
        int(str(quality["mart_version"])),
        int(str(quality["watermark_seq"])),
        [File(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in made.items()],
        inputs.sql,
    )
    (draft / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    old = target.with_name(f".{target.name}.old")
    if target.exists():
        os.rename(target, old)
    os.rename(draft, target)
    shutil.rmtree(old, ignore_errors=True)
    return manifest


def drop_old(paths: Paths, kind: Kind) -> None:
    """Delete what is older than the newest `periods.KEPT` of each grain."""
    by_grain: dict[Grain, list[Period]] = {}
    for folder in (paths.reports / kind.id).glob("[0-9]*"):
        with suppress(BadPeriod):
            period = parse(folder.name)
            by_grain.setdefault(period.grain, []).append(period)
    for grain, periods in by_grain.items():
        for period in sorted(periods, reverse=True)[KEPT[grain] :]:
            folder = folder_of(paths, kind, period)
            gone = folder.with_name(f".{folder.name}.gone")  # half a report is never listed
            with suppress(OSError):
                os.rename(folder, gone)
                shutil.rmtree(gone)
