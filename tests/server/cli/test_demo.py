"""`kibitz demo` from its command line: where it makes a history, and where it refuses to."""

from pathlib import Path

import pytest

from kibitz import cli
from kibitz.app.datadir import DataDir

SMALL = ["--months", "1", "--players", "20", "--events", "500", "--until", "2026-11-20T12:00"]


def run(data: Path, *more: str) -> int:
    return cli.main(["demo", "--data", str(data), *SMALL, *more], {})


def test_an_empty_directory_is_filled_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "new"
    left_by_a_kill = data / ".demo-partial" / "journal.sqlite"
    left_by_a_kill.parent.mkdir(parents=True)
    left_by_a_kill.write_bytes(b"half")
    assert run(data) == 0
    assert f"kibitz up --data {data} --telemetry-days 60" in capsys.readouterr().out
    assert sorted(path.name for path in data.iterdir()) == [
        "DEMO",
        "accounts.sqlite",
        "journal.sqlite",
        "kibitz.lock",
        "telemetry.sqlite",
    ]
    before = (data / "journal.sqlite").read_bytes()
    assert run(data) == 2
    assert "has a journal.sqlite already" in capsys.readouterr().err
    assert (data / "journal.sqlite").read_bytes() == before


def test_a_server_has_it_open(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    holder = DataDir(tmp_path)
    try:
        assert run(tmp_path) == 2
    finally:
        holder.release()
    assert "Another server" in capsys.readouterr().err
    assert not (tmp_path / "DEMO").exists()


@pytest.mark.parametrize("bad", [["--months", "0"], ["--until", "soon"], ["--players", "-1"]])
def test_sizes_that_are_none(tmp_path: Path, bad: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(tmp_path, *bad)
    assert ended.value.code == 2
    assert not list(tmp_path.iterdir())
