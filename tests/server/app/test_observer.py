"""What happens at the tables is found in telemetry.sqlite; a broken file keeps nobody from playing."""

import sqlite3
from pathlib import Path
from typing import Any

from kibitz.clock import SystemClock
from kibitz.metrics import names
from support.running_server import Match, running


def rows(data: Path, statement: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(data / "telemetry.sqlite") as reading:
        return reading.execute(statement).fetchall()


async def drop(match: Match, seat: int, column: int, base: int, name: str) -> dict[str, Any]:
    return await match.wires[seat].emit("act", match.drop(column, base, name))


async def test_conflicts_refusals_features_and_incidents_are_kept(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        match = await server.table()
        ann, ben = (guest["player_id"] for guest in match.guests)
        first = match.version
        assert (await drop(match, 0, 3, first, "one"))["ok"]
        assert (await drop(match, 1, 3, first, "two"))["ok"]  # Ben had not seen Ann's move
        assert not (await drop(match, 1, 3, first, "three"))["ok"]  # nor Ben his own, and it is not his turn
        used = {"used": [{"name": "chat", "count": 2}, {"name": "theme", "count": 1}]}
        assert (await match.wires[0].emit("features", used))["ok"]
        for version, checksum in ((first + 2, 12345), (first, 12345)):
            asked = {"room": match.room, "epoch": match.epoch, "version": version, "checksum": checksum}
            assert (await match.wires[1].emit("resync", asked))["mode"] == "snapshot"
        asked = {"room": match.room, "epoch": "another", "version": 1, "checksum": 1}
        assert (await match.wires[1].emit("resync", asked))["ok"]
        assert (await server.get("/api/rooms/no-such-room"))[0] == 404
        counted = server.server.metrics.counted
        assert counted(names.INCIDENTS, "wrong_checksum") == counted(names.INCIDENTS, "patch_failed") == 1
    found = rows(
        tmp_path,
        "SELECT room_id, player_id, client_version, server_version, type, resolution FROM conflicts",
    )
    assert found == [
        (match.room, ben, first, first + 1, "merge", "merge"),
        (match.room, ben, first, first + 2, "override", "server"),
    ]
    assert rows(tmp_path, "SELECT code, sum(count) FROM refusals GROUP BY code") == [
        ("not_your_turn", 1),
        ("unknown_room", 1),
    ]
    assert rows(tmp_path, "SELECT name, player_id, count FROM features ORDER BY name") == [
        ("chat", ann, 2),
        ("theme", ann, 1),
    ]
    assert rows(
        tmp_path, "SELECT kind, room_id, version, epoch, player_id, transport, detail FROM incidents"
    ) == [
        ("wrong_checksum", match.room, first + 2, match.epoch, ben, "websocket", "held 12345"),
        ("patch_failed", match.room, first, match.epoch, ben, "websocket", "held 12345"),
    ]


async def test_without_telemetry_everybody_plays_on(tmp_path: Path) -> None:
    (tmp_path / "telemetry.sqlite").write_bytes(b"no database at all" * 100)
    async with running(tmp_path) as server:
        match = await server.table()
        assert (await drop(match, 0, 3, match.version, "one"))["ok"]
        assert not (await drop(match, 0, 3, match.version, "two"))["ok"]
        (waiting,) = (
            family
            for family in server.server.metrics.snapshot()
            if family.declared is names.TELEMETRY_WAITING
        )
        assert waiting.values == {}


class Later(SystemClock):
    """The true time, and as much later as the test says."""

    def __init__(self) -> None:
        self.more_us = 0

    def now_us(self) -> int:
        return super().now_us() + self.more_us

    def monotonic_us(self) -> int:
        return super().monotonic_us() + self.more_us


async def test_a_session_is_over_after_thirty_idle_minutes(tmp_path: Path) -> None:
    clock = Later()
    minute = 60_000_000
    async with running(tmp_path, clock=clock) as server:
        match = await server.table()
        ann, ben = (guest["player_id"] for guest in match.guests)
        assert (await drop(match, 0, 3, match.version, "one"))["ok"]
        clock.more_us += 29 * minute
        assert (await drop(match, 1, 3, match.version + 1, "two"))["ok"]  # Ben thought for a while
        clock.more_us += 2 * minute
        await match.wires[0].emit("ping", {"sent_ms": 1})  # the client's own doing is no sign of Ann
        assert (await drop(match, 0, 4, match.version + 2, "three"))["ok"]
        clock.more_us += 300 * minute
    spans = "SELECT (at_us - opened_us) / 60000000, acts, close_reason FROM sessions WHERE player_id = "
    assert rows(tmp_path, f"{spans}'{ann}' ORDER BY at_us") == [
        (0, 1, "idle"),
        (0, 1, "transport close"),
    ]
    assert rows(tmp_path, f"{spans}'{ben}'") == [(29, 1, "transport close")]
    assert rows(tmp_path, "SELECT count(DISTINCT session_id) FROM sessions") == [(2,)]
