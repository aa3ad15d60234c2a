"""How a session joins its room: the first time, again, as whom, and where it is refused."""

import pytest

from kibitz.client.errors import Refused
from kibitz.protocol.messages import Notice
from kibitz.protocol.messages import Refused as RefusedAnswer
from support.scripted_seat import ROOM, Seated, joined, view
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


async def test_a_resync_that_is_refused_starts_over_with_a_join(seated: Seated):
    await seated.join()
    seated.session.resync()
    packet_id, _ = await seated.wire.request("resync")
    seated.wire.answer(packet_id, RefusedAnswer("not_joined", "Join first."))
    await settle()
    seated.timers.advance(500)
    await seated.join(4, view(1, 7))
    assert seated.session.view == view(1, 7)


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
