"""Socket.IO v5, events, acknowledgements and attachments: protocol-facts 1.2 and what 2.3 keeps."""

import json

import pytest

from support.echo_process import EchoProcess
from support.engineio_wire import SOCKET_PATH, Poller
from support.websocket_wire import BINARY, CONTINUATION, TEXT, WireSocket

PLACEHOLDER = '{"_placeholder":true,"num":%d}'


async def _is_alive(socket: WireSocket) -> None:
    await socket.send('42["message","alive?"]')
    assert await socket.text() == '42["message-back","alive?"]'


@pytest.mark.parametrize(
    "arguments",
    [
        '1,"2",{"3":[true]}',
        "",
        "null",
        '"",{},[]',
        "-1,0.5,9007199254740991",
        '"é€🎲","\\"quoted\\"","\\\\","\\n"',
        '{"z":1,"a":2,"_placeholder":false}',
        '{"_placeholder":true,"num":0}',
    ],
)
async def test_event_comes_back_to_the_byte(main: WireSocket, arguments: str) -> None:
    """Compact JSON, keys in the sender's order; `_placeholder` means nothing in a plain event."""
    tail = f",{arguments}" if arguments else ""
    await main.send(f'42["message"{tail}]')
    assert await main.text() == f'42["message-back"{tail}]'


async def test_white_space_goes_but_nothing_else(main: WireSocket) -> None:
    await main.send('42[ "message" , { "a" : [ 1 , 2 ] } ]')
    assert await main.text() == '42["message-back",{"a":[1,2]}]'


async def test_control_characters_stay_escaped(main: WireSocket) -> None:
    r"""An Engine.IO payload is cut at 0x1e, so that one above all must leave as `\u001e`."""
    await main.send(r'42["message","\u001e\u0000\u001f"]')
    raw = await main.text()
    assert "\x1e" not in raw
    assert json.loads(raw[2:]) == ["message-back", "\x1e\x00\x1f"]


async def test_lone_surrogate_comes_back_escaped(main: WireSocket) -> None:
    """Half an emoji is what a text field can hold; it must neither break the frame nor the client."""
    await main.send(r'42["message","\ud800"]')
    assert (await main.text()).lower() == r'42["message-back","\ud800"]'


@pytest.mark.parametrize("number", [0, 1, 456, 2**31, 2**53 - 1])
async def test_ack_carries_the_id_of_its_event(main: WireSocket, number: int) -> None:
    await main.send(f'42{number}["message-with-ack",1,"2",{{"3":[false]}}]')
    assert await main.text() == f'43{number}[1,"2",{{"3":[false]}}]'


async def test_ack_without_arguments(main: WireSocket) -> None:
    await main.send('4212["message-with-ack"]')
    assert await main.text() == "4312[]"


async def test_ack_of_null_is_not_an_empty_ack(main: WireSocket) -> None:
    await main.send('4213["message-with-ack",null]')
    assert await main.text() == "4313[null]"


async def test_event_with_an_id_that_nobody_answers_gets_no_ack(main: WireSocket) -> None:
    await main.send('427["nobody-listens",1]')
    await _is_alive(main)


async def test_attachments_come_back_in_order(main: WireSocket) -> None:
    await main.send(f'452-["message",{PLACEHOLDER % 0},{PLACEHOLDER % 1}]')
    await main.send(bytes([1, 2, 3]))
    await main.send(bytes([4, 5, 6]))
    assert await main.text() == f'452-["message-back",{PLACEHOLDER % 0},{PLACEHOLDER % 1}]'
    assert await main.receive() == bytes([1, 2, 3])
    assert await main.receive() == bytes([4, 5, 6])


async def test_attachments_in_an_ack(main: WireSocket) -> None:
    await main.send(f'452-789["message-with-ack",{PLACEHOLDER % 0},{PLACEHOLDER % 1}]')
    await main.send(bytes([1, 2, 3]))
    await main.send(bytes([4, 5, 6]))
    assert await main.text() == f"462-789[{PLACEHOLDER % 0},{PLACEHOLDER % 1}]"
    assert await main.receive() == bytes([1, 2, 3])
    assert await main.receive() == bytes([4, 5, 6])


async def test_attachments_deep_inside(main: WireSocket) -> None:
    await main.send(f'451-["message",{{"a":[{{"b":{PLACEHOLDER % 0}}}]}},7]')
    await main.send(b"\x00\xff")
    assert await main.text() == f'451-["message-back",{{"a":[{{"b":{PLACEHOLDER % 0}}}]}},7]'
    assert await main.receive() == b"\x00\xff"


async def test_empty_attachment(main: WireSocket) -> None:
    await main.send(f'451-["message",{PLACEHOLDER % 0}]')
    await main.send(b"")
    assert await main.text() == f'451-["message-back",{PLACEHOLDER % 0}]'
    assert await main.receive() == b""


async def test_ten_attachments_are_taken(main: WireSocket) -> None:
    places = ",".join(PLACEHOLDER % number for number in range(10))
    await main.send(f'4510-["message",{places}]')
    for number in range(10):
        await main.send(bytes([number]))
    assert await main.text() == f'4510-["message-back",{places}]'
    assert [await main.receive() for _ in range(10)] == [bytes([number]) for number in range(10)]


async def test_attachment_used_twice_is_kept(main: WireSocket) -> None:
    await main.send(f'451-["message",{PLACEHOLDER % 0},{PLACEHOLDER % 0}]')
    await main.send(b"x")
    head = await main.text()
    count = int(head[2 : head.index("-")])
    assert head[head.index("-") :].startswith('-["message-back",')
    assert [await main.receive() for _ in range(count)] == [b"x"] * count
    await _is_alive(main)


async def test_attachments_over_polling(echo: EchoProcess) -> None:
    async with await Poller.open(echo.port, SOCKET_PATH) as session:
        await session.push("40")
        await session.poll_until(2)
        await session.push(f'451-["message",{PLACEHOLDER % 0}]', "bAQID")
        await session.push(f'451-5["message-with-ack",{PLACEHOLDER % 0}]', "bBAUG")
        assert await session.poll_until(4) == [
            f'451-["message-back",{PLACEHOLDER % 0}]',
            "bAQID",
            f"461-5[{PLACEHOLDER % 0}]",
            "bBAUG",
        ]


async def test_attachment_in_its_own_post(echo: EchoProcess) -> None:
    async with await Poller.open(echo.port, SOCKET_PATH) as session:
        await session.push("40")
        await session.poll_until(2)
        await session.push(f'451-["message",{PLACEHOLDER % 0}]')
        await session.push("bAQID")
        assert await session.poll_until(2) == [f'451-["message-back",{PLACEHOLDER % 0}]', "bAQID"]


async def test_attachment_in_fragments(main: WireSocket) -> None:
    await main.send_frame(TEXT, b"451-[", is_final=False)
    await main.send_frame(CONTINUATION, f'"message",{PLACEHOLDER % 0}]'.encode())
    await main.send_frame(BINARY, b"ab", is_final=False)
    await main.send_frame(CONTINUATION, b"cd")
    assert await main.text() == f'451-["message-back",{PLACEHOLDER % 0}]'
    assert await main.receive() == b"abcd"


@pytest.mark.parametrize("packet", ['42[1,"a"]', '4399["nobody waits"]', '42["nobody-listens",1]', "4399[]"])
async def test_harmless_packets_are_kept(main: WireSocket, packet: str) -> None:
    """A numeric event name, an ack that nobody waits for, an event that nobody handles."""
    await main.send(packet)
    await _is_alive(main)


async def test_event_without_payload_is_kept(main: WireSocket) -> None:
    await main.send("42")
    await _is_alive(main)


async def test_two_hundred_events_keep_their_order(main: WireSocket) -> None:
    for number in range(200):
        await main.send(f'42["message",{number}]')
    assert [await main.text() for _ in range(200)] == [f'42["message-back",{n}]' for n in range(200)]


async def test_large_event_comes_back(main: WireSocket) -> None:
    text = "k" * 700_000
    await main.send(f'42["message","{text}"]')
    assert await main.text() == f'42["message-back","{text}"]'
