"""What many rooms cost: the start of a server that has them, reading one, holding it in memory, and
noting what its game is called for.

    PYTHONPATH=server .venv/bin/python scripts/bench/rooms.py [--rooms 10000] [--data DIRECTORY]

The journal (100 events a room) is made first, or taken from `--data` if it is there.
"""

import argparse
import asyncio
import gc
import mmap
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

import servers
import uvloop

sys.path.insert(0, str(servers.ROOT / "server"))

import rooms_seed

from kibitz.clock import SystemClock
from kibitz.games.connect_four import ConnectFour
from kibitz.ids import GameName, RoomId, Seat
from kibitz.journal.errors import JournalBroken
from kibitz.journal.sqlite import SqliteJournal
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.guard.guard import SLOT_BYTES, Doing, Guard
from kibitz.rooms.room import Room

ROUNDS = 7
ROOM_ID = RoomId("seeded0000000000000001")


def start_s(data: Path) -> tuple[float, float]:
    """Seconds from the exec of a server to the first 200 of /readyz, and of CPU that it used until then."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "kibitz", "serve", "--port", str(port), "--data", str(data)]
    request = f"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    began = time.monotonic()
    process = subprocess.Popen(
        command, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(servers.ROOT / "server")}
    )
    try:
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), 1) as wire:
                    wire.sendall(request)
                    if b" 200 " in wire.recv(200):
                        return time.monotonic() - began, cpu_s(process.pid)
            except OSError:
                pass
            if process.poll() is not None:
                raise SystemExit("the server ended")
            time.sleep(0.002)
    finally:
        process.terminate()
        process.wait()


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def note_us(path: Path) -> float:
    """Microseconds of CPU for one call of game code noted in a mapped file, there and back."""
    path.write_bytes(bytes(SLOT_BYTES))
    calls = 200_000
    with path.open("r+b") as file, mmap.mmap(file.fileno(), SLOT_BYTES) as memory:
        guard = Guard(memory)
        before = time.process_time()
        for _ in range(calls):
            try:
                guard.enter(Doing.ACT, ROOM_ID, rooms_seed.PLAYERS[0], "seeded-000000000000001", "drop")
            finally:
                guard.leave()
        return (time.process_time() - before) / calls * 1e6


def resident_bytes() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def hold(path: Path) -> None:
    """Heads, then every room in memory, then without what is kept for those who watch."""
    journal = SqliteJournal.open(path, fatal=_broken)
    silent = rooms_seed.Silent()
    directory = Directory(
        games={GameName("connect-four"): ConnectFour()},
        journal=journal,
        clock=SystemClock(),
        listener=silent,
        brains=silent,
        defer=asyncio.get_running_loop().call_soon,
    )
    empty = resident_bytes()
    began, cpu = time.perf_counter(), time.process_time()
    directory.recover()
    took_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    count = len(directory.all())
    heads = resident_bytes()
    print(f"heads      {count} read in {took_s * 1000:.0f} ms ({cpu_s * 1000:.0f} ms of CPU)")
    print(f"           {(heads - empty) / count / 1024:.2f} KiB a head")
    ids = [held.room_id for held in directory.all()]
    random.Random(1).shuffle(ids)
    loads_ms: list[float] = []
    for room_id in ids:
        before = time.process_time()
        room = directory.find(room_id)
        loads_ms.append((time.process_time() - before) * 1000)
        if not isinstance(room, Room):
            raise SystemExit(f"{room_id} is not playable")
        room.drop_what_is_only_shown()  # as the server does where nobody is
    cuts = quantiles(loads_ms, n=100)
    print(
        f"a load     {sum(loads_ms) / count:.3f} ms of CPU on average, {median(loads_ms):.3f} median, "
        f"{cuts[94]:.3f} p95, {cuts[98]:.3f} p99"
    )
    idle = resident_bytes()
    print(f"idle       {(idle - empty) / count / 1024:.2f} KiB a room in all, with nobody there")
    for held in directory.all():
        if isinstance(held, Room):
            held.view(None)
            held.view(Seat(0))
    watched = resident_bytes()
    print(f"watched    {(watched - idle) / count / 1024:.2f} KiB more with its newest view")
    await journal.close()


def _broken(error: JournalBroken) -> None:
    raise error


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rooms", type=int, default=10_000)
    parser.add_argument("--data", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        data = given.data or Path(name)
        path = data / "journal.sqlite"
        if not path.exists():
            rooms_seed.make(path, given.rooms)
        starts = sorted(start_s(data) for _ in range(ROUNDS))
        print(
            f"ready      {median(wall for wall, _ in starts):.3f} s after exec (of {ROUNDS}: "
            f"{starts[0][0]:.3f} to {starts[-1][0]:.3f}; {median(cpu for _, cpu in starts):.2f} s of CPU; "
            f"{os.getloadavg()[0]:.1f} processes wanted to run)"
        )
        print(f"a note     {note_us(Path(name) / 'slot'):.2f} µs of CPU a call of game code")
        uvloop.run(hold(path))


if __name__ == "__main__":
    main()
