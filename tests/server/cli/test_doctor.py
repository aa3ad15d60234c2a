"""`kibitz doctor` from its command line: a page for people, a document for programs."""

import json
from pathlib import Path

import pytest

from kibitz import cli
from kibitz.journal.schema import migrations
from kibitz.sqlite_file import prepare


def run(data: Path, *more: str) -> int:
    return cli.main(["doctor", "--data", str(data), *more], {})


def test_a_page_and_a_document_of_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.chmod(0o755)
    prepare(tmp_path / "journal.sqlite", migrations)
    code = run(tmp_path)
    page = capsys.readouterr().out
    assert f"-> chmod 700 {tmp_path}" in page
    assert run(tmp_path, "--json") == code
    document = json.loads(capsys.readouterr().out)
    assert document["format"] == "kibitz-doctor/1"
    assert document["exit_code"] == code == 3
    assert {each["level"] for each in document["findings"]} <= {"ok", "notice", "warning"}
    assert all(each["told"] in page for each in document["findings"])


def test_a_directory_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "nowhere") == 2
    assert "there is no data directory" in capsys.readouterr().err
