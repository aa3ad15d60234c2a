"""Nothing uncommitted leaves the server: commits are held back while every way out is watched."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from kibitz.journal.journal import CommitFailure
from kibitz.journal.memory import MemoryJournal
from support.feed_follower import Feed
from support.running_server import Match, Running, bearer, running


@asynccontextmanager
async def server_with(tmp_path: Path) -> AsyncIterator[tuple[Running, MemoryJournal]]:
    journals: list[MemoryJournal] = []

    def open_journal(*_: object) -> MemoryJournal:
        journals.append(MemoryJournal())
        return journals[0]

    async with running(tmp_path, open_journal=open_journal) as up:
        yield up, journals[0]


async def settle(server: Running, match: Match) -> None:
    """Long enough for whatever would leave to arrive: a full round trip on every connection."""
    for wire in match.wires:
        await wire.emit("ping", {"sent_ms": 1})
    await server.get("/healthz")
    for wire in match.wires:
        await wire.emit("ping", {"sent_ms": 2})


async def test_no_way_out_shows_what_is_not_committed(tmp_path: Path) -> None:
    async with server_with(tmp_path) as (server, journal):
        match = await server.table()
        first, second = match.wires
        version = match.version
        feed = Feed()
        following = asyncio.create_task(feed.follow(server, match.room))
        await asyncio.wait_for(feed.news.wait(), 5)
        waiting = await server.room(match.guests[0]["token"])
        third = await server.wire((await server.guest("Cy"))["token"])
        held = await first.emit("join", {"room": match.room})

        journal.hold()
        seen = [len(first.events), len(second.events), len(feed.events)]
        acted = first.emit_later("act", match.drop(3, version, "held-back"))
        replied = second.emit_later("act", match.drop(2, version, "held-too"))
        repeated = first.emit_later("act", match.drop(3, version, "held-back"))
        seated = third.emit_later("join", {"room": waiting["room_id"], "as": "player"})
        creating = asyncio.create_task(server.room(match.guests[1]["token"]))
        await settle(server, match)
        await settle(server, match)

        # Acks and answers wait.
        assert not any(answer.done() for answer in (acted, replied, repeated, seated))
        assert not creating.done()
        # Patches, snapshots, notices, the feed: nothing.
        told = [name for name, _ in first.events[seen[0] :] + second.events[seen[1] :]]
        assert not {"patch", "snapshot", "notice"} & set(told)
        assert len(feed.events) == seen[2]
        # Joins and resyncs show the committed state.
        for wire in (first, second, third):
            joined = await wire.emit(
                "join", {"room": match.room, "as": "spectator"} if wire is third else {"room": match.room}
            )
            assert (joined["version"], joined["checksum"]) == (version, held["checksum"])
            assert joined["view"]["board"][5][3] is None
        again = await first.emit(
            "resync", {"room": match.room, "epoch": match.epoch, "version": version + 1, "checksum": 0}
        )
        assert again["version"] == version
        assert again["view"]["last"] is None
        # REST too, and a follower that comes only now.
        _, info = await server.get(f"/api/rooms/{match.room}")
        assert info["version"] == version
        _, page = await server.get(
            f"/api/rooms/{match.room}/events?after={version}", match.guests[0]["token"]
        )
        assert page["events"] == []
        _, lobby = await server.get("/api/rooms")
        assert {room["room_id"]: room["version"] for room in lobby["rooms"]}[match.room] == version
        _, empty = await server.get(f"/api/rooms/{waiting['room_id']}")
        assert [seat["player"] for seat in empty["seats"]] == [None, None]
        late = Feed()
        following_late = asyncio.create_task(late.follow(server, match.room))
        await asyncio.wait_for(late.news.wait(), 5)
        assert late.events[0][2]["version"] == version

        journal.release()
        assert await acted == {"ok": True, "version": version + 1}
        assert (await replied)["version"] == version + 2
        assert await repeated == await acted
        assert (await seated)["seat"] == 0
        await creating
        patch = await second.event("patch", after=seen[1])
        assert (patch["base"], patch["version"]) == (version, version + 2)
        async with asyncio.timeout(5):
            while len(late.events) < 2 or len(feed.events) == seen[2]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert [event[:2] for event in late.events[1:]] == [("patch", f"{match.epoch}:{version + 2}")]
        for task in (following, following_late):
            task.cancel()


async def test_a_failed_commit_is_refused_and_shown_nowhere(tmp_path: Path) -> None:
    async with server_with(tmp_path) as (server, journal):
        match = await server.table()
        first, second = match.wires
        journal.fail_when(lambda append: CommitFailure.UNAVAILABLE)
        refused = await first.emit("act", match.drop(3, match.version, "lost"))
        assert (refused["ok"], refused["code"]) == (False, "unavailable")
        notice = await second.event("notice")
        assert notice["code"] == "reloaded"
        status, problem = await server.get("/readyz")
        assert (status, problem["code"]) == (503, "unavailable")
        async with server.http.post(
            f"{server.url}/api/rooms",
            json={"game": "connect-four"},
            headers=bearer(match.guests[0]["token"]),
        ) as answer:
            assert (answer.status, (await answer.json())["code"]) == (503, "unavailable")
        journal.fail_when(lambda append: None)
        accepted = await first.emit("act", match.drop(3, match.version, "lost"))
        assert accepted == {"ok": True, "version": match.version + 1}
        assert (await server.get("/readyz"))[0] == 200
        assert not [p for p in second.named("patch") if p["version"] > match.version + 1]
