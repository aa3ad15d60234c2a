"""Starting, draining, and coming back as it was."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from kibitz.app.datadir import StartError
from kibitz.app.server import Server
from kibitz.config import Settings
from support.running_server import Running, running


def fatal(reason: str) -> None:
    raise AssertionError(reason)


async def test_a_taken_port_is_one_sentence_and_leaves_nothing_open(tmp_path: Path) -> None:
    async with running(tmp_path / "one") as up:
        port = up.server.port
        with pytest.raises(StartError) as caught:
            await Server.start(Settings(data=tmp_path / "two", port=port), fatal=fatal)
        assert str(caught.value) == f"Port {port} is in use; choose another with --port."
    async with running(tmp_path / "two", port=port):
        pass  # the failed start gave directory and files back


async def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    async with running(tmp_path) as up:
        with pytest.raises(StartError, match=r"Another server \(pid \d+\) uses the data directory"):
            await Server.start(Settings(data=tmp_path, port=0), fatal=fatal)
        assert (await up.get("/readyz"))[0] == 200


async def test_a_taken_metrics_port_is_named(tmp_path: Path) -> None:
    async with running(tmp_path / "one") as up:
        with pytest.raises(StartError, match="--metrics-port"):
            await Server.start(
                Settings(data=tmp_path / "two", port=0, metrics_port=up.server.port), fatal=fatal
            )


async def test_draining_tells_everybody_when_to_come_back(tmp_path: Path) -> None:
    async with running(tmp_path) as up:
        match = await up.table()
        first, second = match.wires
        watcher = await up.wire((await up.guest("Cy"))["token"])
        following = asyncio.create_task(follow(up, match.room))
        acted = first.emit_later("act", match.drop(3, match.version, "last-one"))
        await asyncio.sleep(0)  # the frame is on its way when the drain begins
        await second.event("patch")
        async with asyncio.timeout(4):
            await up.server.stop()
            for wire in (first, second, watcher):
                await wire.closed.wait()
        assert (await acted)["ok"]
        assert await following == b"end"
        waits = []
        for wire in (first, second, watcher):
            (notice,) = [n for n in wire.named("notice") if n["code"] == "draining"]
            assert notice["room"] is None
            waits.append(notice["data"]["retry_ms"])
        assert all(500 <= wait <= 3000 for wait in waits)
        assert len(set(waits)) > 1, "three clients that come back at the same instant"


async def follow(up: Running, room: str) -> bytes:
    """Read a feed to its end."""
    async with up.http.get(f"{up.url}/api/rooms/{room}/feed") as answer:
        await answer.read()
    return b"end"


async def test_while_draining_nothing_new_begins(tmp_path: Path) -> None:
    async with running(tmp_path) as up:
        guest = await up.guest()
        up.server.directory.drain()
        headers = {"Authorization": f"Bearer {guest['token']}"}
        body = {"game": "connect-four"}
        async with up.http.post(f"{up.url}/api/rooms", json=body, headers=headers) as answer:
            assert (answer.status, (await answer.json())["code"]) == (503, "draining")


async def test_after_a_restart_everything_is_as_it_was(tmp_path: Path) -> None:
    async with running(tmp_path) as up:
        match = await up.table()
        answer = await match.wires[0].emit("act", match.drop(3, match.version, "before"))
        joined = await match.wires[1].emit("join", {"room": match.room})
        room = (await up.get(f"/api/rooms/{match.room}"))[1]
        port = up.server.port
    async with running(tmp_path, port=port) as up:
        wire = await up.wire(match.guests[1]["token"])
        again = await wire.emit(
            "join",
            {
                "room": match.room,
                "epoch": joined["epoch"],
                "version": joined["version"],
                "checksum": joined["checksum"],
            },
        )
        assert (again["mode"], again["seat"], again["epoch"]) == ("current", 1, match.epoch)
        whole = await wire.emit("join", {"room": match.room})
        clock = whole["view"].pop("clock")
        assert clock["remaining_ms"] == joined["view"].pop("clock")["remaining_ms"]
        assert whole["view"] == joined["view"]
        repeated = await up.wire(match.guests[0]["token"])
        assert (await repeated.emit("join", {"room": match.room}))["seat"] == 0
        assert await repeated.emit("act", match.drop(3, match.version, "before")) == answer
        reply = await wire.emit("act", match.drop(3, joined["version"], "after"))
        assert reply == {"ok": True, "version": joined["version"] + 1}
        after = (await up.get(f"/api/rooms/{match.room}"))[1]
        assert (after["code"], after["invite_url"]) == (room["code"], room["invite_url"])


async def test_metrics_have_a_port_of_their_own(tmp_path: Path) -> None:
    async with running(tmp_path / "probe") as up:
        free = up.server.port
    async with running(tmp_path, metrics_port=free) as up:
        match = await up.table()
        async with up.http.get(f"http://127.0.0.1:{free}/metrics") as answer:
            text = await answer.text()
        assert 'kibitz_connections{state="open",transport="websocket"} 2.0' in text
        assert 'kibitz_rooms{status="playing"} 1.0' in text
        assert "kibitz_journal_rows_total 4.0" in text
        assert "kibitz_sessions_opened_total 2.0" in text
        assert 'kibitz_sessions_ended_total{reason="ping timeout"} 0.0' in text
        assert "kibitz_players 2.0" in text
        assert 'kibitz_event_seconds_count{event="join"} 2.0' in text
        assert 'kibitz_route_seconds_count{route="POST /api/rooms"} 1.0' in text
        assert match.room not in text
        assert (await up.get("/metrics"))[0] == 404
        for host, status in ((f"evil.example:{free}", 421), ("evil.example", 421), ("localhost:9090", 200)):
            headers = {"Host": host}
            async with up.http.get(f"http://127.0.0.1:{free}/metrics", headers=headers) as answer:
                assert answer.status == status


async def test_admins_see_what_is_live(tmp_path: Path) -> None:
    async with running(tmp_path) as up:
        match = await up.table()
        assert (await up.get("/api/admin/rooms"))[0] == 401
        assert (await up.get("/api/admin/rooms", match.guests[0]["token"]))[0] == 401
        token = await log_in(up)
        status, live = await up.get("/api/admin/rooms", token)
        assert status == 200
        assert (live["players_connected"], live["connections"]) == (2, {"websocket": 2, "polling": 0})
        (room,) = live["rooms"]
        assert (room["room_id"], room["status"]) == (match.room, "playing")
        assert [seat["name"] for seat in room["seats"]] == ["Ada", "Bo"]
        assert [seat["transport"] for seat in room["seats"]] == ["websocket", "websocket"]
        assert live["draining"] is False
        headers = {"Authorization": f"Bearer {token}"}
        async with up.http.delete(f"{up.url}/api/admin/session", headers=headers) as answer:
            assert answer.status == 204
        assert (await up.get("/api/admin/rooms", token))[0] == 401


async def log_in(up: Running) -> str:
    from kibitz.accounts.accounts import Accounts

    accounts = Accounts.open(up.server.settings.data / "accounts.sqlite")
    link = accounts.create_link()
    await accounts.close()
    url = f"{up.url}/api/admin/session"
    async with up.http.post(url, json={"link_token": link}) as answer:
        assert answer.status == 201
        token: str = (await answer.json())["token"]
    async with up.http.post(url, json={"link_token": link}) as answer:
        assert answer.status == 401, "a link works once"
    async with up.http.post(url, json={"name": "root", "password": "x"}) as answer:
        assert answer.status == 401
    return token


async def test_bots_fill_the_seats_that_were_asked_for(tmp_path: Path) -> None:
    async with running(tmp_path) as up:
        guest = await up.guest()
        room = await up.room(guest["token"], bots=1)
        wire = await up.wire(guest["token"])
        begun = await wire.emit("join", {"room": room["room_id"]})
        assert (begun["seat"], begun["status"]) == (0, "playing")
        presence = await wire.event("presence")
        assert [(s["is_bot"], s["name"]) for s in presence["seats"]] == [(False, "Ada"), (True, "Bot")]
        act = {
            "room": room["room_id"],
            "epoch": begun["epoch"],
            "id": "a" * 16,
            "base": begun["version"],
            "type": "drop",
            "args": {"column": 3},
        }
        answer = await wire.emit("act", act)
        assert answer["ok"]
        async with asyncio.timeout(20):
            while wire.named("patch")[-1]["version"] <= answer["version"]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert wire.named("patch")[-1]["events"][0]["seat"] == 1


async def test_nobody_reaches_it_by_another_name(tmp_path: Path) -> None:
    async with running(tmp_path) as up, aiohttp.ClientSession() as http:
        for host in ("evil.example", f"evil.example:{up.server.port}", "127.0.0.1", ""):
            async with http.get(f"{up.url}/healthz", headers={"Host": host}) as answer:
                assert answer.status in (400, 421), host
