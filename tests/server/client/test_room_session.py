"""A session in step with its room: joins, gaps, ends; what the player says beside the game, and frames."""

import asyncio

import pytest

from kibitz.client.errors import ClientClosed, ConnectionLost, Refused
from kibitz.client.session_events import Changed
from kibitz.protocol.messages import Done, Frame, Notice, Snapshot
from kibitz.protocol.messages import Refused as RefusedAnswer
from kibitz.sync.checksum import checksum
from support.scripted_seat import ACTION, EPOCH, ROOM, Seated, joined, patch, view
from support.scripted_server import settle


async def test_the_first_join_names_nothing_and_brings_the_view(seated: Seated):
    assert await seated.join() == {"room": ROOM}
    await seated.session.first_join()
    assert seated.session.view == view(0)
    assert (seated.session.seat, seated.session.version, seated.session.game) == (0, 3, "stones")


async def test_a_refused_join_ends_the_session(seated: Seated):
    packet_id, _ = await seated.wire.request("join")
    seated.wire.answer(packet_id, RefusedAnswer("unknown_room", "There is no such room."))
    with pytest.raises(Refused, match="unknown_room"):
        await seated.session.first_join()
    with pytest.raises(Refused, match="unknown_room"):
        await seated.session.act("move")


async def test_a_join_that_may_succeed_later_is_tried_again_when_the_server_says(seated: Seated):
    packet_id, _ = await seated.wire.request("join")
    seated.wire.answer(packet_id, RefusedAnswer("unavailable", "Not now.", retry_ms=70))
    await settle()
    seated.timers.advance(69)
    await settle()
    assert not seated.wire.has_received()
    seated.timers.advance(1)
    await seated.join()
    await seated.session.first_join()


async def test_a_gap_asks_for_the_state_once_and_goes_on_from_the_answer(seated: Seated):
    await seated.join()
    seated.wire.emit("patch", patch(5, view(0, 1), view(1, 1, 2)))
    seated.wire.emit("patch", patch(6, view(1, 1, 2), view(0, 1, 2, 3)))
    packet_id, asked = await seated.wire.request("resync")
    assert asked == {"room": ROOM, "epoch": EPOCH, "version": 3, "checksum": checksum(view(0))}
    seated.wire.answer(packet_id, joined(7, view(0, 1, 2, 3)))
    await seated.session.until(lambda it: it.version == 7, timeout_ms=1_000)
    assert seated.session.view == view(0, 1, 2, 3)
    assert seated.session.incidents.resyncs == 1
    assert seated.session.incidents.wrong == 0
    assert not seated.wire.has_received()


async def test_a_wrong_checksum_is_counted_never_shown_and_healed(seated: Seated):
    await seated.join()
    seated.wire.emit("patch", patch(3, view(0), view(1, 7), crc=1))
    packet_id, _ = await seated.wire.request("resync")
    assert seated.session.view == view(0)
    assert seated.session.incidents.wrong_checksums == 1
    seated.wire.answer(packet_id, joined(4, view(1, 7)))
    await settle()
    assert seated.session.view == view(1, 7)


async def test_a_resync_that_is_refused_starts_over_with_a_join(seated: Seated):
    await seated.join()
    seated.session.resync()
    packet_id, _ = await seated.wire.request("resync")
    seated.wire.answer(packet_id, RefusedAnswer("not_joined", "Join first."))
    await settle()
    seated.timers.advance(500)
    await seated.join(4, view(1, 7))
    assert seated.session.view == view(1, 7)


async def test_a_snapshot_brings_the_next_match(seated: Seated):
    await seated.join()
    events = seated.session.events()
    snapshot = Snapshot(ROOM, EPOCH, 9, view(1), checksum(view(1)), [], 0, 2, "playing")
    seated.wire.emit("snapshot", snapshot)
    await seated.session.until(lambda it: it.match == 2, timeout_ms=1_000)
    assert seated.session.view == view(1)
    assert await anext(events) == Changed(9, is_rejoin=True)  # type: ignore[arg-type]


async def test_rematch_chat_and_leave_are_answered(seated: Seated):
    await seated.join()
    for name, asked in (
        ("rematch", seated.session.rematch()),
        ("chat", seated.session.chat("hello")),
        ("leave", seated.session.leave()),
    ):
        asking = asyncio.create_task(asked)
        packet_id, message = await seated.wire.request(name)
        assert message["room"] == ROOM
        seated.wire.answer(packet_id, Done())
        await asking
    assert seated.session.is_over
    with pytest.raises(ClientClosed):
        await seated.session.chat("hello?")


async def test_a_room_that_is_closed_ends_the_session(seated: Seated):
    await seated.join()
    acting = asyncio.create_task(seated.session.act("move", {"stone": 7}))
    await seated.wire.request("act")
    seated.wire.emit("notice", Notice(ROOM, "room_closed", "The room is closed."))
    with pytest.raises(Refused, match="room_closed"):
        await acting
    assert seated.session.is_over


async def test_until_gives_up_after_its_time(seated: Seated):
    await seated.join()
    waiting = asyncio.create_task(seated.session.until(lambda it: it.version == 99, timeout_ms=50))
    await settle()
    seated.timers.advance(50)
    with pytest.raises(TimeoutError, match="within 50 ms"):
        await waiting


async def test_an_end_reaches_everybody_who_waits(seated: Seated):
    await seated.join()
    events = seated.session.events()
    acting = asyncio.create_task(seated.session.act("move", {"stone": 7}))
    waiting = asyncio.create_task(seated.session.until(lambda it: it.version == 99))
    await settle()
    seated.session.close(ClientClosed("over"))
    for task in (acting, waiting):
        with pytest.raises(ClientClosed, match="over"):
            await task
    assert [event async for event in events] == []


async def test_one_id_is_not_used_twice_at_once(seated: Seated):
    await seated.join()
    acting = asyncio.create_task(seated.session.act("move", {"stone": 7}, action_id=ACTION))
    await settle()
    with pytest.raises(ValueError, match="on its way already"):
        await seated.session.act("move", {"stone": 8}, action_id=ACTION)
    acting.cancel()


async def test_a_spectator_stays_one_after_a_reconnect(seated: Seated):
    packet_id, _ = await seated.wire.request("join")
    seated.wire.answer(packet_id, joined(3, view(0), seat=None))
    await seated.session.first_join()
    assert seated.session.seat is None
    await seated.lose()
    await seated.connect()
    _, asked = await seated.wire.request("join")
    assert asked["as"] == "spectator"
    assert "seat" not in asked


def frame(tick: int, epoch: str = "epoch-1") -> Frame:
    return Frame(ROOM, epoch, tick, bytes((tick % 256,)))


async def test_frames_are_heard_in_their_order_and_tell_the_tick(seated: Seated):
    await seated.connect()
    await seated.join()
    events = seated.session.events()
    for tick in (10, 12, 11):
        seated.session.take(frame(tick))
    assert seated.session.frame == frame(12)
    assert [await anext(events) for _ in range(2)] == [frame(10), frame(12)]
    seated.clock.advance(100_000)
    assert seated.session.ticks.now() == 14


async def test_an_act_at_a_tick_is_sent_with_it_once_and_not_shown(seated: Seated):
    await seated.connect()
    await seated.join()
    acting = asyncio.create_task(seated.session.act("take", {"stone": 1}, tick=40))
    packet_id, sent = await seated.wire.request("act")
    assert sent["tick"] == 40
    assert seated.session.pending == ()
    seated.wire.answer(packet_id, {"ok": True, "version": 9})
    assert (await acting).version == 9


async def test_an_act_at_a_tick_that_met_the_end_of_the_connection_is_lost(seated: Seated):
    await seated.connect()
    await seated.join()
    acting = asyncio.create_task(seated.session.act("take", {"stone": 1}, tick=40))
    await seated.wire.request("act")
    await seated.lose()
    with pytest.raises(ConnectionLost):
        await acting


async def test_a_newer_connection_takes_the_seat_and_a_new_join_asks_for_it(seated: Seated):
    await seated.join()
    seated.wire.emit("notice", Notice(ROOM, "superseded", "Another tab has the seat."))
    await settle()
    assert seated.session.seat is None
    assert not seated.session.is_over
    await seated.lose()
    await seated.connect()
    asked = await seated.join()
    assert (asked["as"], asked["seat"]) == ("player", 0)
    assert seated.session.seat == 0


async def test_who_was_kicked_comes_back_as_a_spectator(seated: Seated):
    await seated.join()
    seated.wire.emit("notice", Notice(ROOM, "kicked", "An admin freed your seat."))
    await settle()
    assert seated.session.seat is None
    await seated.lose()
    await seated.connect()
    asked = await seated.join()
    assert asked["as"] == "spectator"
    assert "seat" not in asked
