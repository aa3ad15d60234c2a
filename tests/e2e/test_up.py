"""`kibitz up` as a person uses it: one command, three addresses, Ctrl-C, and nothing left behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.processes import ServerProcess, environment, free_port

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]

UP_MAX_S = 40.0
SECOND_UP_MAX_S = 20.0
END_MAX_S = 10.0


class Up:
    """One `kibitz up` in a process group of its own, and every process that came of it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port, self.dashboard_port = free_port(), free_port()
        self.log = data.parent / f"{data.name}-up.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *flags: str) -> None:
        command = [sys.executable, "-m", "kibitz", "up", "--data", str(self.data)]
        command += ["--port", str(self.port), "--dashboard-port", str(self.dashboard_port), *flags]
        self.log.write_bytes(b"")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.data.parent,
                env=environment(),
                start_new_session=True,
            )

    def wait_up(self, timeout_s: float) -> float:
        """Seconds until both addresses were printed."""
        began = time.monotonic()
        while time.monotonic() - began < timeout_s:
            if "Dashboard: " in self.text() and "Play: " in self.text():
                return time.monotonic() - began
            assert self.process is not None
            assert self.process.poll() is None, self.text()
            time.sleep(0.02)
        raise AssertionError(f"not up in {timeout_s} s:\n{self.text()}")

    def text(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def processes(self) -> set[int]:
        """Every process that works on this data directory."""
        mine = set()
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(self.data).encode() in command and int(entry.name) != os.getpid():
                mine.add(int(entry.name))
        return mine

    def wait_gone(self) -> None:
        until = time.monotonic() + END_MAX_S
        while (left := self.processes()) and time.monotonic() < until:
            time.sleep(0.05)
        assert not left, f"still there: {left}\n{self.text()}"

    def kill(self) -> None:
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if self.process is not None:
            self.process.wait()


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    up = Up(tmp_path / "data")
    yield up
    up.kill()


def _get(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return int(answer.status)


def test_one_command_brings_all_up_ctrl_c_ends_all_and_the_second_start_works_at_once(
    up: Up, capsys: pytest.CaptureFixture[str]
):
    up.start()
    first_s = up.wait_up(UP_MAX_S)
    assert re.search(rf"Play: +http://127\.0\.0\.1:{up.port}", up.text())
    found = re.search(rf"Dashboard: +(http://127\.0\.0\.1:{up.dashboard_port}\S+)", up.text())
    assert found is not None, up.text()
    assert _get(f"http://127.0.0.1:{up.port}/readyz") == 200
    assert len(up.processes()) >= 4
    assert up.process is not None
    os.killpg(up.process.pid, signal.SIGINT)
    assert up.process.wait(END_MAX_S) in (0, 130)
    up.wait_gone()
    assert "Traceback" not in up.text()
    up.start()
    second_s = up.wait_up(SECOND_UP_MAX_S)
    with capsys.disabled():
        print(f"\nkibitz up: first start {first_s:.1f} s, second start {second_s:.1f} s")
    assert up.process is not None
    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(END_MAX_S) in (0, 143)
    up.wait_gone()


def test_the_printed_link_opens_the_dashboard_once(up: Up):
    up.start()
    up.wait_up(UP_MAX_S)
    found = re.search(r"Dashboard: +(\S+)", up.text())
    assert found is not None
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with opener.open(found.group(1), timeout=20) as answer:
        assert "/login" not in answer.geturl()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(found.group(1), timeout=20)
    assert refused.value.code == 403
    assert b"used or is too old" in refused.value.read()
    refused.value.close()


def test_nothing_stays_when_the_supervisor_is_killed(up: Up):
    up.start()
    up.wait_up(UP_MAX_S)
    assert up.process is not None
    up.process.kill()
    up.process.wait()
    up.wait_gone()
    up.start()
    up.wait_up(SECOND_UP_MAX_S)


# ---------------------------------------------------------------- one sentence each


def _says(*arguments: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    """What a start that cannot work says; it must end by itself, not with 0, and in one sentence."""
    done = subprocess.run(
        [sys.executable, "-m", "kibitz", *arguments],
        cwd=cwd,
        env=environment(**(env or {})),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr
    # Beside it only the log's own lines, which are JSON here.
    said = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert len(said) == 1, done.stderr
    return said[0]


@pytest.mark.parametrize("command", ["up", "serve"])
def test_a_port_in_use(tmp_path: Path, command: str):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = _says(command, "--data", str(tmp_path / "data"), "--port", port, cwd=tmp_path)
    assert port in said


@pytest.mark.parametrize("command", ["up", "serve"])
def test_a_data_directory_that_cannot_be_written(tmp_path: Path, command: str):
    blocked = tmp_path / "file"
    blocked.write_text("not a directory")
    said = _says(command, "--data", str(blocked / "data"), "--port", str(free_port()), cwd=tmp_path)
    assert str(blocked) in said


def test_a_second_server_on_the_same_data(tmp_path: Path):
    with ServerProcess(tmp_path / "data") as first:
        first.start()
        first.wait_ready()
        for command in ("serve", "up"):
            said = _says(command, "--data", str(first.data), "--port", str(free_port()), cwd=tmp_path)
            assert "data" in said
        assert first.status("/readyz") == 200
        assert first.stop() == 0
