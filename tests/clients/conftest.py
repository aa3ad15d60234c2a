"""Official clients, unchanged, against the echo server; JavaScript ones come from npm, pinned."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.echo_process import SLOW, EchoProcess

_HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def echo() -> Iterator[EchoProcess]:
    server = EchoProcess(SLOW)
    server.start()
    yield server
    assert server.is_running(), "some client ended the server"
    server.stop()


@pytest.fixture
def own_echo() -> Iterator[EchoProcess]:
    """A server that the test may kill."""
    server = EchoProcess(SLOW)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def node() -> str:
    """The command `node`, with the packages of package-lock.json installed beside this file.

    Where there is no node or no registry the tests are skipped, with the reason; under CI they fail.
    """
    found, npm = shutil.which("node"), shutil.which("npm")
    if found is None or npm is None:
        return _unavailable("node and npm are not installed")
    with (_HERE / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several workers start at once
        installed = _HERE / "node_modules" / ".package-lock.json"
        if installed.exists() and installed.stat().st_mtime >= (_HERE / "package-lock.json").stat().st_mtime:
            return found
        done = subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=_HERE,
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )
        if done.returncode != 0:
            return _unavailable(f"npm ci failed: {done.stderr.strip()[-300:]}")
        installed.touch()
    return found


def _unavailable(reason: str) -> str:
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, and CI must run the official clients")
    pytest.skip(reason)
