"""The contract's events over a real websocket, against a whole server with a real journal."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kibitz.games.connect_four import ConnectFour
from kibitz.metrics import names
from support.running_server import Match, Running, running


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as up:
        yield up


async def play(match: Match, columns: list[int], begin: int = 0) -> int:
    """Drop in turns; the version after the last one."""
    version = match.version
    for number, column in enumerate(columns):
        wire = match.wires[(begin + number) % 2]
        answer = await wire.emit("act", match.drop(column, version, f"play{number}"))
        assert answer["ok"], answer
        version = answer["version"]
    return version


async def test_two_players_play_a_whole_match(server: Running) -> None:
    match = await server.table()
    watcher = await server.wire((await server.guest("Cy"))["token"])
    seen = await watcher.emit("join", {"room": match.room})
    assert (seen["seat"], seen["mode"]) == (None, "snapshot")
    assert seen["view"]["phase"] == "playing"
    version = await play(match, [0, 1, 0, 1, 0, 1, 0])
    for wire in (*match.wires, watcher):
        async with asyncio.timeout(5):
            while not wire.named("patch") or wire.named("patch")[-1]["version"] < version:  # noqa: ASYNC110
                await asyncio.sleep(0)
        patches = wire.named("patch")
        assert [p["version"] for p in patches] == list(range(match.version + 1, version + 1))
        assert [p["base"] for p in patches] == list(range(match.version, version))
        assert all(p["room"] == match.room and p["epoch"] == match.epoch for p in patches)
    status, info = await server.get(f"/api/rooms/{match.room}")
    assert (status, info["status"], info["version"]) == (200, "finished", version)
    joined = await watcher.emit("join", {"room": match.room})
    assert joined["view"]["outcome"]["winner"] == 0
    assert joined["status"] == "finished"


async def test_the_ack_of_an_act_comes_before_its_patch(server: Running) -> None:
    match = await server.table()
    wire = match.wires[0]
    before = len(wire.log)
    await wire.emit("act", match.drop(3, match.version, "first"))
    await wire.event("patch")
    kinds = [kind for kind, what in wire.log[before:] if kind == "ack" or what == "patch"]
    assert kinds == ["ack", "event"]


async def test_a_repeated_act_is_answered_again_and_done_once(server: Running) -> None:
    match = await server.table()
    first, second = match.wires
    act = match.drop(3, match.version, "once")
    answers = [await first.emit("act", act), await first.emit("act", act)]
    assert answers[0] == answers[1] == {"ok": True, "version": match.version + 1}
    await second.event("patch")
    other = await first.emit("act", {**act, "args": {"column": 4}})
    assert (other["ok"], other["code"]) == (False, "id_reused")
    _, page = await server.get(f"/api/rooms/{match.room}/events?after={match.version}")
    assert [event["type"] for event in page["events"]] == ["drop"]


GARBAGE: list[tuple[str, Any, str]] = [
    ("dance", {"room": "x"}, "unknown_event"),
    ("join", {"room": 5}, "bad_request"),
    ("join", {}, "bad_request"),
    ("join", "room", "bad_request"),
    ("join", {"room": "no-such-room-0000000000"}, "unknown_room"),
    ("join", {"room": "x", "sudo": True}, "bad_request"),
    ("act", {"room": "x"}, "bad_request"),
    ("chat", {"room": "x", "text": "y" * 281}, "bad_request"),
    ("chat", {"room": "x", "text": "hello"}, "not_joined"),
    ("leave", {"room": "x"}, "not_joined"),
    ("rematch", {"room": "x"}, "not_joined"),
    ("resync", {"room": "x", "epoch": "e", "version": 1, "checksum": 1}, "not_joined"),
    ("resync", {"room": "x", "epoch": "e", "version": -1, "checksum": 1}, "bad_request"),
    ("features", {"used": [{"name": "nonsense", "count": 1}]}, "bad_request"),
    ("ping", {"sent_ms": "now"}, "bad_request"),
]


@pytest.mark.parametrize(("event", "payload", "code"), GARBAGE)
async def test_garbage_gets_its_code_and_nobody_else_notices(
    server: Running, event: str, payload: Any, code: str
) -> None:
    match = await server.table()
    stranger = await server.wire((await server.guest("Eve"))["token"])
    answer = await stranger.emit(event, payload)
    assert answer["ok"] is False
    assert answer["code"] == code
    assert answer["message"]
    await play(match, [0, 1, 2])


async def test_acts_that_are_not_allowed_get_their_code(server: Running) -> None:
    match = await server.table()
    first, second = match.wires
    version = match.version
    stranger = await server.wire((await server.guest("Eve"))["token"])
    refusals = [
        (second, match.drop(0, version, "not-yours"), "not_your_turn"),
        (first, match.drop(0, version, "epoch", epoch="another"), "epoch_changed"),
        (first, match.drop(7, version, "column"), "bad_args"),
        (first, match.drop(0, version, "type", type="castle"), "unknown_action"),
        (first, match.drop(0, version, "args", args={"row": 1}), "bad_args"),
        (stranger, match.drop(0, version, "stranger"), "not_joined"),
    ]
    for wire, act, code in refusals:
        answer = await wire.emit("act", act)
        assert (answer["ok"], answer["code"]) == (False, code), act
    assert (await stranger.emit("join", {"room": match.room}))["seat"] is None
    answer = await stranger.emit("act", match.drop(0, version, "watching"))
    assert answer["code"] == "not_seated"
    await play(match, [0])


@pytest.mark.parametrize(
    "text", ["42{bad", '42["act",', "4abc", '42["act",{"room":NaN}]', "42" + "[" * 500, "9"]
)
async def test_what_is_no_packet_ends_the_connection_only(server: Running, text: str) -> None:
    match = await server.table()
    stranger = await server.wire((await server.guest("Eve"))["token"])
    await stranger.send_text(text)
    async with asyncio.timeout(5):
        await stranger.closed.wait()
    await play(match, [0, 1])


async def test_an_oversize_message_ends_the_connection_only(server: Running) -> None:
    match = await server.table()
    stranger = await server.wire((await server.guest("Eve"))["token"])
    await stranger.send_text("42" + json.dumps(["chat", {"room": "x", "text": "y" * 20_000}]))
    async with asyncio.timeout(5):
        await stranger.closed.wait()
    await play(match, [0, 1])


async def test_ten_messages_of_garbage_close_the_connection(server: Running) -> None:
    stranger = await server.wire((await server.guest("Eve"))["token"])
    for _ in range(9):
        assert (await stranger.emit("nonsense"))["code"] == "unknown_event"
    stranger.emit_later("nonsense")
    async with asyncio.timeout(5):
        await stranger.closed.wait()


async def test_the_newest_tab_has_the_seat(server: Running) -> None:
    match = await server.table()
    old = match.wires[0]
    new = await server.wire(match.guests[0]["token"])
    joined = await new.emit("join", {"room": match.room})
    assert joined["seat"] == 0
    notice = await old.event("notice")
    assert (notice["code"], notice["room"]) == ("superseded", match.room)
    refused = await old.emit("act", match.drop(0, match.version, "old-tab"))
    assert refused["code"] == "not_seated"
    assert (await new.emit("act", match.drop(0, match.version, "new-tab")))["ok"]
    await old.event("patch")
    assert (await old.emit("leave", {"room": match.room}))["ok"], "an old tab leaves without the seat"
    assert (await new.emit("resync", {"room": match.room, "epoch": "", "version": 0, "checksum": 0}))["code"]
    _, info = await server.get(f"/api/rooms/{match.room}")
    assert info["status"] == "playing"


async def test_what_was_done_earlier_is_sent_beside_the_device_that_has_the_seat(server: Running) -> None:
    match = await server.table()
    holder, other = match.wires
    courier = await server.wire(match.guests[0]["token"])
    version, answers = match.version, []
    for number, column in enumerate((3, 4)):
        late = match.drop(column, version, f"late{number}")
        refused = await courier.emit("act", {**late, "seat": 1})
        assert refused["code"] == "not_seated", "the seat is another player's"
        answers.append(await courier.emit("act", {**late, "seat": 0}))
        assert answers[-1]["ok"]
        again = await courier.emit("act", {**late, "seat": 0})
        assert again["version"] == answers[-1]["version"], "sent twice, it counts once"
        known = await holder.emit("act", late)
        assert known["version"] == answers[-1]["version"], "the same act, with a seat named or without"
        version = (await other.emit("act", match.drop(0, again["version"], f"bo{number}")))["version"]
    assert holder.named("notice") == []
    assert courier.named("patch") == courier.named("presence") == [], "it takes no part"
    assert (await holder.emit("act", match.drop(5, version, "still-seated")))["ok"]
    _, info = await server.get(f"/api/rooms/{match.room}")
    assert (info["spectators"], info["version"]) == (0, version + 1)
    assert (await courier.emit("act", match.drop(6, version + 1, "no-seat")))["code"] == "not_joined"


async def test_what_was_done_earlier_counts_only_in_a_room_with_such_a_seat(server: Running) -> None:
    match = await server.table()
    stranger = await server.wire((await server.guest("Cy"))["token"])
    late = {**match.drop(3, match.version, "late"), "seat": 0}
    assert (await stranger.emit("act", late))["code"] == "not_seated"
    assert (await stranger.emit("act", {**late, "room": "AAAAAAAAAAAAAAAAAAAAAA"}))["code"] == "unknown_room"
    ann = await server.wire(match.guests[0]["token"])
    assert (await ann.emit("act", {**late, "seat": 7}))["code"] == "not_seated"
    assert (await ann.emit("act", {**late, "seat": -1}))["code"] == "bad_request"


async def test_a_watcher_sits_down_on_the_same_connection(server: Running) -> None:
    guest = await server.guest()
    room = await server.room(guest["token"])
    wire = await server.wire(guest["token"])
    watching = await wire.emit("join", {"room": room["room_id"], "as": "spectator"})
    assert (watching["seat"], watching["version"]) == (None, 1)
    seated = await wire.emit("join", {"room": room["room_id"], "as": "player"})
    assert (seated["seat"], seated["version"]) == (0, 2)
    _, info = await server.get(f"/api/rooms/{room['room_id']}")
    assert (info["spectators"], info["seats"][0]["status"]) == (0, "connected")
    other = await server.wire((await server.guest("Bo"))["token"])
    taken = await other.emit("join", {"room": room["room_id"], "as": "player", "seat": 0})
    assert taken["code"] == "seat_taken"
    assert (await other.emit("join", {"room": room["room_id"], "seat": 1}))["status"] == "playing"
    begun = await wire.event("snapshot")
    assert begun["status"] == "playing"
    third = await server.wire((await server.guest("Cy"))["token"])
    full = await third.emit("join", {"room": room["room_id"], "as": "player"})
    assert full["code"] == "room_full"


async def test_join_sends_only_what_is_missing(server: Running) -> None:
    match = await server.table()
    held = await match.wires[0].emit("join", {"room": match.room})
    what = {"epoch": match.epoch, "version": held["version"], "checksum": held["checksum"]}
    version = await play(match, [0, 1])
    again = await server.wire(match.guests[0]["token"])
    patches = await again.emit("join", {"room": match.room, **what})
    assert (patches["mode"], patches["version"]) == ("patches", version)
    assert patches["patches"][0]["base"] == held["version"]
    assert patches["patches"][-1]["version"] == version
    now = {"epoch": match.epoch, "version": version, "checksum": patches["checksum"]}
    current = await again.emit("join", {"room": match.room, **now})
    assert current["mode"] == "current"
    assert "view" not in current
    assert "patches" not in current
    wrong = await again.emit("resync", {"room": match.room, **now, "checksum": 1})
    assert wrong["mode"] == "snapshot"
    assert "chat" not in wrong


async def test_what_was_said_stays_when_everybody_went(server: Running) -> None:
    match = await server.table()
    assert (await match.wires[0].emit("chat", {"room": match.room, "text": "back at eight"}))["ok"]
    for wire in match.wires:
        await wire.close()
    late = await server.wire(match.guests[0]["token"])
    joined = await late.emit("join", {"room": match.room})
    assert [line["text"] for line in joined["chat"]] == ["back at eight"]


async def test_chat_reaches_the_room_and_who_joins_later(server: Running) -> None:
    match = await server.table()
    first, second = match.wires
    assert (await first.emit("chat", {"room": match.room, "text": " hi\u202e\x00 there \n you "}))["ok"]
    said = await second.event("chat")
    assert said["text"] == "hi there you"
    assert (said["seat"], said["name"], said["room"]) == (0, "Ada", match.room)
    assert (await first.emit("chat", {"room": match.room, "text": "\u200b"}))["code"] == "bad_request"
    watcher = await server.wire((await server.guest("Cy"))["token"])
    joined = await watcher.emit("join", {"room": match.room})
    assert [line["text"] for line in joined["chat"]] == ["hi there you"]


async def test_presence_follows_who_is_there(server: Running) -> None:
    match = await server.table()
    first, second = match.wires
    async with asyncio.timeout(5):
        while True:
            shown = first.named("presence")
            if shown and [s["status"] for s in shown[-1]["seats"]] == ["connected", "connected"]:
                break
            await asyncio.sleep(0.01)
    assert [s["name"] for s in shown[-1]["seats"]] == ["Ada", "Bo"]
    assert [s["transport"] for s in shown[-1]["seats"]] == ["websocket", "websocket"]
    await second.close()
    async with asyncio.timeout(5):
        while first.named("presence")[-1]["seats"][1]["status"] != "reconnecting":  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_rematch_starts_when_both_want_it_and_the_other_begins(server: Running) -> None:
    match = await server.table()
    first, second = match.wires
    await play(match, [0, 1, 0, 1, 0, 1, 0])
    at = len(first.events)
    assert (await second.emit("rematch", {"room": match.room}))["ok"]
    offered = await first.event("notice", after=at)
    assert (offered["code"], offered["data"]) == ("rematch_offered", {"seat": 1})
    assert (await first.emit("rematch", {"room": match.room}))["ok"]
    begun = await first.event("snapshot", after=at)
    assert (begun["match"], begun["status"], begun["view"]["turn"]) == (2, "playing", 1)


async def test_leaving_a_running_match_gives_it_up(server: Running) -> None:
    match = await server.table()
    first, second = match.wires
    assert (await first.emit("leave", {"room": match.room}))["ok"]
    patch = await second.event("patch")
    assert patch["events"][0]["kind"] == "forfeit"
    seen = await second.emit("join", {"room": match.room})
    assert seen["view"]["outcome"]["winner"] == 1


async def test_ping_and_features_are_answered(server: Running) -> None:
    wire = await server.wire((await server.guest())["token"])
    pong = await wire.emit("ping", {"sent_ms": 17})
    assert pong["sent_ms"] == 17
    assert pong["server_ms"] > 1_000_000_000_000
    assert await wire.emit("features", {"used": [{"name": "theme", "count": 2}]}) == {"ok": True}
    assert server.server.metrics.counted(names.FEATURES, "theme") == 2


async def test_too_many_acts_are_told_to_wait(server: Running) -> None:
    wire = await server.wire((await server.guest())["token"])
    act = {"room": "x", "epoch": "e", "id": "a" * 16, "base": 1, "type": "drop", "args": {}}
    answers = await asyncio.gather(*[wire.emit_later("act", act) for _ in range(60)])
    limited = [answer for answer in answers if answer["code"] == "rate_limited"]
    assert 10 <= len(limited) <= 20
    assert all(answer["retry_ms"] > 0 for answer in limited)


async def test_without_limits_nobody_waits(tmp_path: Path) -> None:
    async with running(tmp_path, limits="off") as server:
        wire = await server.wire((await server.guest())["token"])
        act = {"room": "x", "epoch": "e", "id": "a" * 16, "base": 1, "type": "drop", "args": {}}
        answers = await asyncio.gather(*[wire.emit_later("act", act) for _ in range(200)])
        assert {answer["code"] for answer in answers} == {"not_joined"}


@pytest.mark.parametrize("token", [None, "", "nonsense", 5])
async def test_without_a_session_nobody_connects(server: Running, token: Any) -> None:
    wire = await server.wire(token)
    assert wire.refused is not None
    assert wire.refused["data"] == {"code": "unauthenticated"}


async def test_the_cookie_connects_from_our_own_pages_only(server: Running) -> None:
    guest = await server.guest()
    cookie = f"kibitz_session={guest['token']}"
    wire = await server.wire(None, Cookie=cookie, Origin=server.url)
    assert wire.refused is None
    for origin in ("http://evil.example", "null", "http://127.0.0.1:1"):
        with pytest.raises(Exception, match=r"40[03]"):
            await server.wire(None, Cookie=cookie, Origin=origin)


async def test_a_view_that_fails_is_answered_and_stops_only_its_room(
    server: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    match = await server.table()
    other = await server.table()
    monkeypatch.setattr(ConnectFour, "view", _no_view)
    await match.wires[0].emit("act", match.drop(3, match.version, "the-first-of-all"))
    notice = await match.wires[1].event("notice")
    assert notice["code"] == "room_faulted"
    held = {"room": match.room, "epoch": match.epoch, "version": 1, "checksum": 0}
    answer = await match.wires[1].emit("resync", held)
    assert (answer["ok"], answer["code"]) == (False, "game_fault")
    monkeypatch.undo()
    assert await play(other, [0, 1]) == other.version + 2


def _no_view(self: ConnectFour, state: object, seat: int | None) -> dict[str, object]:
    raise ZeroDivisionError
