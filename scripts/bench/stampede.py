"""A stampede: the server is killed under 10,000 players of 5,000 rooms, and all of them come back at once.

`kibitz serve` on a data directory of its own; the rooms are matches of Connect Four in play. Every player is
a lean websocket client that comes back by the rules of our own clients: jittered back-off, a join that names
the epoch and version it holds. A player is back when the server has answered that join. The figure counts
from the first connection that the new server took.

    PYTHONPATH=server .venv/bin/python scripts/bench/stampede.py [--rooms 5000]

Ends with 1 unless 99 in 100 were back within 8 s, each with at least the version it held.
"""

import argparse
import asyncio
import gc
import secrets
import signal
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles

import cores
import msgspec
import servers
import uvloop
import wire
from servers import Server

sys.path.insert(0, str(servers.ROOT / "server"))

import rooms_seed

from kibitz.accounts.accounts import Accounts
from kibitz.accounts.tokens import new_token
from kibitz.client.backoff import Backoff
from kibitz.client.connection import CONNECT_TIMEOUT_MS

SEATS = 2
GATHERING = 100
"""Joins at a time before the server is killed."""
SETTLE_S = 3.0
GIVE_UP_S = 60.0
GOAL_S = 8.0
GOAL_SHARE = 0.99


class Stage:
    """What all players share: the server, and when it was heard of again."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.gate = asyncio.Semaphore(GATHERING)
        self.listening_at: float | None = None
        self.killed_at: float | None = None
        self.refused = 0
        """Attempts that a listening server turned away or left alone."""

    def reached(self) -> None:
        if self.listening_at is None and self.killed_at is not None:
            self.listening_at = time.monotonic()


class Player:
    """One seat. `back_at` is when the join after the kill was answered."""

    def __init__(self, stage: Stage, room: str, token: str) -> None:
        self._stage = stage
        self._token = token
        self._join: dict[str, object] = {"room": room, "as": "player"}
        self._frames = wire.Frames()
        self._backoff = Backoff()
        self.client: wire.Client | None = None
        self.version = -1
        self.is_behind = False
        self.back_at: float | None = None

    async def come(self) -> None:
        async with self._stage.gate:
            await self._connect()

    async def come_back(self) -> None:
        """From the loss of its connection on."""
        if self.client is not None:
            await self.client.ended()
        attempt = 0
        while True:
            await asyncio.sleep(self._backoff.delay_ms(attempt, secrets.token_bytes) / 1000)
            attempt += 1
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT_MS / 1000):
                    await self._connect()
            except ConnectionRefusedError:
                continue
            except (OSError, TimeoutError):
                self._stage.refused += 1
                continue
            self.back_at = time.monotonic()
            return

    async def _connect(self) -> None:
        server = self._stage.server
        client = await wire.Client.open(server.port, f"{server.path}?EIO=4&transport=websocket")
        try:
            self._stage.reached()
            await client.expect(b"0{")
            client.send(b"40" + msgspec.json.encode({"token": self._token}))
            await client.expect(b"40{")
            client.send(b"420" + msgspec.json.encode(["join", self._join]))
            (answer,) = msgspec.json.decode((await client.expect(b"430["))[3:])
            if not answer["ok"]:
                raise ConnectionError(f"join: {answer}")
        except BaseException:
            client.transport.abort()
            raise
        self.is_behind = answer["version"] < self.version
        self.version = answer["version"]
        self._join |= {"epoch": answer["epoch"], "version": answer["version"]}
        self._frames = wire.Frames()
        self.client = client
        client.sink = self._heard

    def _heard(self, client: wire.Client, data: bytes) -> None:
        if b"2" not in data:
            return
        for payload in self._frames.feed(data):
            if payload == b"2":
                client.send(b"3")


def seeded(data: Path, rooms: int) -> list[tuple[str, str]]:
    """A journal and accounts of that many rooms; room and token of every seat."""
    rooms_seed.make(data / "journal.sqlite", rooms + 1, timed=False)
    asyncio.run(Accounts.open(data / "accounts.sqlite").close())
    seats: list[tuple[str, str]] = []
    connection = sqlite3.connect(data / "accounts.sqlite")
    now_us = time.time_ns() // 1000
    for key in range(2, rooms + 2):
        for seat in range(SEATS):
            player, (token, hashed) = rooms_seed.seeded_player(seat, key), new_token(secrets.token_bytes)
            connection.execute(
                "INSERT INTO players (player_id, name, kind, created_us, last_seen_us)"
                " VALUES (?, ?, 'guest', ?, ?)",
                (player, f"Player {key} {seat}", now_us, now_us),
            )
            connection.execute(
                "INSERT INTO sessions (token_hash, player_id, created_us, last_seen_us) VALUES (?, ?, ?, ?)",
                (hashed, player, now_us, now_us),
            )
            seats.append((rooms_seed.seeded_room(key), token))
    connection.commit()
    connection.close()
    return seats


def server_on(data: Path) -> Server:
    port = servers.free_port()
    return Server(
        "kibitz",
        servers.our_version(),
        [sys.executable, "-m", "kibitz", "serve", "--port", str(port), "--data", str(data)],
        port,
        environment=servers.our_environment() | {"KIBITZ_LIMITS": "off", "KIBITZ_LOG_LEVEL": "warning"},
    )


async def run(data: Path, seats: list[tuple[str, str]]) -> bool:
    server = server_on(data)
    await servers.start_all([server])
    try:
        stage = Stage(server)
        players = [Player(stage, room, token) for room, token in seats]
        began = time.monotonic()
        await asyncio.gather(*(player.come() for player in players))
        print(f"{len(players)} players joined in {time.monotonic() - began:.1f} s", flush=True)
        await asyncio.sleep(SETTLE_S)
        gc.collect()
        gc.freeze()
        coming = [asyncio.create_task(player.come_back()) for player in players]
        await asyncio.sleep(0.1)
        if server.process is None:
            raise RuntimeError("the server does not run")
        stage.killed_at = time.monotonic()
        server.process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(server.process.wait)
        await servers.start_all([server])
        watch = cores.Stopwatch(server.pid)
        _, missing = await asyncio.wait(coming, timeout=GIVE_UP_S)
        used = watch.stop()
        for task in missing:
            task.cancel()
        await asyncio.gather(*coming, return_exceptions=True)
        return told(stage, players, used)
    finally:
        server.stop()


def told(stage: Stage, players: list[Player], used: cores.Used) -> bool:
    if stage.listening_at is None or stage.killed_at is None:
        print("the server never listened again")
        return False
    took = sorted(player.back_at - stage.listening_at for player in players if player.back_at is not None)
    down = stage.listening_at - stage.killed_at
    in_time = sum(seconds <= GOAL_S for seconds in took) / len(players)
    behind = sum(player.is_behind for player in players)
    print(f"listening again {down:.2f} s after the kill; {len(players) - len(took)} never came back")
    if len(took) > 1:
        cuts = quantiles(took, n=1000)
        print(
            f"back after it listened: p50 {cuts[499]:.2f} s  p90 {cuts[899]:.2f} s  p99 {cuts[989]:.2f} s  "
            f"last {took[-1]:.2f} s"
        )
    print(
        f"{in_time:.2%} within {GOAL_S:.0f} s; {stage.refused} attempts turned away or left alone; "
        f"{behind} with an older version than before; server {used.server_s:.1f} s of CPU, "
        f"load core {used.load_busy:.0%}"
    )
    return in_time >= GOAL_SHARE and not behind


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rooms", type=int, default=5_000)
    given = parser.parse_args()
    cores.pin_load_generator()
    cores.raise_file_limit()
    (servers.ROOT / "artifacts").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-stampede-", dir=servers.ROOT / "artifacts") as name:
        seats = seeded(Path(name), given.rooms)
        return 0 if uvloop.run(run(Path(name), seats)) else 1


if __name__ == "__main__":
    sys.exit(main())
