"""The bare transport as a process of its own, for tests that speak to it over the network."""

import asyncio
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

SERVER_VARIABLE = "CONFORMANCE_SERVER"
"""A command line for another server set up in the same way, with `{port}`, `{ping_interval_ms}` and
`{ping_timeout_ms}` to fill in: the tests are themselves tested against the reference implementation."""
IS_OURS = SERVER_VARIABLE not in os.environ
better_than_the_reference = pytest.mark.skipif(
    not IS_OURS, reason="a case that the reference implementation does worse than we want to"
)
_ROOT = Path(__file__).parents[2]
_START_S = 20.0


@dataclass(frozen=True)
class Heartbeat:
    interval_ms: int
    timeout_ms: int


BRISK = Heartbeat(300, 200)
"""What the protocols' public suites ask for."""
LENIENT = Heartbeat(300, 1200)
"""As often, and a pong has the time that a busy machine takes for it."""
SLOW = Heartbeat(3000, 2000)
"""Longer than any test waits for the end of a connection, which so never ends by its heartbeat."""


class EchoProcess:
    """A running echo server on a port of loopback; the same port again after `restart`."""

    def __init__(self, heartbeat: Heartbeat = SLOW, *extra: str) -> None:
        self.heartbeat = heartbeat
        self.port = free_port()
        self._extra = extra
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Return when the port takes connections. Raises `RuntimeError` if the server ends first."""
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(_ROOT / "server"), os.environ.get("PYTHONPATH", "")])
        }
        self._process = subprocess.Popen(self._command(), env=environment, start_new_session=True)
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"the echo server ended with {self._process.returncode}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1.0).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        self.stop()
        raise RuntimeError(f"the echo server took no connection within {_START_S:.0f} s")

    def stop(self, signal_number: int = signal.SIGTERM) -> None:
        """End the process; one that does not end on SIGTERM within 5 s is killed, and that is an error."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.send_signal(signal_number)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise RuntimeError("the echo server did not end within 5 s of SIGTERM") from None

    def restart(self) -> None:
        self.stop(signal.SIGKILL)
        self.start()

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    async def restart_async(self) -> None:
        await asyncio.to_thread(self.restart)

    def _command(self) -> list[str]:
        settings = {
            "port": str(self.port),
            "ping_interval_ms": str(self.heartbeat.interval_ms),
            "ping_timeout_ms": str(self.heartbeat.timeout_ms),
        }
        if not IS_OURS:
            return [part.format_map(settings) for part in shlex.split(os.environ[SERVER_VARIABLE])]
        flags = [word for name, value in settings.items() for word in (f"--{name.replace('_', '-')}", value)]
        return [sys.executable, "-m", "kibitz.transport.echo", *flags, *self._extra]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
