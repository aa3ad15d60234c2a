"""Open rooms as an admin asks for them: page by page, filtered, by name; and never all at once."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kibitz.accounts.accounts import Accounts
from kibitz.ids import RoomId
from kibitz.rooms.room import Room
from support.running_server import Running, running


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as up:
        yield up


@pytest.fixture
async def token(server: Running) -> str:
    accounts = Accounts.open(server.server.settings.data / "accounts.sqlite")
    link = accounts.create_link()
    await accounts.close()
    async with server.http.post(f"{server.url}/api/admin/session", json={"link_token": link}) as answer:
        found: str = (await answer.json())["token"]
        return found


async def asked(server: Running, token: str, query: str) -> dict[str, Any]:
    status, found = await server.get(f"/api/admin/rooms{query}", token)
    assert status == 200
    assert isinstance(found, dict)
    return found


def ids(page: dict[str, Any]) -> list[str]:
    return [room["room_id"] for room in page["rooms"]]


async def test_page_by_page(server: Running, token: str) -> None:
    rooms = [(await server.table()).room for _ in range(5)][::-1]
    page = await asked(server, token, "?limit=2")
    assert ids(page) == rooms[:2]
    page = await asked(server, token, f"?limit=2&after={page['next']}")
    assert ids(page) == rooms[2:4]
    page = await asked(server, token, f"?limit=2&after={page['next']}")
    assert (ids(page), page["next"]) == (rooms[4:], None)
    assert page["totals"] == {"waiting": 0, "playing": 5, "paused": 0, "finished": 0, "faulted": 0}
    assert page["players_connected"] == 10
    assert ((await asked(server, token, "?limit=0"))["rooms"]) == []


async def test_filters_and_names(server: Running, token: str) -> None:
    first, second = await server.table(), await server.table()
    room = server.server.directory.find(RoomId(first.room))
    assert isinstance(room, Room)

    def fail() -> None:
        raise RuntimeError("on purpose")

    room.guarded(fail)
    assert ids(await asked(server, token, "?status=faulted")) == [first.room]
    assert ids(await asked(server, token, "?status=playing")) == [second.room]
    assert ids(await asked(server, token, "?game=liars-dice")) == []
    named = f"{first.room},nobody, {room.code.lower()},{second.room}"
    assert ids(await asked(server, token, f"?rooms={named}")) == [second.room, first.room]
    assert ids(await asked(server, token, f"?rooms={room.code}&status=playing")) == []
    assert (await asked(server, token, "?rooms=,"))["rooms"] == []


@pytest.mark.parametrize(
    "query",
    ["?limit=-1", "?limit=1001", "?status=open", "?after=-1", "?page=2", f"?rooms={'a,' * 201}"],
)
async def test_what_cannot_be_asked(server: Running, token: str, query: str) -> None:
    status, body = await server.get(f"/api/admin/rooms{query}", token)
    assert (status, body["code"]) == (400, "bad_request")
