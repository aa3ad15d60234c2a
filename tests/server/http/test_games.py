"""What a client learns about a game that it does not know."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from kibitz.games.connect_four import ConnectFour
from kibitz.http.games import game_info
from support.running_server import running


async def test_the_list_to_the_byte(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.http.get(f"{server.url}/api/games") as answer:
        (found,) = [each for each in (await answer.json())["games"] if each["name"] == "connect-four"]
    schema = found.pop("options_schema")
    assert found.pop("options") == schema
    assert json.dumps(found, separators=(",", ":")) == (
        '{"name":"connect-four","title":"Connect Four","summary":"Drop discs in turn; four in a line win.",'
        '"seats_least":2,"seats_most":2,"has_bots":true,"actions":[{"name":"drop","schema":{"type":"object",'
        '"properties":{"column":{"type":"integer","minimum":0,"exclusiveMaximum":7}},"required":["column"],'
        '"additionalProperties":false},"out_of_turn":false},{"name":"resign","schema":{"type":"object",'
        '"properties":{},"required":[],"additionalProperties":false},"out_of_turn":true}],'
        '"view":null,"views_differ":false,"realtime":false,"uses_chance":false,"durability":"committed",'
        '"rules_version":1}'
    )
    assert set(schema["$defs"]["Options"]["properties"]) == {"clock_ms", "increment_ms"}


def test_a_view_of_its_own_is_named() -> None:
    assert game_info(ConnectFour(), "/games/connect-four.0.js").view == "/games/connect-four.0.js"


async def test_the_diagram_of_a_game(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        async with server.http.get(f"{server.url}/api/games/connect-four/diagram") as answer:
            assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
            assert (await answer.text()).startswith("stateDiagram-v2\n")
        status, body = await server.get("/api/games/chess/diagram")
        assert (status, body["code"]) == (404, "unknown_game")


async def test_tables_of_states_as_data(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        status, phases = await server.get("/api/games/connect-four/phases")
        assert (status, phases["begin"], phases["final"]) == (200, "waiting", ["finished"])
        assert phases["arrows"][0] == {"from": "waiting", "to": "playing", "triggers": ["start"]}
        status, life = await server.get("/api/lifecycle")
        assert (status, life["begin"], life["final"]) == (200, "waiting", ["closed"])
        assert {"from": "paused", "to": "playing", "triggers": ["resumed"]} in life["arrows"]
        status, body = await server.get("/api/games/chess/phases")
        assert (status, body["code"]) == (404, "unknown_game")


TEAMS = """
from kibitz.games.connect_four import ConnectFour


class Paired(ConnectFour):
    name = "paired"

    def teams(self, options, seats):
        if options.clock_ms is None:
            raise ValueError("on purpose")
        return (1, 0)
"""


async def test_teams_are_told_with_the_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [*sys.path])
    (tmp_path / "paired_game.py").write_text(TEAMS)
    async with running(tmp_path / "data", games=(tmp_path / "paired_game.py",)) as server:
        token = (await server.guest())["token"]

        async def teams(**wanted: Any) -> Any:
            room = await server.room(token, **wanted)
            return (await server.get(f"/api/rooms/{room['room_id']}"))[1]["teams"]

        assert await teams(game="paired") == [1, 0]
        assert await teams(game="paired", options={"clock_ms": None}) is None  # the game fails to say
        assert await teams(game="connect-four") is None
