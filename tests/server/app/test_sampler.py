"""What is measured while people play is found in telemetry.sqlite afterwards."""

import logging
import sqlite3
from pathlib import Path
from typing import Any

from kibitz.app.sampler import MINUTE_US, Sampler
from kibitz.metrics import names
from kibitz.telemetry.schema import TABLES
from support.manual_clock import ManualClock
from support.running_server import Match, Running, running


def rows(data: Path, statement: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(data / "telemetry.sqlite") as reading:
        return reading.execute(statement).fetchall()


async def play(match: Match, moves: int) -> None:
    """As many moves in turns, the one and the other column."""
    for number in range(moves):
        act = match.drop(number % 2, match.version + number, f"move-{number}")
        assert (await match.wires[number % 2].emit("act", act))["ok"]


def sampler(up: Running) -> Sampler:
    found = up.server._measuring._sampler
    assert found is not None
    return found


async def test_response_times_samples_and_connections_are_kept(tmp_path: Path) -> None:
    async with running(tmp_path) as up:
        match = await up.table()
        await play(match, 5)
        refused = match.drop(0, match.version + 5, "not-his-turn")
        assert not (await match.wires[0].emit("act", refused))["ok"]
        assert not (await match.wires[0].emit("act", {**refused, "type": "no-such-action"}))["ok"]
        assert (await match.wires[0].emit("ping", {"sent_ms": 1}))["ok"]
        assert (await up.get("/api/rooms/no-such-room"))[0] == 404
        assert (await up.get("/api/nothing"))[0] == 404
        sampler(up).sample()
        ann, ben = (guest["player_id"] for guest in match.guests)
    found = rows(tmp_path, "SELECT subject, name, sum(n) FROM latencies GROUP BY subject, name")
    counted = {(subject, name): n for subject, name, n in found}
    assert counted["event", "act"] == 7
    assert counted["action", "connect-four/drop"] == 6
    assert counted["apply", ""] == 5
    assert counted["event", "join"] == 2
    assert counted["event", "ping"] == 1
    assert counted["route", "POST /api/session"] == 2
    assert counted["route", "GET /api/rooms/{room}"] == 1
    assert counted["route", "unknown"] == 1
    assert counted["commit", ""] >= 5
    assert counted["broadcast", ""] >= 5
    assert all(bucket >= 0 for (bucket,) in rows(tmp_path, "SELECT bucket FROM latencies"))
    assert all(at_us % MINUTE_US == 0 for (at_us,) in rows(tmp_path, "SELECT at_us FROM latencies"))

    first, *_ = rows(
        tmp_path,
        "SELECT websocket, polling, rooms_open, rooms_playing, players, events, moves FROM samples"
        " ORDER BY id",
    )
    assert first == (2, 0, 1, 1, 2, 10, 5)
    (bytes_in, bytes_out, rss, descriptors) = rows(
        tmp_path, "SELECT sum(bytes_in), sum(bytes_out), min(rss_bytes), min(descriptors) FROM samples"
    )[0]
    assert bytes_in > 500
    assert bytes_out > 1_500
    assert rss > 10_000_000
    assert descriptors > 5

    sessions = rows(
        tmp_path,
        "SELECT player_id, transport, upgraded, reconnects, acts, close_reason, at_us >= opened_us"
        " FROM sessions ORDER BY acts DESC",
    )
    assert [row[0] for row in sessions] == [ann, ben]
    assert [row[1:4] for row in sessions] == [("websocket", 0, 0)] * 2
    assert [row[4] for row in sessions] == [5, 2]
    assert all(row[5] and row[6] for row in sessions)
    assert match.guests[0]["token"] not in str(rows(tmp_path, "SELECT * FROM sessions"))


async def test_who_comes_back_after_a_loss_reconnects(tmp_path: Path) -> None:
    async with running(tmp_path) as up:
        token = (await up.guest())["token"]
        wire = await up.wire(token)
        await wire.close()
        assert up.server._play.players_connected() == 0
        assert up.server._play.players_reconnecting() == 1
        await up.wire(token)
        assert up.server._play.players_reconnecting() == 0
    assert [row[0] for row in rows(tmp_path, "SELECT reconnects FROM sessions ORDER BY id")] == [0, 1]


async def test_errors_are_kept_by_minute(tmp_path: Path) -> None:
    async with running(tmp_path) as up:
        up.server.metrics.count(names.ERRORS, "http", "GET /x 500", n=2)
        logging.getLogger("kibitz.play.events").error("an event failed")
        logging.getLogger("somebody.else").error("failed")
    found = rows(tmp_path, "SELECT kind, name, count FROM errors ORDER BY kind, name")
    assert found == [
        ("exception", "kibitz.play.events", 1),
        ("exception", "other", 1),
        ("http", "GET /x 500", 2),
    ]


async def test_minutes_are_told_apart(tmp_path: Path) -> None:
    clock = ManualClock(1_800_000_000_000_000)
    minute_us = 1_800_000_000_000_000 // MINUTE_US * MINUTE_US
    async with running(tmp_path, clock=clock) as up:
        histogram = up.server.metrics.histogram(names.HTTP_CACHE)
        histogram.add(1_000_000)
        sampler(up).sample()
        clock.advance(MINUTE_US)
        sampler(up).sample()
        histogram.add(1_000_000)
        clock.advance(MINUTE_US)
    found = rows(tmp_path, "SELECT at_us, n FROM latencies WHERE subject = 'http_cache' ORDER BY id")
    assert found == [(minute_us, 1), (minute_us + MINUTE_US, 1)]


async def test_without_telemetry_nothing_is_measured(tmp_path: Path) -> None:
    async with running(tmp_path, telemetry="off") as up:
        match = await up.table()
        await play(match, 3)
        assert list(up.server.metrics.histograms()) == []
        assert up.server.metrics.added(names.EVENT) == 0
    assert not (tmp_path / "telemetry.sqlite").exists()


async def test_every_table_of_telemetry_can_be_read_while_the_server_runs(tmp_path: Path) -> None:
    async with running(tmp_path) as up:
        await up.table()
        sampler(up).sample()
        for table in TABLES:
            rows(tmp_path, f"SELECT count(*) FROM {table}")
