"""Engine.IO v4, the upgrade from polling to websocket: protocol-facts 1.1 and 2.2, by both ways in."""

import json

import pytest

from support.echo_process import EchoProcess, better_than_the_reference
from support.engineio_wire import ENGINE_PATH, SOCKET_PATH, Poller
from support.http_wire import fetch
from support.websocket_wire import Dial, HandshakeRefused, WireClosed, WireSocket


async def _probe(dial: Dial, session: Poller) -> WireSocket:
    socket = await dial(session.target("websocket"))
    await socket.send("2probe")
    assert await socket.text() == "3probe"
    return socket


async def _upgrade(dial: Dial, session: Poller) -> WireSocket:
    socket = await _probe(dial, session)
    assert await session.poll() == ["6"]
    await socket.send("5")
    await socket.send("4done")
    assert await socket.text() == "4done"
    return socket


async def test_upgrade_succeeds(dial: Dial, poller: Poller) -> None:
    socket = await _probe(dial, poller)
    answer = await poller.get()
    assert (answer.status, answer.text) == (200, "6")
    await socket.send("5")
    await socket.send("4hello")
    assert await socket.text() == "4hello"


async def test_socketio_upgrade_reaches_the_probe(dial: Dial, echo: EchoProcess) -> None:
    async with await Poller.open(echo.port, SOCKET_PATH) as session:
        await _probe(dial, session)


async def test_pending_get_ends_at_the_probe(dial: Dial, poller: Poller) -> None:
    pending = await poller.pending_get()
    socket = await _probe(dial, poller)
    answer = await pending.answer(0.5)
    assert (answer.status, answer.text) == (200, "6")
    await socket.send("5")
    await socket.send("4on")
    assert await socket.text() == "4on"


async def test_get_right_behind_the_upgrade_is_refused(dial: Dial, poller: Poller) -> None:
    socket = await _probe(dial, poller)
    await socket.send("5")
    answer = await fetch(poller.port, "GET", poller.target())
    assert answer.status == 400
    await socket.send("4alive")
    assert await socket.text() == "4alive"


async def test_requests_after_the_upgrade_are_refused(dial: Dial, poller: Poller) -> None:
    socket = await _upgrade(dial, poller)
    assert (await fetch(poller.port, "GET", poller.target())).status == 400
    assert (await fetch(poller.port, "POST", poller.target(), body="4late")).status == 400
    await socket.send("4alive")
    assert await socket.text() == "4alive"


async def test_second_websocket_after_the_upgrade_is_closed(dial: Dial, poller: Poller) -> None:
    socket = await _upgrade(dial, poller)
    with pytest.raises((HandshakeRefused, WireClosed)):
        await (await dial(poller.target("websocket"))).receive()
    await socket.send("4alive")
    assert await socket.text() == "4alive"


async def test_second_probe_during_the_upgrade_is_closed(dial: Dial, poller: Poller) -> None:
    first = await _probe(dial, poller)
    with pytest.raises((HandshakeRefused, WireClosed)):
        await (await dial(poller.target("websocket"))).receive()
    assert await poller.poll() == ["6"]
    await first.send("5")
    await first.send("4first")
    assert await first.text() == "4first"


async def test_new_websocket_hears_only_the_probe_answer_before_the_upgrade(
    dial: Dial, poller: Poller
) -> None:
    """Data goes out by polling until `5`; what found no GET follows on the websocket, in order."""
    socket = await _probe(dial, poller)
    await poller.push("4one")
    assert [packet for packet in await poller.poll_until(1) if packet != "6"] in ([], ["4one"])
    await poller.push("4two")
    await socket.send("5")
    await socket.send("4three")
    got: list[str] = []
    while not got or got[-1] != "4three":
        got.append(await socket.text())
    assert got[-2:] == ["4two", "4three"]


async def test_posts_count_between_probe_and_upgrade(dial: Dial, poller: Poller) -> None:
    socket = await _probe(dial, poller)
    assert await poller.poll() == ["6"]
    await poller.push("4late", "bAQI=")
    await socket.send("5")
    assert await socket.receive() == "4late"
    assert await socket.receive() == bytes([1, 2])


async def test_messages_that_wait_are_not_lost_by_the_upgrade(dial: Dial, poller: Poller) -> None:
    await poller.push("4before")
    socket = await _probe(dial, poller)
    packets = await poller.poll()
    assert [packet for packet in packets if packet != "6"] == ["4before"]
    if "6" not in packets:
        assert await poller.poll() == ["6"]
    await socket.send("5")
    await socket.send("4after")
    assert await socket.text() == "4after"


@pytest.mark.parametrize("first", ["2", "2prob", "4hello", "3probe", "junk"])
async def test_wrong_first_frame_closes_only_the_websocket(dial: Dial, poller: Poller, first: str) -> None:
    socket = await dial(poller.target("websocket"))
    await socket.send(first)
    await socket.closing()
    await poller.push("4alive")
    assert await poller.poll() == ["4alive"]


@better_than_the_reference
async def test_upgrade_packet_without_a_probe_closes_only_the_websocket(dial: Dial, poller: Poller) -> None:
    socket = await dial(poller.target("websocket"))
    await socket.send("5")
    await socket.closing()
    await poller.push("4alive")
    assert await poller.poll() == ["4alive"]


async def test_lost_probe_leaves_polling_alone(dial: Dial, poller: Poller) -> None:
    socket = await _probe(dial, poller)
    assert await poller.poll() == ["6"]
    socket.abort()
    await poller.push("4alive")
    packets = await poller.poll_until(1)
    if packets == ["6"]:  # the server had not noticed yet
        packets = await poller.poll_until(1)
    assert packets == ["4alive"]


async def test_upgrade_can_be_tried_again_after_a_failure(dial: Dial, poller: Poller) -> None:
    failed = await dial(poller.target("websocket"))
    await failed.send("nonsense")
    await failed.closing()
    await _upgrade(dial, poller)


async def test_closing_the_session_during_the_upgrade_closes_the_websocket(
    dial: Dial, poller: Poller
) -> None:
    socket = await _probe(dial, poller)
    await poller.push("1")
    await socket.closing()
    assert await poller.is_gone()


@better_than_the_reference
async def test_probe_on_a_websocket_session_is_refused(dial: Dial) -> None:
    socket = await dial()
    sid = json.loads((await socket.text())[1:])["sid"]
    with pytest.raises((HandshakeRefused, WireClosed)):
        await (await dial(f"{ENGINE_PATH}?EIO=4&transport=websocket&sid={sid}")).receive()
    await socket.send("4alive")
    assert await socket.text() == "4alive"


async def test_large_backlog_follows_the_upgrade_in_order(dial: Dial, poller: Poller) -> None:
    socket = await _probe(dial, poller)
    assert await poller.poll() == ["6"]
    sent = [f"4{number}" for number in range(100)]
    await poller.push(*sent)
    await socket.send("5")
    assert [await socket.text() for _ in range(100)] == sent
