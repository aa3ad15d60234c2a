"""A game that ends the process does it twice at most: then the act or the room is left alone."""

import asyncio
import json
import signal
import time
from pathlib import Path

import aiohttp
import pytest

from kibitz.cli.supervisor import ChildSpec, Supervisor
from support.deadly_table import GAME, DeadlyTable, deadly_table, restarted, seated
from support.processes import ServerProcess, environment, free_port

pytestmark = pytest.mark.timeout(120)


def kept(server: ServerProcess) -> dict[str, list[dict[str, object]]]:
    path = server.data / "quarantine.json"
    found: dict[str, list[dict[str, object]]] = json.loads(path.read_text()) if path.exists() else {}
    return found


async def test_an_act_that_crashes_the_server_is_not_tried_again(tmp_path: Path) -> None:
    async with deadly_table(tmp_path / "data") as table:
        act = table.act("fall", how="segfault")
        async with seated(table):
            assert (await table.send(table.act("add")))["ok"]
            assert await table.send_to_death(act) == -signal.SIGSEGV
        await restarted(table)
        assert [each["why"] for each in kept(table.server)["acts"]] == ["crash"]
        assert "a game ended the server" in table.server.log_text()
        async with seated(table) as joined:
            assert joined["view"]["total"] == 1
            assert (await table.send(act))["code"] == "game_fault"
            assert (await table.send(table.act("add")))["ok"]
            # The same by another id: this room is more trouble than it is worth.
            assert await table.send_to_death(table.act("fall", how="segfault")) == -signal.SIGSEGV
        await restarted(table)
        async with seated(table) as joined:
            assert joined["code"] == "room_faulted"
        async with table.http.get(f"{table.server.url}/api/rooms/{table.room}/events") as answer:
            assert len((await answer.json())["events"]) == 6
        assert table.server.stop() == 0


async def test_an_act_in_which_the_server_is_killed_is_tried_once_more(tmp_path: Path) -> None:
    async with deadly_table(tmp_path / "data") as table:
        act = table.act("fall", how="killed")
        for _ in range(2):
            async with seated(table):
                assert await table.send_to_death(act) == -signal.SIGKILL
            await restarted(table)
        async with seated(table):
            assert (await table.send(act))["code"] == "game_fault"
            assert (await table.send(table.act("add")))["ok"]
        assert table.server.stop() == 0


async def test_a_view_that_crashes_the_server_costs_its_room(tmp_path: Path) -> None:
    async with deadly_table(tmp_path / "data") as table:
        async with seated(table):
            await table.send_to_death(table.act("curse", how="segfault"))
        await restarted(table)
        assert [each["why"] for each in kept(table.server)["rooms"]] == ["crash"]
        async with seated(table) as joined:
            assert joined["code"] == "room_faulted"
        assert table.server.stop() == 0


async def test_a_room_whose_reading_crashes_the_server_is_left_alone(tmp_path: Path) -> None:
    async with deadly_table(tmp_path / "data") as table:
        async with seated(table):
            assert (await table.send(table.act("mine")))["ok"]
        assert table.server.stop() == 0
        await restarted(table, DEADLY_MINE="segfault")
        with pytest.raises(ConnectionError):
            async with seated(table):
                pass
        assert table.server.wait_ended() == -signal.SIGSEGV
        await restarted(table, DEADLY_MINE="segfault")
        async with seated(table) as joined:
            assert joined["code"] == "room_faulted"
        assert table.server.stop() == 0


async def test_a_supervised_server_is_back_after_two_restarts_at_most(tmp_path: Path) -> None:
    """A client that sends its act again and again, as clients do, under what `kibitz up` runs."""
    said: list[str] = []
    port = free_port()
    spec = ChildSpec(
        "server",
        "kibitz",
        ["serve", "--port", str(port), "--data", str(tmp_path / "data"), "--games", str(GAME)],
    )
    supervisor = Supervisor([spec], say=said.append, env=environment(), backoff_s=lambda crashes: 0.05)
    running = asyncio.create_task(supervisor.run())
    server = ServerProcess(tmp_path / "data", port=port)  # not started: it only asks
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            table = DeadlyTable(server, http)
            await answering(server)
            await table.begin()
            act = table.act("fall", how="killed")
            answer: dict[str, object] = {}
            while "code" not in answer:
                await answering(server)
                try:
                    async with seated(table):
                        answer = await table.send(act)
                except (ConnectionError, aiohttp.ClientError):
                    pass
            assert answer["code"] == "game_fault"
            assert len([line for line in said if "SIGKILL" in line]) == 2
    finally:
        supervisor.stop()
        await running


async def answering(server: ServerProcess) -> None:
    def ask() -> None:
        until = time.monotonic() + 20
        while server.status("/readyz") != 200:
            if time.monotonic() > until:
                raise AssertionError("the server does not answer")
            time.sleep(0.02)

    await asyncio.to_thread(ask)
