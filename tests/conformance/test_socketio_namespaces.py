"""Socket.IO v5, joining and leaving namespaces: protocol-facts 1.2 and 2.3."""

import json
import re

import pytest

from support.echo_process import EchoProcess, better_than_the_reference
from support.engineio_wire import SOCKET_PATH, Poller
from support.websocket_wire import WireSocket

ONLY_SID = r'\{"sid":"[^"]+"\}'


@pytest.mark.parametrize(
    ("request_packet", "prefix", "auth"),
    [
        ("40", "", "{}"),
        ('40{"token":"123"}', "", '{"token":"123"}'),
        ('40/,{"token":"123"}', "", '{"token":"123"}'),
        ("40/custom,", "/custom,", "{}"),
        ("40/custom", "/custom,", "{}"),
        ('40/custom,{"token":"abc"}', "/custom,", '{"token":"abc"}'),
        ('40{"b":1,"a":[true,null,"é"]}', "", '{"b":1,"a":[true,null,"é"]}'),
    ],
)
async def test_connect(sio: WireSocket, request_packet: str, prefix: str, auth: str) -> None:
    """The answer holds the sid and nothing else; then the auth comes back to the byte."""
    await sio.send(request_packet)
    assert re.fullmatch(re.escape(f"40{prefix}") + ONLY_SID, await sio.text())
    assert await sio.text() == f'42{prefix}["auth",{auth}]'


async def test_connect_over_polling(echo: EchoProcess) -> None:
    async with await Poller.open(echo.port, SOCKET_PATH) as session:
        await session.push('40{"token":"123"}')
        connected, greeting = await session.poll_until(2)
        assert re.fullmatch("40" + ONLY_SID, connected)
        assert greeting == '42["auth",{"token":"123"}]'


@better_than_the_reference
async def test_each_namespace_has_a_sid_of_its_own(main: WireSocket) -> None:
    await main.send("40/custom,")
    custom = json.loads((await main.text()).removeprefix("40/custom,"))["sid"]
    await main.text()
    await main.send("41")
    await main.send("40")
    again = json.loads((await main.text())[2:])["sid"]
    assert custom != again


@pytest.mark.parametrize(
    ("request_packet", "answer"),
    [
        ("40/random", '44/random,{"message":"Invalid namespace"}'),
        ("40/random,", '44/random,{"message":"Invalid namespace"}'),
        ('40/random,{"a":1}', '44/random,{"message":"Invalid namespace"}'),
        ("40/custom/,", '44/custom/,{"message":"Invalid namespace"}'),
        ("40/Custom,", '44/Custom,{"message":"Invalid namespace"}'),
        ("40/custom?x=1,", '44/custom?x=1,{"message":"Invalid namespace"}'),
    ],
)
async def test_unknown_namespace_is_told(main: WireSocket, request_packet: str, answer: str) -> None:
    """Names are compared whole, query and case included; the connection goes on."""
    await main.send(request_packet)
    assert await main.text() == answer
    await main.send('42["message",1]')
    assert await main.text() == '42["message-back",1]'


async def test_unknown_namespace_does_not_stop_the_connect_timeout(sio: WireSocket) -> None:
    await sio.send("40/random")
    assert (await sio.text()).startswith("44/random,")
    await sio.closing(within_s=1.8)


async def test_silent_client_is_closed(sio: WireSocket) -> None:
    await sio.closing(within_s=1.8)


async def test_silent_polling_client_is_closed(echo: EchoProcess) -> None:
    async with await Poller.open(echo.port, SOCKET_PATH) as session:
        answer = await session.get(within_s=1.8)
        assert (answer.status, answer.text) == (200, "1")
        assert await session.is_gone()


async def test_disconnect_from_the_main_namespace_has_no_answer(brisk: EchoProcess) -> None:
    """The next thing to hear is a ping, so the connection is up."""
    async with await Poller.open(brisk.port, SOCKET_PATH) as session:
        await session.push("40")
        await session.poll_until(2)
        await session.push("41")
        assert await session.poll() == ["2"]


@better_than_the_reference
async def test_connect_again_after_a_disconnect(main: WireSocket) -> None:
    await main.send("41")
    await main.send('40{"again":true}')
    assert (await main.text()).startswith('40{"sid":')
    assert await main.text() == '42["auth",{"again":true}]'


async def test_disconnect_from_one_namespace_leaves_the_other(main: WireSocket) -> None:
    await main.send("40/custom,")
    assert (await main.text()).startswith('40/custom,{"sid":')
    assert await main.text() == '42/custom,["auth",{}]'
    await main.send("41/custom")
    await main.send('42["message","still"]')
    assert await main.text() == '42["message-back","still"]'


async def test_messages_are_not_mixed_between_namespaces(main: WireSocket) -> None:
    await main.send("40/custom,")
    await main.text()
    await main.text()
    await main.send('42/custom,["message",1]')
    await main.send('42["message",2]')
    assert await main.text() == '42["message-back",2]'


async def test_kick_over_polling_is_told_before_the_transport_closes(echo: EchoProcess) -> None:
    """In one payload with the close packet it would come too late: the JavaScript client handles the
    close at once and packets one turn later, takes it for a lost connection and comes back."""
    async with await Poller.open(echo.port, SOCKET_PATH) as session:
        await session.push("40")
        await session.poll_until(2)
        pending = await session.pending_get()
        await session.push('42["kick",true]')
        assert (await pending.answer()).text == "41"
        assert (await session.poll())[-1] == "1"
        assert await session.is_gone()


async def test_kick_from_one_namespace_leaves_the_connection(main: WireSocket) -> None:
    await main.send('42["kick"]')
    assert await main.text() == "41"
    await main.send("40")
    assert (await main.text()).startswith('40{"sid":')
