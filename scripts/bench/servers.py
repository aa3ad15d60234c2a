"""The servers under test: how each is started, and which version it is."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import cores

ROOT = Path(__file__).parents[2]
PEERS = Path(__file__).parent / "peers"
HEARTBEAT_MS = 300_000
"""No ping falls into a measured stretch; the same for every server."""
CONNECTIONS_MAX = 18_000
"""More than any bench opens to the bare transport."""
_START_S = 60.0


class Unavailable(Exception):
    """A peer that cannot be set up here; its text says why."""


@dataclass
class Server:
    """A server process on the server's core."""

    name: str
    version: str
    command: Sequence[str]
    port: int
    path: str = "/socket.io/"
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        if self.process is None:
            raise RuntimeError(f"{self.name} is not running")
        return self.process.pid

    def start(self) -> None:
        """Return when the port takes connections. Raises `Unavailable` if it never does."""
        self.process = subprocess.Popen(
            self.command,
            stdout=subprocess.DEVNULL,
            env=os.environ | dict(self.environment),
            preexec_fn=cores.pin_server,
        )
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Unavailable(f"{self.name} ended with {self.process.returncode} at its start")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1.0).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        self.stop()
        raise Unavailable(f"{self.name} took no connection within {_START_S:.0f} s")

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def echo() -> Server:
    """Ours: the bare transport."""
    port = free_port()
    flags = ["--ping-interval-ms", str(HEARTBEAT_MS), "--ping-timeout-ms", str(HEARTBEAT_MS)]
    flags += ["--connections-max", str(CONNECTIONS_MAX)]
    return Server(
        "kibitz",
        our_version(),
        [sys.executable, "-m", "kibitz.transport.echo", "--port", str(port), *flags],
        port,
        environment=our_environment(),
    )


def socketio_node() -> Server:
    return node_peer("socket.io", "socketio_server.mjs")


def socketio_python() -> Server:
    port = free_port()
    return Server(
        "python-socketio",
        f"{version('python-socketio')} on aiohttp {version('aiohttp')}",
        [sys.executable, str(PEERS / "python_socketio_server.py"), str(port), str(HEARTBEAT_MS)],
        port,
    )


def node_peer(package: str, script: str, name: str | None = None) -> Server:
    """A peer from npm, called like its package or `name`. Raises `Unavailable` if it cannot be had."""
    node = shutil.which("node")
    if node is None:
        raise Unavailable(f"{package}: node is not installed")
    _install_peers()
    manifest = PEERS / "node_modules" / package / "package.json"
    if not manifest.exists():
        raise Unavailable(f"{package}: npm did not install it")
    port = free_port()
    return Server(
        name or package,
        json.loads(manifest.read_text())["version"],
        [node, str(PEERS / script), str(port), str(HEARTBEAT_MS)],
        port,
        environment={"NODE_ENV": "production"},
    )


def our_environment() -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join([str(ROOT / "server"), os.environ.get("PYTHONPATH", "")])}


def our_version() -> str:
    """The commit, as releases are far apart; `+` where the tree differs from it."""
    git = ["git", "-C", str(ROOT)]
    commit = subprocess.run(
        [*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    changed = subprocess.run(
        [*git, "status", "--porcelain", "server"], capture_output=True, text=True, check=False
    )
    return (commit.stdout.strip() or "unknown") + ("+" if changed.stdout.strip() else "")


def platform_versions() -> dict[str, str]:
    """What every figure depends on beside the servers themselves."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "unknown",
    )
    node = shutil.which("node")
    node_version = (
        subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
        if node
        else "none"
    )
    return {
        "cpu": model,
        "cores": str(os.cpu_count()),
        "kernel": os.uname().release,
        "python": sys.version.split()[0],
        "uvloop": version("uvloop"),
        "node": node_version,
    }


def _install_peers() -> None:
    lock = PEERS / "package-lock.json"
    installed = PEERS / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable("npm is not installed")
    print("installing the peers from npm…", flush=True)
    # Not `npm ci`: a registry that lacks some platform's optional packages makes a lock file that it
    # then refuses. `install` takes the same locked versions.
    done = subprocess.run(
        [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=PEERS,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Unavailable(f"npm install failed: {done.stderr.strip()[-300:]}")
    installed.touch()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def start_all(servers: Sequence[Server]) -> None:
    await asyncio.gather(*(asyncio.to_thread(server.start) for server in servers))
