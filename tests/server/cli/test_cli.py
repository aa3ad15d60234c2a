"""The command as a process: what it prints, and how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kibitz.cli import UsageError
from kibitz.cli.up import up
from kibitz.config import TABLE, Settings
from support.processes import environment, free_port

ENV = environment()


def kibitz(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kibitz", *arguments],
        env=ENV | env,
        capture_output=True,
        text=True,
        timeout=30,
        stdin=subprocess.DEVNULL,
        cwd="/",
    )


def get(url: str, **headers: str) -> Any:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as answer:
        return json.load(answer)


def post(url: str, body: object, **headers: str) -> Any:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json", **headers}
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def wait_until_ready(port: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            get(f"http://127.0.0.1:{port}/readyz")
        except (OSError, urllib.error.URLError):
            assert process.poll() is None, "the server ended"
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the server did not get ready")


@contextmanager
def serving(data: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "kibitz", "serve", "--data", str(data), "--port", str(port)],
        env=ENV,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        wait_until_ready(port, process)
        yield process
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.communicate()


def test_help_is_quick_and_lists_the_commands() -> None:
    done = kibitz("--help")
    assert done.returncode == 0
    for command in ("up", "serve", "etl", "dashboard", "bots", "check", "replay", "admin", "version"):
        assert f"\n  {command} " in done.stdout
    program = [sys.executable, "-X", "importtime", "-m", "kibitz", "--help"]
    loaded = subprocess.run(program, env=ENV, capture_output=True, text=True).stderr
    for heavy in ("aiohttp", "asyncio", "apsw", "msgspec", "argparse"):
        assert f" {heavy}\n" not in loaded


@pytest.mark.parametrize("command", ["up", "serve", "etl", "dashboard", "bots", "check", "replay", "admin"])
def test_every_command_explains_itself(command: str) -> None:
    done = kibitz(command, "--help")
    assert done.returncode == 0, done.stderr
    assert f"usage: kibitz {command}" in done.stdout


def test_up_without_the_analytics_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kibitz.cli.up.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"packages are not installed: run scripts/setup, or pip install"):
        up(Settings(data=tmp_path))


def test_version() -> None:
    assert kibitz("version").stdout == "0.1.0\n"


def test_serve_lists_every_setting() -> None:
    text = kibitz("serve", "--help").stdout
    for row in TABLE:
        assert f"  {row.flag} " in text, row.flag


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["dance"], "there is no command 'dance'; `kibitz --help` lists them."),
        (["serve", "--port", "many"], "--port must be a whole number from 0 to 65535, not 'many'."),
        (["serve", "--config", "/none.toml"], "The settings file /none.toml cannot be read"),
        (["serve", "--data", "/proc/kibitz"], "The data directory /proc/kibitz cannot be written"),
        (["up", "--data", "/proc/kibitz"], "The data directory /proc/kibitz cannot be written"),
        (["up", "--port", "0"], "needs a fixed --port"),
        (["admin", "create", "Root!", "--data", "/proc/kibitz"], "/proc/kibitz"),
    ],
)
def test_what_is_to_be_put_right_is_one_sentence(arguments: list[str], said: str) -> None:
    done = kibitz(*arguments)
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("kibitz: ")
    assert said in line


def test_an_unknown_variable_is_noticed(tmp_path: Path) -> None:
    done = kibitz("serve", "--port", "x", KIBITZ_PROT="1")
    assert "KIBITZ_PROT is no setting of Kibitz and is ignored" in done.stderr


@pytest.mark.parametrize("command", ["serve", "up"])
def test_a_taken_port_and_a_taken_directory(tmp_path: Path, command: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = kibitz(command, "--data", str(tmp_path), "--port", port)
    assert done.returncode == 2
    assert f"kibitz: Port {port} is in use; choose another with --port.\n" in done.stderr
    with serving(tmp_path, free_port()) as server:
        done = kibitz(command, "--data", str(tmp_path), "--port", str(free_port()))
        assert done.returncode == 2
        assert f"Another server (pid {server.pid}) uses the data directory" in done.stderr


def test_an_admin_is_made_and_logs_in(tmp_path: Path) -> None:
    def create(password: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "kibitz", "admin", "create", "root", "--data", str(tmp_path)],
            env=ENV,
            input=password + "\n",
            capture_output=True,
            text=True,
        )

    short = create("short")
    assert short.returncode == 2
    assert len(short.stderr.splitlines()) == 1
    made = create("correct horse battery staple")
    assert (made.returncode, made.stdout) == (0, "root can log in to the dashboard now.\n")
    assert create("correct horse battery staple").returncode == 2
    port = free_port()
    with serving(tmp_path, port):
        login = {"name": "root", "password": "correct horse battery staple"}
        session = post(f"http://127.0.0.1:{port}/api/admin/session", login)
        assert session["name"] == "root"
        live = get(f"http://127.0.0.1:{port}/api/admin/rooms", Authorization=f"Bearer {session['token']}")
        assert live["rooms"] == []


def test_sigterm_ends_it_with_0_and_sigkill_loses_nothing(tmp_path: Path) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with serving(tmp_path, port) as server:
        token = post(f"{base}/api/session", {"name": "Ada", "client": "api"})["token"]
        headers = {"Authorization": f"Bearer {token}"}
        room = post(f"{base}/api/rooms", {"game": "connect-four"}, **headers)
        before = get(f"{base}/api/rooms/{room['room_id']}")
        server.send_signal(signal.SIGKILL)
        server.wait()
    with serving(tmp_path, port) as server:
        assert get(f"{base}/api/rooms/{room['room_id']}") == before
        assert get(f"{base}/api/players/me", **headers)["name"] == "Ada"
        began = time.monotonic()
        server.send_signal(signal.SIGTERM)
        assert server.wait(10) == 0
        assert time.monotonic() - began < 3
        assert server.stderr is not None
        logged = [json.loads(line) for line in server.stderr.read().splitlines()]
    assert [line["message"] for line in logged] == ["rooms recovered", "started", "draining", "stopped"]


def test_the_server_ends_with_its_supervisor(tmp_path: Path) -> None:
    port = free_port()
    read_end, write_end = os.pipe()
    command = [sys.executable, "-m", "kibitz", "serve", "--data", str(tmp_path), "--port", str(port)]
    with subprocess.Popen(
        command,
        env=ENV | {"KIBITZ_PARENT_FD": str(read_end)},
        pass_fds=(read_end,),
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        os.close(read_end)
        wait_until_ready(port, server)
        os.close(write_end)
        assert server.wait(10) == 0
