"""One server per data directory, and one sentence for whatever is wrong with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kibitz.app.datadir import DataDir, StartError


def test_a_second_server_is_told_who_holds_it(tmp_path: Path) -> None:
    held = DataDir(tmp_path)
    with pytest.raises(StartError) as caught:
        DataDir(tmp_path)
    assert str(caught.value) == (
        f"Another server (pid {os.getpid()}) uses the data directory {tmp_path}; stop it, or give this one "
        "another directory with --data."
    )
    held.release()
    DataDir(tmp_path).release()


def test_a_killed_server_leaves_no_lock(tmp_path: Path) -> None:
    program = (
        "import os, sys, pathlib; from kibitz.app.datadir import DataDir; "
        f"d = DataDir(pathlib.Path({str(tmp_path)!r})); os.kill(os.getpid(), 9)"
    )
    server = Path(__file__).parents[3] / "server"
    done = subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(server)})
    assert done.returncode == -9
    DataDir(tmp_path).release()


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        StartError, match=r"cannot be written \(Not a directory\); choose another with --data"
    ):
        DataDir(tmp_path / "file" / "data")


def test_the_directory_is_private(tmp_path: Path) -> None:
    DataDir(tmp_path / "new").release()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
