"""`kibitz prune` from its command line: it tells first, and does only when asked to."""

from pathlib import Path

import pytest

from kibitz import cli
from kibitz.app.datadir import DataDir
from kibitz.operating.locks import etl_kept_out
from kibitz_etl.archive.keeping import Keeper
from support.archived_demo import UNTIL, copy_of


def run(data: Path, *more: str) -> int:
    return cli.main(["prune", "--data", str(data), "--older-than-days", "1", *more], {})


def test_it_tells_first_and_does_it_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = copy_of(tmp_path / "data")
    assert run(data) == 2
    assert "there is no archive" in capsys.readouterr().err
    Keeper(data / "journal.sqlite", data / "archive", lambda: UNTIL).keep(budget_s=600)
    size = (data / "journal.sqlite").stat().st_size
    assert run(data) == 0
    assert "can go" in capsys.readouterr().out
    assert (data / "journal.sqlite").stat().st_size == size
    server = DataDir(data)
    assert run(data, "--yes") == 2
    server.release()
    with etl_kept_out(data):
        assert run(data, "--yes") == 2
    assert "stop it first" in capsys.readouterr().err
    assert run(data, "--yes", "--vacuum") == 0
    assert "gone from the journal" in capsys.readouterr().out
    assert (data / "journal.sqlite").stat().st_size < size / 2
