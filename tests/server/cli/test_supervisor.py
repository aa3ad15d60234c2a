"""Children start, are restarted, give up, and end together; run with real processes."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from kibitz.cli.supervisor import ChildSpec, Supervisor

SERVER = Path(__file__).parents[3] / "server"


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of small modules that the children run."""
    texts = {
        "steady": """
            import os, sys, time
            open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
            print("up", flush=True)
            time.sleep(60)
        """,
        "stubborn": """
            import os, signal, subprocess, sys, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
            open(sys.argv[1], "a").write(f"{os.getpid()}\\n{child.pid}\\n")
            time.sleep(60)
        """,
        "crasher": """
            import sys
            open(sys.argv[1], "a").write("run\\n")
            sys.exit("no luck")
        """,
        "complains": """
            import sys
            print("Port 1 is in use.", file=sys.stderr)
            sys.exit(2)
        """,
        "teller": """
            import os, sys
            open(sys.argv[1], "a").write(os.environ["PASSWORD"])
            sys.exit(2)
        """,
        "watcher": """
            import os, sys
            open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
            os.read(int(os.environ["KIBITZ_PARENT_FD"]), 1)
        """,
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(text))
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{SERVER}")
    return tmp_path


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def until(true: object, limit_s: float = 10.0) -> None:
    assert callable(true)
    async with asyncio.timeout(limit_s):
        while not true():  # noqa: ASYNC110  # what is waited for happens in another process
            await asyncio.sleep(0.01)


def pids(path: Path, count: int) -> list[int]:
    return [int(line) for line in path.read_text().split()] if lines(path) >= count else []


def lines(path: Path) -> int:
    return len(path.read_text().split()) if path.exists() else 0


async def test_stop_ends_every_child(modules: Path) -> None:
    log = modules / "pids"
    supervisor = Supervisor([ChildSpec("a", "steady", [str(log)]), ChildSpec("b", "steady", [str(log)])])
    running = asyncio.create_task(supervisor.run())
    await until(lambda: lines(log) == 2)
    supervisor.stop()
    assert await running == 0
    assert not any(alive(pid) for pid in pids(log, 2))


async def test_a_second_stop_does_not_wait_and_leaves_no_grandchild(modules: Path) -> None:
    log = modules / "pids"
    supervisor = Supervisor([ChildSpec("a", "stubborn", [str(log)])])
    running = asyncio.create_task(supervisor.run())
    await until(lambda: lines(log) == 2)
    began = time.monotonic()
    supervisor.stop()
    supervisor.stop()
    assert await running == 0
    assert time.monotonic() - began < 3
    await until(lambda: not any(alive(pid) for pid in pids(log, 2)))


async def test_a_child_that_keeps_crashing_ends_all_and_shows_its_last_lines(modules: Path) -> None:
    log = modules / "runs"
    said: list[str] = []
    supervisor = Supervisor(
        [ChildSpec("bad", "crasher", [str(log)]), ChildSpec("good", "steady", [str(modules / "pids")])],
        say=said.append,
        backoff_s=lambda crashes: 0.0,
    )
    assert await supervisor.run() == 1
    assert lines(log) == 5
    assert "starting it again" in said[0]
    assert said[-1] == "bad ended 5 times in a row; giving up. Its last lines:" + "\n  no luck" * 5


async def test_exit_code_2_is_not_retried(modules: Path) -> None:
    assert await Supervisor([ChildSpec("a", "complains", [])]).run() == 2


async def test_a_child_has_its_variables(modules: Path) -> None:
    told = modules / "told"
    await Supervisor([ChildSpec("a", "teller", [str(told)], variables={"PASSWORD": "hunter2"})]).run()
    assert told.read_text() == "hunter2"


async def test_a_greeting_is_said_when_the_child_answers(modules: Path) -> None:
    answers = asyncio.Event()
    said: list[str] = []

    async def answering() -> None:
        await answers.wait()

    spec = ChildSpec("a", "steady", [str(modules / "pids")], answering, "Play: here")
    supervisor = Supervisor([spec], say=said.append)
    running = asyncio.create_task(supervisor.run())
    await until(lambda: lines(modules / "pids") == 1)
    assert said == []
    answers.set()
    await until(lambda: said == ["Play: here"])
    supervisor.stop()
    await running


def test_children_notice_that_their_supervisor_was_killed(modules: Path) -> None:
    log = modules / "pids"
    program = (
        "import asyncio\nfrom kibitz.cli.supervisor import *\n"
        f"asyncio.run(Supervisor([ChildSpec('a', 'watcher', [{str(log)!r}])]).run())"
    )
    with subprocess.Popen([sys.executable, "-c", program]) as supervisor:
        deadline = time.monotonic() + 10
        while lines(log) < 1 and time.monotonic() < deadline:
            time.sleep(0.01)
        (child,) = pids(log, 1)
        assert alive(child)
        supervisor.send_signal(signal.SIGKILL)
        supervisor.wait()
        while alive(child) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not alive(child)
