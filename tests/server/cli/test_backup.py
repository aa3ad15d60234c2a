"""`kibitz backup` and `kibitz restore` from their command lines."""

from pathlib import Path

import pytest

from kibitz import cli
from kibitz.app.datadir import DataDir

DEMO = ["--months", "1", "--players", "10", "--events", "300", "--until", "2026-11-20T12:00"]


def run(command: str, *arguments: str) -> int:
    return cli.main([command, *arguments], {})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    assert run("demo", "--data", str(tmp_path / "data"), *DEMO) == 0
    return tmp_path / "data"


def test_there_and_back_beside_a_server_and_without_one(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = DataDir(data)
    try:
        assert run("backup", "--data", str(data)) == 0
        (backup,) = (data / "backups").iterdir()
        assert "verified" in capsys.readouterr().out
        assert run("restore", str(backup), "--data", str(data), "--replace") == 2
        assert "Another server" in capsys.readouterr().err
    finally:
        server.release()
    assert run("restore", str(backup), "--data", str(tmp_path / "new")) == 0
    assert "begin a new epoch" in capsys.readouterr().out
    assert run("restore", str(backup), "--data", str(tmp_path / "new")) == 2
    assert "--replace" in capsys.readouterr().err


def test_old_backups_are_deleted_where_asked(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = data / "backups" / "20200101-000000Z"
    assert run("backup", "--data", str(data), str(old)) == 0
    assert run("backup", "--data", str(data), "--keep", "1") == 0
    assert f"{old} was deleted" in capsys.readouterr().out
    assert not old.exists()
    assert run("backup", "--data", str(data), "--keep", "1", str(tmp_path / "mine")) == 2
    assert not (tmp_path / "mine").exists()


def test_nothing_to_restore(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("restore", "--data", str(data)) == 2
    assert "name the backup" in capsys.readouterr().err
    assert run("restore", str(tmp_path), "--data", str(data), "--replace") == 2
    assert "is no backup" in capsys.readouterr().err
    assert run("backup", "--data", str(tmp_path / "nothing")) == 2
    assert "there is no journal" in capsys.readouterr().err
