"""A client that sends garbage is answered by the contract or closed, over both transports, and nobody
else notices: two others go on playing, see only their own moves, and the log holds no fault."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from support.raw_player import RawPlayer, raw_player
from support.running_server import Match, Running, running

TRANSPORTS = ["websocket", "polling"]
ID = "garbage_garbage_"
OTHER_ROOM = "A" * 22

Act = Callable[[Match], dict[str, object]]


def act(**changes: object) -> Act:
    """A move that the one to move could make, but for the changes."""
    return lambda match: match.drop(3, match.version, ID) | changes


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as up:
        yield up


async def goes_on(match: Match, caplog: pytest.LogCaptureFixture) -> None:
    """The two at the table move in turns, and see exactly that."""
    version = match.version
    for number, wire in enumerate(match.wires):
        answer = await wire.emit("act", match.drop(number, version, f"healthy{number}"))
        assert answer == {"ok": True, "version": version + 1}
        version += 1
    for wire in match.wires:
        async with asyncio.timeout(5):
            while len(wire.named("patch")) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert [patch["version"] for patch in wire.named("patch")] == [match.version + 1, version]
        assert not wire.closed.is_set()
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == []


async def ask(player: RawPlayer, event: str, payload: object) -> dict[str, Any]:
    """The acknowledgement of one event."""
    await player.send("427" + json.dumps([event, payload]))
    async with asyncio.timeout(5):
        while (packet := await player.next()) is not None:
            if packet.startswith("437"):
                answer: dict[str, Any] = json.loads(packet[3:])[0]
                return answer
    raise AssertionError("closed without an answer")


# ---------------------------------------------------------------- answered

EVENTS: dict[str, tuple[str, object, str]] = {
    "unknown event": ("castle", {"room": "x"}, "unknown_event"),
    "event of the server": ("patch", {"room": "x"}, "unknown_event"),
    "no payload object": ("join", [1, 2], "bad_request"),
    "null": ("act", None, "bad_request"),
    "wrong type": ("join", {"room": 5}, "bad_request"),
    "unknown field": ("join", {"room": "x", "player": "p_another"}, "bad_request"),
    "seat out of range": ("join", {"room": "x", "seat": -1}, "bad_request"),
    "version beyond 2^53": ("join", {"room": "x", "epoch": "e", "version": 2**53 + 1}, "bad_request"),
    "number too large for any integer": ("join", {"room": "x", "version": 10**400}, "bad_request"),
    "fraction for an integer": ("ping", {"sent_ms": 0.5}, "bad_request"),
    "control characters in an id": (
        "act",
        {**dict.fromkeys(("room", "epoch", "type"), "x"), "base": 0, "id": "\r\n" * 10, "args": {}},
        "bad_request",
    ),
    "unknown room": ("join", {"room": OTHER_ROOM}, "unknown_room"),
    "a join code for an id": ("join", {"room": "ABCDEFGH"}, "unknown_room"),
    "a path for an id": ("join", {"room": "../../etc/passwd"}, "unknown_room"),
    "chat in a room not joined": ("chat", {"room": OTHER_ROOM, "text": "hi"}, "not_joined"),
    "unknown feature": ("features", {"used": [{"name": "x", "count": 1}]}, "bad_request"),
}


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_wrong_messages(server: Running, caplog: pytest.LogCaptureFixture, transport: str) -> None:
    match = await server.table()
    for case, (event, payload, code) in EVENTS.items():
        token = (await server.guest("Mallory"))["token"]
        async with raw_player(server.http, server.url, transport, token) as player:
            answer = await ask(player, event, payload)
        assert (answer["ok"], answer["code"]) == (False, code), case
    await goes_on(match, caplog)


ACTS_OF_WATCHERS: dict[str, Act] = {
    "a move": act(),
    "a move of seat 0": act(args={"column": 3, "seat": 0}),
    "giving up for somebody": act(type="resign", args={}),
}


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_acts_for_others(server: Running, caplog: pytest.LogCaptureFixture, transport: str) -> None:
    """The seat is that of the session, whatever the payload says."""
    match = await server.table()
    token = (await server.guest("Mallory"))["token"]
    async with raw_player(server.http, server.url, transport, token) as player:
        for make in ACTS_OF_WATCHERS.values():
            assert (await ask(player, "act", make(match)))["code"] == "not_joined"
        assert (await ask(player, "rematch", {"room": match.room}))["code"] == "not_joined"
        assert (await ask(player, "leave", {"room": match.room}))["code"] == "not_joined"
        for seat in (0, 1):
            taken = await ask(player, "join", {"room": match.room, "as": "player", "seat": seat})
            assert taken["code"] in ("seat_taken", "room_full")
        joined = await ask(player, "join", {"room": match.room})
        assert joined["seat"] is None
        for case, make in ACTS_OF_WATCHERS.items():
            assert (await ask(player, "act", make(match)))["code"] == "not_seated", case
    await goes_on(match, caplog)


ACTS_OF_PLAYERS: dict[str, tuple[Act, str]] = {
    "another epoch": (act(epoch="another"), "epoch_changed"),
    "a version that is not yet": (act(base=2**53), "stale"),
    "out of turn": (act(), "not_your_turn"),
    "unknown action": (act(type="castle"), "unknown_action"),
    "args of a wrong type": (act(args={"column": "three"}), "bad_args"),
    "args out of range": (act(args={"column": 7}), "bad_args"),
    "args beyond 2^53": (act(args={"column": 2**70}), "bad_args"),
    "args that are no object": (act(args=[3]), "bad_args"),
    "args with more than asked for": (act(args={"column": 3, "seat": 0}), "bad_args"),
}


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_wrong_acts_of_a_player(
    server: Running, caplog: pytest.LogCaptureFixture, transport: str
) -> None:
    match = await server.table()
    opponent = match.guests[1]["token"]
    async with raw_player(server.http, server.url, transport, opponent) as player:
        assert (await ask(player, "join", {"room": match.room}))["seat"] == 1
        for case, (make, code) in ACTS_OF_PLAYERS.items():
            answer = await ask(player, "act", make(match))
            assert answer["code"] == code, f"{case}: {answer}"
    assert (await match.wires[1].emit("join", {"room": match.room}))["seat"] == 1  # it was superseded
    await goes_on(match, caplog)


# ---------------------------------------------------------------- closed

DEEP = "[" * 5_000 + "]" * 5_000
CLOSED: dict[str, str | bytes] = {
    "nothing": "",
    "no packet type": "9",
    "no packet type of Socket.IO": "4x",
    "no JSON": '42["join",{"room":',
    "no array": '42{"join":1}',
    "not a number": '42["join",NaN]',
    "no name": "42[]",
    "reserved name": '42["connect"]',
    "a number of five thousand digits for a name": "42[" + "9" * 5_000 + "]",
    "a number of five thousand digits for an id": "42" + "9" * 5_000 + '["join"]',
    "nested too deeply": f'42["join",{DEEP}]',
    "nested too deeply in what is known": '427["act",{"args":' + DEEP + "}]",
    "a thousand million attachments": '451000000000-["x"]',
    "more attachments than allowed": '455-["x"]',
    "an attachment of nothing": b"\x00\x01",
    "an acknowledgement without id": "43[]",
    "connecting again": "40{}",
    "an error of its own": '44{"message":"x"}',
    "a namespace of a thousand letters": "42/" + "n" * 1_000 + ',["x"]',
    "a ping": "2",
    "an open packet": "0{}",
    "an upgrade out of place": "5",
    "oversize": '42["chat",{"text":"' + "x" * 20_000 + '"}]',
}


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_what_is_no_message_ends_its_own_connection(
    server: Running, caplog: pytest.LogCaptureFixture, transport: str
) -> None:
    match = await server.table()
    for case, garbage in CLOSED.items():
        token = (await server.guest("Mallory"))["token"]
        async with raw_player(server.http, server.url, transport, token) as player:
            await player.send(garbage)
            if transport == "polling" and case == "oversize":
                continue  # refused with 413; the session is none the worse for it
            async with asyncio.timeout(5):
                assert await player.next() is None, case
    await goes_on(match, caplog)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_who_does_not_stop_is_closed(
    server: Running, caplog: pytest.LogCaptureFixture, transport: str
) -> None:
    match = await server.table()
    token = (await server.guest("Mallory"))["token"]
    async with raw_player(server.http, server.url, transport, token) as player:
        for _ in range(10):
            await player.send('427["castle"]')
        async with asyncio.timeout(5):
            codes = []
            while (packet := await player.next()) is not None:
                if packet.startswith("437"):
                    codes.append(json.loads(packet[3:])[0]["code"])
    assert codes == ["unknown_event"] * 10
    await goes_on(match, caplog)
