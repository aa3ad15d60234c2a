"""Reports in each of its states."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

Open, Words = Callable[..., AppTest], Callable[[AppTest], str]
PAGE = "pages/reports.py"


@pytest.fixture
def report(data: Path) -> Path:
    folder = data / "reports" / "weekly" / "2026-W46"
    folder.mkdir(parents=True)
    content = b"<!doctype html><script>parent.stolen = 1</script>"
    (folder / "report.html").write_bytes(content)
    told = {
        "id": "weekly/2026-W46",
        "title": "Trends of the week",
        "period": "2026-W46",
        "files": [{"name": "report.html", "bytes": len(content), "sha256": sha256(content).hexdigest()}],
        "sql": {"dau": "select 1"},
    }
    (folder / "manifest.json").write_text(json.dumps(told), "utf-8")
    return folder


def test_normal(open_page: Open, words_of: Words, report: Path) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert app.dataframe[0].value["State"].tolist() == ["✓ whole"]
    assert "Trends of the week" in words_of(app)
    assert app.code[0].value == "select 1"


def test_a_report_that_was_changed(open_page: Open, report: Path) -> None:
    (report / "report.html").write_bytes(b"shorter")
    app = open_page(PAGE)
    assert not app.exception
    assert "another size" in app.error[0].value
    assert app.dataframe[0].value["State"].tolist() == ["✗ not whole"]


@pytest.mark.parametrize("bad", ["../..", "/etc", "x" * 5000, "weekly/../weekly", "\x00"])
def test_nonsense_in_the_url(open_page: Open, report: Path, bad: str) -> None:
    app = open_page(PAGE, report=bad, of=bad)
    assert not app.exception


@pytest.mark.parametrize("data", ["nothing"], indirect=True)
def test_none_yet(open_page: Open, words_of: Words) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert "No report was made yet" in words_of(app)
