"""Tables as files: no cell runs, every value is what it was."""

import io
import zipfile
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kibitz_etl.reports.files import to_csv, to_parquet, to_xlsx
from support.analytics_journal import naive

TABLE = pa.table(
    {
        "name": ["=1+1", "Ada", None, 'say "x", then y'],
        "n": [1, -2, None, 3],
        "day": [date(2026, 11, 22)] * 4,
        "at": [naive("2026-11-22 09:30:00")] * 4,
    }
)


def test_csv() -> None:
    assert to_csv(TABLE).decode("utf-8-sig").splitlines() == [
        "name,n,day,at",
        "'=1+1,1,2026-11-22,2026-11-22T09:30:00Z",
        "Ada,-2,2026-11-22,2026-11-22T09:30:00Z",
        ",,2026-11-22,2026-11-22T09:30:00Z",
        '"say ""x"", then y",3,2026-11-22,2026-11-22T09:30:00Z',
    ]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "\0"])
def test_no_cell_is_a_formula(begin: str) -> None:
    text = to_csv(pa.table({"a": [f"{begin}cmd"]})).decode("utf-8-sig")
    assert text.splitlines()[1].lstrip('"').startswith("'")
    book = to_xlsx({"t": pa.table({"a": [f"{begin}cmd"]})}, naive("2026-01-01 00:00:00"))
    sheet = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet


def test_parquet_keeps_types() -> None:
    assert pq.read_table(io.BytesIO(to_parquet(TABLE))).equals(TABLE)


def test_the_same_tables_give_the_same_bytes() -> None:
    tables = {"one": TABLE, "a name that is longer than a sheet may have": TABLE}
    when = naive("2026-11-22 00:00:00")
    assert to_xlsx(tables, when) == to_xlsx(tables, when)
    assert to_csv(TABLE) == to_csv(TABLE)
