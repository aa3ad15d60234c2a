"""CSV that a spreadsheet opens without running anything in it."""

import csv
import io

import pandas as pd
import pytest

from kibitz_dashboard.core.export import to_csv


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")']
)
def test_formulas_are_text(cell: str) -> None:
    content = to_csv(pd.DataFrame({"a": [cell], cell: [1]})).decode("utf-8-sig")
    header, row = list(csv.reader(io.StringIO(content, newline="")))
    assert (header[1], row[0]) == (f"'{cell}", f"'{cell}")


def test_numbers_times_and_nothing() -> None:
    frame = pd.DataFrame(
        {
            "n": [-3, 4],
            "at": pd.to_datetime(["2026-11-23 12:00:00", None]),
            "who": ['Ünal, "A"', None],
            "x": [1.5, None],
        }
    )
    assert to_csv(frame).decode("utf-8-sig").splitlines() == [
        "n,at,who,x",
        '-3,2026-11-23T12:00:00Z,"Ünal, ""A""",1.5',
        "4,,,",
    ]
    assert to_csv(frame).startswith(b"\xef\xbb\xbf")
    assert to_csv(frame) == to_csv(frame)
