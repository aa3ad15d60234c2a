"""The tables of a report as files to take along: CSV, Parquet, one workbook."""

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
_SHEET_NAME_MAX = 31


def to_csv(table: pa.Table) -> bytes:
    """UTF-8 with a byte order mark (Excel asks for it), ISO 8601 times, and no cell that is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_safe(name) for name in table.column_names])
    for row in table.to_pylist():
        writer.writerow([_cell(value) for value in row.values()])
    return ("\ufeff" + out.getvalue()).encode()


def to_parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def to_xlsx(tables: Mapping[str, pa.Table], made_at: datetime) -> bytes:
    """A sheet for each table. What begins like a formula is written as text; `made_at` is in the file."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"})
    book.set_properties({"created": made_at, "author": "Kibitz"})
    head = book.add_format({"bold": True, "bottom": 1})
    for name, table in tables.items():
        sheet = book.add_worksheet(name[:_SHEET_NAME_MAX])
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(table.column_names):
            sheet.write_string(0, column, title, head)
            sheet.set_column(column, column, min(40, max(10, len(title) + 2)))
        for row, values in enumerate(table.to_pylist(), 1):
            for column, value in enumerate(values.values()):
                _write(sheet, row, column, value)
    book.close()
    return out.getvalue()


def _write(sheet: "xlsxwriter.worksheet.Worksheet", row: int, column: int, value: object) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value)
    elif isinstance(value, (date, datetime)):
        sheet.write_datetime(row, column, value)
    elif value is not None:
        sheet.write_string(row, column, str(value))


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    return _safe(value) if isinstance(value, str) else value


def _safe(text: str) -> str:
    """A leading apostrophe makes a spreadsheet take the cell for text."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
