"""A room with a delay on a whole server: every byte that a spectator gets, beside what players do."""

import asyncio
import json
from pathlib import Path
from typing import Any

from support.feed_follower import Feed
from support.running_server import Match, Running, running

DELAY_MS = 1_500
COLUMNS = [0, 1, 0, 1, 0, 1, 0]
"""The first player has four above each other."""


async def _table(server: Running) -> Match:
    guests = [await server.guest("Ada"), await server.guest("Bo")]
    room = await server.room(guests[0]["token"], spectator_delay_ms=DELAY_MS)
    wires = [await server.wire(guest["token"]) for guest in guests]
    for wire in wires:
        assert (await wire.emit("join", {"room": room["room_id"]}))["ok"]
    begun = await wires[0].event("snapshot")
    return Match(room["room_id"], begun["epoch"], begun["version"], guests, wires)


class Heard:
    """The newest version that each thing a spectator got told of, with the time at which it came."""

    def __init__(self) -> None:
        self.versions: list[tuple[float, str, int]] = []

    def note(self, how: str, version: int) -> None:
        self.versions.append((asyncio.get_running_loop().time(), how, version))


def _newest(message: Any) -> int:
    """The highest version in anything: views, patches, the events beside them."""
    if isinstance(message, dict):
        own = message.get("version")
        return max([own if isinstance(own, int) else 0, *(_newest(each) for each in message.values())])
    return max((_newest(each) for each in message), default=0) if isinstance(message, list) else 0


async def test_every_byte_of_a_spectator_is_as_old_as_the_delay(tmp_path: Path) -> None:
    async with running(tmp_path, limits="off") as server:
        match = await _table(server)
        info = (await server.get(f"/api/rooms/{match.room}"))[1]
        assert info["spectator_delay_ms"] == DELAY_MS
        heard, committed = Heard(), {}
        loop = asyncio.get_running_loop()
        token = (await server.guest("Eve"))["token"]
        watcher = await server.wire(token)
        joined = await watcher.emit("join", {"room": match.room, "as": "spectator"})
        heard.note("join", _newest(joined))
        assert joined["view"]["phase"] == "waiting"
        feed = Feed()
        following = asyncio.create_task(feed.follow(server, match.room))
        begun, version, is_done = match.version, match.version, False

        async def poll() -> None:
            seen = fed = 0
            while not is_done:
                for name, data in watcher.events[seen:]:
                    if name != "presence":
                        heard.note(name, _newest(data))
                seen = len(watcher.events)
                for name, _, data in feed.events[fed:]:
                    heard.note(f"feed {name}", _newest(data))
                fed = len(feed.events)
                held = {"room": match.room, "epoch": match.epoch, "version": 1, "checksum": 0}
                heard.note("resync", _newest(await watcher.emit("resync", held)))
                for what in ("replay", "events", "history"):
                    status, answer = await server.get(f"/api/rooms/{match.room}/{what}", token)
                    if status == 200:
                        heard.note(what, _newest(answer))
                await asyncio.sleep(0.05)

        polling = asyncio.create_task(poll())
        for number, column in enumerate(COLUMNS):
            before = loop.time()
            act = match.drop(column, version, f"move{number}")
            answer = await match.wires[number % 2].emit("act", act)
            version = answer["version"]
            committed[version] = before
            assert version == begun + number + 1  # players are not kept waiting
            await asyncio.sleep(0.15)
        async with asyncio.timeout(10):
            while not any(v == version and how == "feed patch" for _, how, v in heard.versions):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.3)
        is_done = True
        await polling
        following.cancel()
        ways = {how for _, how, v in heard.versions if v > 1}
        assert {"resync", "feed snapshot", "feed patch", "replay", "events", "history"} <= ways
        assert {"patch", "snapshot"} & ways
        for at, how, seen in heard.versions:
            if seen in committed:
                assert at - committed[seen] >= DELAY_MS / 1000, (how, seen)
        # And at last they know all of it.
        last = await watcher.emit("resync", {"room": match.room, "epoch": "x", "version": 1, "checksum": 0})
        assert last["view"]["outcome"]["winner"] == 0
        own = await match.wires[0].emit(
            "resync", {"room": match.room, "epoch": "x", "version": 1, "checksum": 0}
        )
        assert json.dumps(own["view"]) == json.dumps(last["view"])


async def test_who_watches_right_after_a_restart_sees_nothing_newer(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        match = await _table(server)
        await match.wires[0].emit("act", match.drop(3, match.version, "one"))
    async with running(tmp_path) as server:
        token = (await server.guest("Eve"))["token"]
        watcher = await server.wire(token)
        joined = await watcher.emit("join", {"room": match.room, "as": "spectator"})
        assert (joined["version"], joined["view"]["phase"]) == (1, "waiting")
        assert (await server.get(f"/api/rooms/{match.room}/replay"))[0] == 404
        shown = await watcher.event("snapshot")
        assert shown["view"]["board"][5][3] == 0


async def test_a_player_whose_seat_was_taken_away_is_not_led_on(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        match = await _table(server)
        answer = await match.wires[0].emit("act", match.drop(3, match.version, "one"))
        other = await server.wire(match.guests[1]["token"])
        joined = await other.emit("join", {"room": match.room})
        assert (joined["seat"], joined["version"]) == (1, answer["version"])
        held = {"room": match.room, "epoch": match.epoch, "version": answer["version"], "checksum": 0}
        older = await match.wires[1].emit("resync", held)
        assert (older["seat"], older["version"]) == (None, 1)
