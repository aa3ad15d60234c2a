"""Tables to take along: CSV that a spreadsheet opens without running anything in it, and Parquet."""

import csv
import io
from collections.abc import Iterable

import pandas as pd

_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
"""The wide forms too: some spreadsheets take them for the narrow ones."""


def to_csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 with a byte order mark (Excel asks for it), ISO 8601 times, and no cell that is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_safe(name) for name in frame.columns)
    for row in frame.itertuples(index=False):
        writer.writerow(_cells(row))
    return ("\ufeff" + out.getvalue()).encode("utf-8")


def _cells(row: Iterable[object]) -> list[object]:
    return [_cell(value) for value in row]


def _cell(value: object) -> object:
    if value is None or value is pd.NaT or value != value:  # NaN is the one value unlike itself
        return ""
    if isinstance(value, pd.Timestamp):
        return value.isoformat() + ("Z" if value.tz is None else "")
    if isinstance(value, str):
        return _safe(value)
    return value


def _safe(text: str) -> str:
    """A leading apostrophe makes a spreadsheet take the cell for text."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def to_parquet(frame: pd.DataFrame) -> bytes:
    """The same rows with their types; the same rows give the same bytes."""
    out = io.BytesIO()
    frame.to_parquet(out, engine="pyarrow", compression="zstd", index=False)
    return out.getvalue()
