"""A session in step with its room: gaps, ends; what the player says beside the game, and frames."""

import asyncio

import pytest

from kibitz.client.errors import ClientClosed, ConnectionLost, Refused
from kibitz.client.session_events import Changed
from kibitz.protocol.messages import Done, Frame, Notice, Snapshot
from kibitz.sync.checksum import checksum
from support.scripted_seat import ACTION, EPOCH, ROOM, Seated, joined, patch, view
from support.scripted_server import settle


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
