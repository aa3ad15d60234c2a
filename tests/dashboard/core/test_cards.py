"""Tables read as tables: words for names, groups for thousands, days without hours."""

import io

import pandas as pd
import pytest

from kibitz_dashboard.core.cards import _formats
from kibitz_dashboard.core.export import to_csv, to_parquet

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x")',
    "\n=1",
]


def test_names_and_formats() -> None:
    found = _formats(
        pd.DataFrame(
            {
                "n_rooms_created": [1],
                "day_at": pd.to_datetime(["2026-11-23"]),
                "seen_at": pd.to_datetime(["2026-11-23 10:00:01"]),
                "is_bot": [True],
                "game": ["dice"],
            }
        )
    )
    assert found["n_rooms_created"]["label"] == "Rooms created"
    assert found["day_at"]["type_config"]["format"] == "YYYY-MM-DD"
    assert found["seen_at"]["type_config"]["format"] == "YYYY-MM-DD HH:mm:ss"
    assert found["is_bot"]["type_config"]["type"] == "checkbox"
    assert found["game"] == "Game"


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_and_no_header_is_a_formula(cell: str) -> None:
    text = to_csv(pd.DataFrame({cell: [cell]})).decode("utf-8-sig")
    assert not text.lstrip('"').startswith(tuple("=+-@\t\r\n＝＋－＠"))


def test_parquet_keeps_types_and_is_the_same_again() -> None:
    rows = pd.DataFrame({"n": [1, 2], "at": pd.to_datetime(["2026-11-23", None]), "who": ["=1", None]})
    assert to_parquet(rows) == to_parquet(rows)
    assert pd.read_parquet(io.BytesIO(to_parquet(rows)))["who"].tolist()[0] == "=1"
