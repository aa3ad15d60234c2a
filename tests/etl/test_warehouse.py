"""The warehouse: no keys, no indexes, no row-by-row inserts, and nothing outside its folder."""

from pathlib import Path

import kibitz_etl
from kibitz_etl.tick import Pipeline

PACKAGE = Path(kibitz_etl.__file__).parent


def test_no_table_has_a_key_or_an_index(pipeline: Pipeline) -> None:
    assert pipeline.loader.rows("select * from duckdb_indexes()") == []
    kinds = "('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')"
    assert pipeline.loader.rows(f"select * from duckdb_constraints() where constraint_type in {kinds}") == []


def test_nothing_inserts_row_by_row() -> None:
    """134 times slower than a batch."""
    texts = {file: file.read_text("utf-8") for file in PACKAGE.rglob("*.py")}
    assert [file for file, text in texts.items() if "executemany" in text] == []
