"""Socket.IO v5, what ends a connection: protocol-facts 1.2 (invalid formats) and 2.3.

The heartbeat here is longer than any wait, so each end is the server's own decision.
"""

import pytest

from support.echo_process import EchoProcess, better_than_the_reference
from support.engineio_wire import SEPARATOR, SOCKET_PATH, Poller
from support.http_wire import ConnectionEnded, HttpWire
from support.websocket_wire import WireSocket

PLACEHOLDER = '{"_placeholder":true,"num":%s}'


@pytest.mark.parametrize(
    "packet", ["4abc", '42["message",1]', "41", "43[1]", '451-["a"]', '42/custom,["message"]']
)
async def test_first_packet_must_be_a_connect(sio: WireSocket, packet: str) -> None:
    await sio.send(packet)
    await sio.closing()


@pytest.mark.parametrize(
    "packet", ["40[]", '40["a"]', '40"token"', '40{"token', "40{]", "40{}x", '40/custom,["a"]']
)
async def test_connect_payload_must_be_an_object(sio: WireSocket, packet: str) -> None:
    await sio.send(packet)
    await sio.closing()


REFUSED = {
    "unknown type": "4abc",
    "type 7": "47",
    "type 9": '49["message"]',
    "no type": "4",
    "event that is an object": "42{}",
    "event that is a string": '42"message"',
    "bad ack id": '42abc["message-with-ack",1]',
    "empty event": "42[]",
    "null name": "42[null]",
    "name that is an object": "42[{}]",
    "reserved connect": '42["connect"]',
    "reserved connect_error": '42["connect_error"]',
    "reserved disconnect": '42["disconnect"]',
    "reserved disconnecting": '42["disconnecting"]',
    "reserved newListener": '42["newListener"]',
    "reserved removeListener": '42["removeListener"]',
    "ack that is an object": "43456{}",
    "broken JSON": '42["message",',
    "trailing garbage": '42["message"]x',
    "NaN": '42["message",NaN]',
    "Infinity": '42["message",Infinity]',
    "single quotes": "42['message']",
    "connect twice": "40",
    "disconnect with payload": '41{"a":1}',
    "connect error from a client": '44{"message":"x"}',
    "unconnected namespace": '42/custom,["message",1]',
    "unknown namespace": '42/nowhere,["message",1]',
    "disconnect from a namespace not joined": "41/custom",
    "no attachments": '450-["message"]',
    "eleven attachments": '4511-["message",' + ",".join(PLACEHOLDER % n for n in range(11)) + "]",
    "a million attachments": '451000000-["message",{"_placeholder":true,"num":0}]',
    "attachment count that is no number": '45x-["message"]',
    "attachment count without a dash": '451["message"]',
    "negative attachments": '45-1-["message"]',
    "binary event that is an object": "451-{}",
}


@pytest.mark.parametrize("packet", REFUSED.values(), ids=REFUSED.keys())
async def test_refused_packet_closes(main: WireSocket, packet: str) -> None:
    await main.send(packet)
    await main.closing()


async def test_binary_without_a_header_closes(main: WireSocket) -> None:
    await main.send(b"\x01\x02")
    await main.closing()


async def test_text_between_attachments_closes(main: WireSocket) -> None:
    await main.send(f'452-["message",{PLACEHOLDER % 0},{PLACEHOLDER % 1}]')
    await main.send(b"first")
    await main.send('42["message",1]')
    await main.closing()


@pytest.mark.parametrize("number", ["1", "-1", '"0"', "null", "99999999999999999999"])
async def test_placeholder_out_of_range_closes(main: WireSocket, number: str) -> None:
    await main.send(f'451-["message",{PLACEHOLDER % number}]')
    await main.send(b"only")
    await main.closing()


async def test_refused_packet_closes_a_polling_session(echo: EchoProcess) -> None:
    async with await Poller.open(echo.port, SOCKET_PATH) as session:
        await session.push("40")
        await session.poll_until(2)
        try:
            assert (await session.post("42[]")).status in (200, 400)
        except ConnectionEnded:
            pass
        answer = await session.get()
        assert answer.status == 400 or answer.text.split(SEPARATOR)[-1] == "1"
        assert await session.is_gone()


@better_than_the_reference
@pytest.mark.parametrize("opening", ["[", '{"a":'], ids=["lists", "objects"])
@pytest.mark.parametrize("depth", [1_000, 5_000, 100_000])
async def test_deep_nesting_harms_only_its_sender(
    main: WireSocket, echo: EchoProcess, opening: str, depth: int
) -> None:
    """The reference implementation ends as a process here."""
    closing = "]" if opening == "[" else "}"
    await main.send(f'42["message",{opening * depth}1{closing * depth}]')
    async with await WireSocket.open(
        await HttpWire.open(echo.port), f"{SOCKET_PATH}?EIO=4&transport=websocket"
    ) as other:
        await other.text()
        await other.send("40")
        assert (await other.text()).startswith('40{"sid":')


async def test_oversized_event_closes_with_1009(main: WireSocket) -> None:
    await main.send('42["message","' + "k" * 1_000_000 + '"]')
    assert (await main.closing()).code == 1009


@better_than_the_reference
async def test_very_long_ack_id_is_refused_or_answered(main: WireSocket) -> None:
    """Thousands of digits must not reach a quadratic integer parser."""
    await main.send("42" + "9" * 500_000 + '["message-with-ack",1]')
    await main.closing()


@better_than_the_reference
async def test_huge_number_in_an_event_does_not_end_the_server(main: WireSocket, echo: EchoProcess) -> None:
    await main.send('42["message",' + "9" * 200_000 + "]")
    async with await WireSocket.open(
        await HttpWire.open(echo.port), f"{SOCKET_PATH}?EIO=4&transport=websocket"
    ) as other:
        assert (await other.text()).startswith("0{")
