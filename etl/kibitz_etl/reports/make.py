"""Making one report: into a folder of its own that appears whole, with a manifest of what is in it."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
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
    pointer = read_pointer(paths.pointer)
    if pointer is None or pointer.mart is None:
        raise NoMart("There is no mart yet: run `kibitz etl --once`, then ask for the report again.")
    mart = duckdb.connect(str(paths.warehouse_dir / pointer.mart), read_only=True)
    try:
        inputs = read_inputs(mart, kind.names, period)
    finally:
        mart.close()
    return _write(paths, kind, period, inputs, dashboard)


def make_again(paths: Paths, kind: Kind, period: Period, *, dashboard: str) -> Manifest:
    """From the inputs that are kept with it. Raises `FileNotFoundError` where there are none."""
    return _write(paths, kind, period, kept_inputs(kind.names, folder_of(paths, kind, period)), dashboard)


def _write(paths: Paths, kind: Kind, period: Period, inputs: Inputs, dashboard: str) -> Manifest:
    target = folder_of(paths, kind, period)
    draft = target.with_name(f".{target.name}.tmp")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
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
    shutil.rmtree(old, ignore_errors=True)
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
            shutil.rmtree(folder_of(paths, kind, period), ignore_errors=True)
