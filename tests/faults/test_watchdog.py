"""Game code that does not come back is ended; the others at the server wait for it within a bound."""

import asyncio
import contextlib
import json
import os
import signal
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from support.deadly_table import DeadlyTable, deadly_table, restarted, seated

pytestmark = pytest.mark.timeout(120)

STALL_MOST_S = 3.0
"""Half a second until the call is ended, and the rest for a busy machine."""
CPU_MOST_S = 3.0
"""Where C code keeps the interpreter's lock it is the process's CPU time that counts, a good second."""

ASKED_MOST = aiohttp.ClientTimeout(total=10)
"""A question without an answer is as long a stall."""


async def stall_s(table: DeadlyTable, act: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """The answer to an act, and how long somebody else, who asks all the time, was not answered."""
    longest = 0.0
    is_over = asyncio.Event()

    async def ask() -> None:
        nonlocal longest
        while not is_over.is_set():
            began = time.monotonic()
            with contextlib.suppress(TimeoutError):
                async with table.http.get(f"{table.server.url}/healthz", timeout=ASKED_MOST):
                    pass
            longest = max(longest, time.monotonic() - began)
            await asyncio.sleep(0.01)

    asking = asyncio.create_task(ask())
    try:
        answer = await table.send(act)
    finally:
        is_over.set()
        await asking
    return answer, longest


def cpu_s(table: DeadlyTable) -> float:
    """CPU time that the server used."""
    if table.server.process is None:
        raise AssertionError("the server does not run")
    fields = Path(f"/proc/{table.server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def logged(table: DeadlyTable, message: str) -> list[dict[str, Any]]:
    lines = [line for line in table.server.log.read_text().splitlines() if line.startswith("{")]
    return [entry for entry in map(json.loads, lines) if entry["message"] == message]


@pytest.mark.parametrize("how", ["spin", "sleep", "power"])
async def test_a_call_that_takes_too_long_is_ended_and_refused(tmp_path: Path, how: str) -> None:
    async with deadly_table(tmp_path / "data") as table:
        async with seated(table):
            sent_at, before_s = time.time(), cpu_s(table)
            answer, waited_s = await stall_s(table, table.act("fall", how=how))
            assert answer["code"] == "game_fault"
            used_s = cpu_s(table) - before_s
            if how == "power":
                assert used_s < CPU_MOST_S
            else:
                assert waited_s < STALL_MOST_S
            print(f"{how}: others waited {waited_s * 1000:.0f} ms")
            assert (await table.send(table.act("add")))["ok"]
            if how != "power":  # nobody can look while the lock is kept
                (noticed,) = logged(table, "the event loop stands still")
                assert (noticed["room_id"], noticed["action"]) == (table.room, "fall")
                assert "deadly_games.py" in noticed["stack"]
                noticed_at = datetime.fromisoformat(noticed["at"]).timestamp()
                print(f"{how}: noticed {(noticed_at - sent_at) * 1000:.0f} ms after it was sent")
            for _ in range(2):
                await table.send(table.act("fall", how="recurse"))
            assert (await table.send(table.act("add")))["ok"]
        assert table.server.stop() == 0


async def test_three_in_a_row_stop_the_room(tmp_path: Path) -> None:
    async with deadly_table(tmp_path / "data") as table:
        async with seated(table):
            for how in ("recurse", "spin", "recurse"):
                assert (await table.send(table.act("fall", how=how)))["code"] == "game_fault"
            assert (await table.send(table.act("add")))["code"] == "room_faulted"
        assert table.server.stop() == 0


@pytest.mark.parametrize(("how", "status"), [("swallow", 71), ("hold", -signal.SIGPROF)])
async def test_what_cannot_be_ended_ends_the_server_and_is_not_tried_again(
    tmp_path: Path, how: str, status: int
) -> None:
    async with deadly_table(tmp_path / "data") as table:
        act = table.act("fall", how=how)
        async with seated(table):
            began = time.monotonic()
            assert await table.send_to_death(act) == status
            print(f"{how}: {time.monotonic() - began:.1f} s to the end of the server")
        await restarted(table)
        assert "deadly_games.py" in logged(table, "the server crashed before")[0]["crash"]
        async with seated(table):
            assert (await table.send(act))["code"] == "game_fault"
            assert (await table.send(table.act("add")))["ok"]
        assert table.server.stop() == 0


async def test_a_suspended_server_interrupts_nobody(tmp_path: Path) -> None:
    async with deadly_table(tmp_path / "data") as table:
        async with seated(table):
            process = table.server.process
            assert process is not None
            process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(1.5)
            process.send_signal(signal.SIGCONT)
            assert (await table.send(table.act("add")))["ok"]
        assert logged(table, "the event loop stands still") == []
        assert table.server.stop() == 0
