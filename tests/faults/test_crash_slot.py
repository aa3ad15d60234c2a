"""A game that ends the process does it twice at most: then the act or the room is left alone."""

import json
import signal
from pathlib import Path

import pytest

from support.deadly_table import deadly_table, restarted, seated
from support.processes import ServerProcess

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
