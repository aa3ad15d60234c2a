"""`support.observed_echo` as a process that is asked what it holds, and healthy clients to run beside."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from statistics import quantiles
from typing import Self

from support.engineio_wire import SOCKET_PATH
from support.http_wire import HttpWire
from support.observed_echo import Facts
from support.processes import environment, free_port
from support.websocket_wire import WireSocket

_START_S = 20.0
_PACE_S = 0.05


class ObservedProcess:
    """What it prints goes to `log`."""

    def __init__(self, log: Path) -> None:
        self.port = free_port()
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "support.observed_echo", "--port", str(self.port)],
                stdout=log,
                stderr=log,
                env=environment(),
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_S
        while True:
            try:
                self.facts()
            except OSError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise RuntimeError(f"the server did not start:\n{self.log_text()}") from None
                time.sleep(0.02)
            else:
                return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def facts(self) -> Facts:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/facts", timeout=20) as answer:
            return Facts(**json.load(answer))

    async def settled(self, before: Facts, within_s: float) -> Facts:
        """The facts once tasks, descriptors, sessions and connections are those of `before`, or after
        `within_s` as they are."""
        deadline = time.monotonic() + within_s
        while True:
            now = await asyncio.to_thread(self.facts)
            if counts(now) == counts(before) or time.monotonic() > deadline:
                return now
            await asyncio.sleep(0.1)

    def resident_bytes(self) -> int:
        """Without asking the server, which may be busy."""
        if self._process is None:
            raise RuntimeError("the server does not run")
        statm = Path(f"/proc/{self._process.pid}/statm").read_text()
        return int(statm.split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def log_text(self) -> str:
        return self.log.read_text("utf-8", "replace")


def counts(facts: Facts) -> tuple[int, int, int, int]:
    return facts.tasks, facts.descriptors, facts.sessions, facts.connections


class Bystanders:
    """Healthy websocket clients, each with an acknowledged event every 50 ms."""

    def __init__(self, sockets: list[WireSocket]) -> None:
        self._sockets = sockets

    @classmethod
    async def connect(cls, port: int, count: int) -> Self:
        return cls([await cls._one(port) for _ in range(count)])

    @staticmethod
    async def _one(port: int) -> WireSocket:
        socket = await WireSocket.open(await HttpWire.open(port), f"{SOCKET_PATH}?EIO=4&transport=websocket")
        await _until(socket, "0{")
        await socket.send("40")
        await _until(socket, "40{")
        return socket

    async def p99_ms(self, seconds: float) -> float:
        """Of all their answers; raises `WireClosed` or `TimeoutError` where one of them is cut off."""
        lists = await asyncio.gather(*(self._talk(socket, seconds) for socket in self._sockets))
        taken = [ms for each in lists for ms in each]
        return quantiles(taken, n=100)[98]

    async def talk_on(self) -> None:
        """Until it is cancelled: a client that says nothing does not answer pings either."""
        while True:
            await self.p99_ms(1.0)

    async def close(self) -> None:
        for socket in self._sockets:
            socket.abort()

    async def _talk(self, socket: WireSocket, seconds: float) -> list[float]:
        taken: list[float] = []
        until = time.perf_counter() + seconds
        while (sent := time.perf_counter()) < until:
            await socket.send('427["message-with-ack","well"]')
            await _until(socket, "437", within_s=10)
            taken.append((time.perf_counter() - sent) * 1000)
            await asyncio.sleep(_PACE_S)
        return taken


async def _until(socket: WireSocket, prefix: str, within_s: float = 5.0) -> None:
    while not (text := await socket.text(within_s)).startswith(prefix):
        if text == "2":
            await socket.send("3")
