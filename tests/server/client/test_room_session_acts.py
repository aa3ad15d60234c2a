"""Acts of a session: shown, committed, refused, and sent again for as long as nobody answered."""

import asyncio

import pytest

from kibitz.client.errors import Refused
from kibitz.protocol.messages import Acted, Joined
from kibitz.protocol.messages import Refused as RefusedAnswer
from kibitz.sync.checksum import checksum
from kibitz.sync.reconcile import RolledBack
from support.scripted_seat import ACTION, EPOCH, ROOM, Seated, joined, patch, view
from support.scripted_server import settle


async def test_an_act_is_shown_at_once_and_returns_when_it_is_committed(seated: Seated):
    await seated.join()
    acting = asyncio.create_task(seated.session.act("move", {"stone": 7}, action_id=ACTION))
    packet_id, asked = await seated.wire.request("act")
    assert asked == {
        "room": ROOM,
        "epoch": EPOCH,
        "id": ACTION,
        "base": 3,
        "type": "move",
        "args": {"stone": 7},
    }
    assert seated.session.view == view(1, 7)
    assert seated.session.confirmed == view(0)
    assert seated.session.pending == (ACTION,)
    seated.wire.answer(packet_id, Acted(4))
    seated.wire.emit("patch", patch(3, view(0), view(1, 7), action=ACTION))
    assert (await acting).version == 4
    await seated.session.until(lambda it: it.confirmed == view(1, 7), timeout_ms=1_000)
    assert seated.session.pending == ()


async def test_a_refused_act_is_rolled_back_with_its_reason(seated: Seated):
    await seated.join()
    events = seated.session.events()
    acting = asyncio.create_task(seated.session.act("move", {"stone": 7}, action_id=ACTION))
    packet_id, _ = await seated.wire.request("act")
    seated.wire.answer(packet_id, RefusedAnswer("not_your_turn", "It is not your turn.", version=3))
    with pytest.raises(Refused, match="not_your_turn") as refused:
        await acting
    assert refused.value.version == 3
    assert seated.session.view == view(0)
    assert await anext(events) == RolledBack(ACTION, "not_your_turn", "It is not your turn.")


async def test_an_act_without_answer_is_sent_again_under_its_id_after_the_reconnect(seated: Seated):
    await seated.join()
    acting = asyncio.create_task(seated.session.act("move", {"stone": 7}, action_id=ACTION))
    _, first = await seated.wire.request("act")
    await seated.lose()
    assert not seated.session.is_joined
    assert seated.session.view == view(1, 7)
    await seated.connect()
    packet_id, asked = await seated.wire.request("join")
    assert asked == {
        "room": ROOM,
        "as": "player",
        "seat": 0,
        "epoch": EPOCH,
        "version": 3,
        "checksum": checksum(view(0)),
    }
    seated.wire.answer(packet_id, joined(3, view(0), mode="current"))
    packet_id, again = await seated.wire.request("act")
    assert again == first
    seated.wire.answer(packet_id, Acted(4))
    assert (await acting).version == 4
    assert seated.session.incidents.resent_acts == 1


async def test_an_act_whose_patch_came_but_not_its_answer_is_done(seated: Seated):
    await seated.join()
    acting = asyncio.create_task(seated.session.act("move", {"stone": 7}, action_id=ACTION))
    await seated.wire.request("act")
    seated.wire.emit("patch", patch(3, view(0), view(1, 7), action=ACTION))
    await settle()
    await seated.lose()
    assert (await asyncio.wait_for(acting, 1)).version == 4


async def test_an_act_that_is_among_what_a_new_join_brings_is_done(seated: Seated):
    await seated.join()
    acting = asyncio.create_task(seated.session.act("move", {"stone": 7}, action_id=ACTION))
    await seated.wire.request("act")
    await seated.lose()
    await seated.connect()
    packet_id, _ = await seated.wire.request("join")
    answer = joined(4, view(1, 7), mode="current")
    fields = {f: getattr(answer, f) for f in answer.__struct_fields__}
    missed = [patch(3, view(0), view(1, 7), action=ACTION)]
    seated.wire.answer(packet_id, Joined(**fields | {"mode": "patches", "patches": missed}))
    assert (await asyncio.wait_for(acting, 1)).version == 4
    assert seated.session.confirmed == view(1, 7)


async def test_an_act_during_an_outage_waits_for_the_next_join(seated: Seated):
    await seated.join()
    await seated.lose()
    acting = asyncio.create_task(seated.session.act("move", {"stone": 7}))
    await settle()
    await seated.connect()
    await seated.join()
    packet_id, _ = await seated.wire.request("act")
    seated.wire.answer(packet_id, Acted(4))
    assert (await acting).version == 4


async def test_an_act_whose_answer_is_late_is_sent_again_on_the_same_connection(seated: Seated):
    await seated.join()
    acting = asyncio.create_task(seated.session.act("move", {"stone": 7}, action_id=ACTION))
    _, first = await seated.wire.request("act")
    seated.timers.advance(1_000)
    packet_id, again = await seated.wire.request("act")
    assert again == first
    seated.wire.answer(packet_id, Acted(4))
    assert (await acting).version == 4


async def test_an_act_that_meets_a_server_which_forgot_the_join_is_sent_after_a_new_one(seated: Seated):
    await seated.join()
    acting = asyncio.create_task(seated.session.act("move", {"stone": 7}, action_id=ACTION))
    packet_id, first = await seated.wire.request("act")
    seated.wire.answer(packet_id, RefusedAnswer("not_joined", "Join first."))
    await seated.join()
    packet_id, again = await seated.wire.request("act")
    assert again == first
    seated.wire.answer(packet_id, Acted(4))
    await acting
