"""A server whose telemetry finds no room on the disk: every write to its log fails, and games go on."""

import asyncio
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from support.player_wire import player_wire
from support.processes import ServerProcess
from support.running_server import bearer

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]


@pytest.fixture
def strace() -> str:
    program = shutil.which("strace")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("strace is missing: install it, CI must not skip this")
        pytest.skip("strace is missing, so no system call can be made to fail")
    return program


async def play(url: str) -> dict[str, Any]:
    """A match of two with a conflict, a refusal and the use of a feature."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        guests = []
        for name in ("Ada", "Bo"):
            async with http.post(f"{url}/api/session", json={"name": name, "client": "api"}) as answer:
                guests.append(await answer.json())
        headers = bearer(guests[0]["token"])
        async with http.post(f"{url}/api/rooms", json={"game": "connect-four"}, headers=headers) as answer:
            room = (await answer.json())["room_id"]
        async with (
            player_wire(http, url, guests[0]["token"]) as ada,
            player_wire(http, url, guests[1]["token"]) as bo,
        ):
            for wire in (ada, bo):
                assert (await wire.emit("join", {"room": room}))["ok"]
            begun = await ada.event("snapshot")
            acts = []
            for number, wire in enumerate((ada, bo, bo)):
                act = {"room": room, "epoch": begun["epoch"], "id": f"act-number-{number:05}", "type": "drop"}
                acts.append(await wire.emit("act", {**act, "base": begun["version"], "args": {"column": 3}}))
            assert [act["ok"] for act in acts] == [True, True, False]
            assert (await ada.emit("features", {"used": [{"name": "chat", "count": 1}]}))["ok"]
            await asyncio.sleep(2.5)  # the writer's next turn comes about once a second
            last = {"room": room, "epoch": begun["epoch"], "id": "act-number-after", "type": "drop"}
            return await ada.emit("act", {**last, "base": acts[1]["version"], "args": {"column": 4}})


def counted(data: Path) -> int:
    with sqlite3.connect(data / "telemetry.sqlite") as reading:
        tables = ("conflicts", "refusals", "features")
        return sum(reading.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
def test_a_disk_that_takes_no_telemetry_keeps_nobody_from_playing(
    tmp_path: Path, strace: str, error: str
) -> None:
    server = ServerProcess(tmp_path / "data")
    try:
        server.start()
        server.wait_ready()
        assert server.stop() == 0
        wal = str(tmp_path / "data" / "telemetry.sqlite-wal")
        server.wrapper = (
            *(strace, "-f", "-qq", "-o", str(tmp_path / "strace.txt"), "-P", wal),
            *("-e", "trace=pwrite64", "-e", f"inject=pwrite64:error={error}"),
        )
        server.start()
        server.wait_ready()
        assert asyncio.run(play(server.url))["ok"]
        assert server.stop() == 0
        assert server.log_text().count("telemetry cannot be written") == 1
        assert counted(tmp_path / "data") == 0
        server.wrapper = ()
        server.start()
        server.wait_ready()
        assert asyncio.run(play(server.url))["ok"]
        assert server.stop() == 0
        assert counted(tmp_path / "data") == 4
    finally:
        server.kill()
