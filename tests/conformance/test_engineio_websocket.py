"""Engine.IO v4 over WebSocket: protocol-facts 1.1 (message exchange) and 2.2, by both ways in."""

import pytest

from support.echo_process import better_than_the_reference
from support.engineio_wire import ENGINE_PATH, SOCKET_PATH
from support.websocket_wire import Dial, HandshakeRefused, WireClosed, WireSocket, frame_bytes


async def test_plain_packet_comes_back(raw: WireSocket) -> None:
    await raw.send("4hello")
    assert await raw.receive() == "4hello"


async def test_binary_packet_comes_back_without_a_type_byte(raw: WireSocket) -> None:
    await raw.send(bytes([1, 2, 3, 4]))
    assert await raw.receive() == bytes([1, 2, 3, 4])


async def test_empty_message_comes_back(raw: WireSocket) -> None:
    await raw.send("4")
    assert await raw.receive() == "4"


@pytest.mark.parametrize("packet", ["abc", "2", "", "8"], ids=["letters", "ping", "empty", "type"])
async def test_bad_packet_closes(raw: WireSocket, packet: str) -> None:
    await raw.send(packet)
    await raw.closing()


@better_than_the_reference
async def test_separator_of_payloads_is_not_sent_back(raw: WireSocket) -> None:
    """An Engine.IO text with 0x1e would be two packets on polling."""
    await raw.send("4one\x1etwo")
    await raw.closing()


async def test_server_closes_a_websocket_without_a_close_packet(dial: Dial) -> None:
    """`1` is for polling; a websocket has its close frame, after what was told before."""
    socket = await dial(f"{SOCKET_PATH}?EIO=4&transport=websocket")
    await socket.send("40")
    for _ in range(3):
        await socket.text()
    await socket.send('42["kick",true]')
    assert await socket.text() == "41"
    closed = await socket.closing()
    assert closed.had_frame


async def test_base64_text_from_the_client_is_binary(raw: WireSocket) -> None:
    await raw.send("bAQIDBA==")
    assert await raw.receive() == bytes([1, 2, 3, 4])


async def test_b64_session_gets_binary_as_text(dial: Dial) -> None:
    socket = await dial(f"{ENGINE_PATH}?EIO=4&transport=websocket&b64=1")
    await socket.text()
    await socket.send(bytes([1, 2, 3, 4]))
    assert await socket.receive() == "bAQIDBA=="


async def test_packets_sent_along_with_the_handshake_count(dial: Dial) -> None:
    socket = await dial(behind=frame_bytes(1, b"4early") + frame_bytes(1, b"4bird"))
    assert (await socket.text()).startswith("0{")
    assert await socket.text() == "4early"
    assert await socket.text() == "4bird"


async def test_message_of_exactly_max_payload_comes_back(raw: WireSocket) -> None:
    message = "4" + "k" * 999_999
    await raw.send(message)
    assert await raw.receive() == message


async def test_message_over_max_payload_closes_with_1009(raw: WireSocket) -> None:
    await raw.send("4" + "k" * 1_000_000)
    assert (await raw.closing()).code == 1009


async def test_two_hundred_messages_keep_their_order(raw: WireSocket) -> None:
    await raw.send_raw(b"".join(frame_bytes(1, b"4%d" % number) for number in range(200)))
    assert [await raw.text() for _ in range(200)] == [f"4{number}" for number in range(200)]


async def test_compression_is_declined(dial: Dial) -> None:
    socket = await dial(headers={"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"})
    assert "sec-websocket-extensions" not in socket.answer.headers


async def test_second_websocket_on_a_websocket_session_is_refused(raw: WireSocket, dial: Dial) -> None:
    """A probe on a session that began as a websocket is no upgrade."""
    await raw.send("4a")
    assert await raw.text() == "4a"
    with pytest.raises((HandshakeRefused, WireClosed)):
        await (await dial(f"{ENGINE_PATH}?EIO=4&transport=websocket&sid=nobody")).receive()
    await raw.send("4b")
    assert await raw.text() == "4b"
