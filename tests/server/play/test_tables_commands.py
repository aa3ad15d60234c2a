"""What players hear of an admin's commands, over a real websocket."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kibitz.games.connect_four import ConnectFour
from kibitz.ids import RoomId, Seat, Version
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from support.room_house import asked
from support.running_server import Match, Running, running


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as up:
        yield up


def room_of(server: Running, match: Match) -> Room:
    room = server.server.directory.find(RoomId(match.room))
    assert isinstance(room, Room)
    return room


async def both(match: Match, event: str, after: list[int]) -> list[dict[str, Any]]:
    return [await wire.event(event, after=at) for wire, at in zip(match.wires, after, strict=True)]


async def test_a_pause_is_told_with_the_clock_that_stands(server: Running) -> None:
    match = await server.table()
    room = room_of(server, match)
    at = [len(wire.events) for wire in match.wires]
    await asked(partial(room.pause, "why"))
    for snapshot in await both(match, "snapshot", at):
        assert (snapshot["status"], snapshot["epoch"]) == ("paused", match.epoch)
        assert snapshot["view"]["clock"]["running"] is None
        assert snapshot["clock_elapsed_ms"] == 0
    for notice in await both(match, "notice", at):
        assert (notice["code"], notice["data"]) == ("room_paused", None)
    refused = await match.wires[0].emit("act", match.drop(0, match.version, "while-paused"))
    assert (refused["code"], refused["ok"]) == ("room_paused", False)
    at = [len(wire.events) for wire in match.wires]
    await asked(room.resume)
    for snapshot in await both(match, "snapshot", at):
        assert (snapshot["status"], snapshot["view"]["clock"]["running"]) == ("playing", 0)
    for notice in await both(match, "notice", at):
        assert notice["code"] == "room_resumed"


async def test_a_rewind_gives_everybody_the_new_epoch(server: Running) -> None:
    match = await server.table()
    room = room_of(server, match)
    first = await match.wires[0].emit("act", match.drop(3, match.version, "first-move"))
    await match.wires[1].event("patch")
    at = [len(wire.events) for wire in match.wires]
    await asked(partial(room.rewind, Version(match.version)))
    for snapshot in await both(match, "snapshot", at):
        assert snapshot["version"] == first["version"] + 1
        assert snapshot["epoch"] == room.epoch != match.epoch
        assert snapshot["view"]["turn"] == 0
    for notice in await both(match, "notice", at):
        assert (notice["code"], notice["data"]) == ("rewound", {"version": match.version})
    late = await match.wires[1].emit("act", match.drop(3, first["version"], "late-move"))
    assert late["code"] == "epoch_changed"
    on = match.drop(3, first["version"] + 1, "next-move", epoch=room.epoch)
    assert (await match.wires[0].emit("act", on))["ok"]
    held = {"room": match.room, "epoch": match.epoch, "version": first["version"], "checksum": 0}
    assert (await match.wires[1].emit("resync", held))["mode"] == "snapshot"


async def test_who_is_kicked_watches(server: Running) -> None:
    match = await server.table()
    room = room_of(server, match)
    at = [len(wire.events) for wire in match.wires]
    await asked(partial(room.kick, Seat(1)))
    notices = await both(match, "notice", at)
    assert [notice["code"] for notice in notices] == ["seat_left", "kicked"]
    refused = await match.wires[1].emit("act", match.drop(0, room.version, "out-of-seat"))
    assert refused["code"] == "not_seated"
    again = await match.wires[1].emit("join", {"room": match.room, "as": "player"})
    assert again["code"] == "forbidden"


async def test_a_mended_room_says_so(server: Running) -> None:
    match = await server.table()
    room = room_of(server, match)
    at = [len(wire.events) for wire in match.wires]
    room.guarded(fail)
    for notice in await both(match, "notice", at):
        assert notice["code"] == "room_faulted"
    refused = await match.wires[0].emit("act", match.drop(3, match.version, "while-faulted"))
    assert refused["code"] == "room_faulted"
    at = [len(wire.events) for wire in match.wires]
    assert server.server.directory.release(room.room_id) is room
    for snapshot in await both(match, "snapshot", at):
        assert (snapshot["status"], snapshot["epoch"]) == ("playing", match.epoch)
        assert (snapshot["version"], snapshot["view"]["turn"]) == (match.version, 0)
        assert snapshot["clock_elapsed_ms"] < 1_000
    for notice in await both(match, "notice", at):
        assert (notice["code"], notice["data"]) == ("room_resumed", None)
    assert (await match.wires[0].emit("act", match.drop(3, match.version, "after-it")))["ok"]


async def test_a_mended_room_that_was_paused_stays_so(server: Running) -> None:
    match = await server.table()
    room = room_of(server, match)
    await asked(partial(room.pause, "why"))
    room.guarded(fail)
    at = [len(wire.events) for wire in match.wires]
    server.server.directory.release(room.room_id)
    for snapshot in await both(match, "snapshot", at):
        assert snapshot["status"] == "paused"


async def test_a_room_that_cannot_show_itself_is_not_mended(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    match = await server.table()
    room = room_of(server, match)
    at = [len(wire.events) for wire in match.wires]
    room.guarded(fail)
    await both(match, "notice", at)
    monkeypatch.setattr(ConnectFour, "view", no_view)
    at = [len(wire.events) for wire in match.wires]
    room.drop_what_is_only_shown()
    server.server.directory.release(room.room_id)
    assert room.status is Status.FAULTED
    for notice in await both(match, "notice", at):
        assert notice["code"] == "room_faulted"


def fail() -> None:
    raise RuntimeError("on purpose")


def no_view(*args: object) -> None:
    raise RuntimeError("on purpose")


async def test_a_reopened_room_says_so(server: Running) -> None:
    match = await server.table()
    room = room_of(server, match)
    at = [len(wire.events) for wire in match.wires]
    room.reopen("restore")
    for snapshot in await both(match, "snapshot", at):
        assert snapshot["epoch"] not in ("", match.epoch)
    for notice in await both(match, "notice", at):
        assert notice["code"] == "reopened"
