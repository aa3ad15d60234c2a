"""Engine.IO v4 over long-polling: protocol-facts 1.1 (message exchange), 2.1 and 2.2."""

import asyncio

import pytest

from support.echo_process import EchoProcess, better_than_the_reference
from support.engineio_wire import ENGINE_PATH, SEPARATOR, Poller
from support.http_wire import ConnectionEnded, fetch


async def test_plain_packet_comes_back(poller: Poller) -> None:
    await poller.push("4hello")
    answer = await poller.get()
    assert (answer.status, answer.text) == (200, "4hello")


async def test_several_packets_come_back_in_one_payload(poller: Poller) -> None:
    await poller.push("4test1", "4test2", "4test3")
    answer = await poller.get()
    assert answer.text == SEPARATOR.join(["4test1", "4test2", "4test3"])


async def test_plain_and_binary_packets_keep_their_order(poller: Poller) -> None:
    await poller.push("4hello", "bAQIDBA==", "4€ 🎲", "bAQI=")
    assert await poller.poll() == ["4hello", "bAQIDBA==", "4€ 🎲", "bAQI="]


async def test_empty_message_comes_back(poller: Poller) -> None:
    await poller.push("4")
    assert await poller.poll() == ["4"]


async def test_message_that_comes_while_a_get_waits_is_its_answer(poller: Poller) -> None:
    wire = await poller.pending_get()
    await poller.push("4now")
    assert (await wire.answer()).text == "4now"


async def test_answer_headers(poller: Poller) -> None:
    posted = await poller.post("4x")
    assert (posted.status, posted.text) == (200, "ok")
    assert posted.headers["content-type"] == "text/html"
    assert posted.headers["cache-control"] == "no-store"
    got = await poller.get()
    assert got.headers["content-type"].lower() == "text/plain; charset=utf-8"
    assert got.headers["cache-control"] == "no-store"
    assert got.headers["content-length"] == "2"


async def test_forty_packets_in_one_post_all_come_back(poller: Poller) -> None:
    packets = [f"4{number}" for number in range(40)]
    await poller.push(*packets)
    assert await poller.poll_until(40) == packets


@better_than_the_reference
async def test_poll_holds_no_more_packets_than_python_clients_take(poller: Poller) -> None:
    packets = [f"4{number}" for number in range(40)]
    await poller.push(*packets)
    got: list[str] = []
    while len(got) < 40:
        payload = await poller.poll()
        assert len(payload) <= 16
        got += payload
    assert got == packets


@pytest.mark.parametrize(
    "body", ["abc", "2", "8x", "", "4a" + SEPARATOR], ids=["letters", "ping", "type", "empty", "tail"]
)
async def test_bad_payload_closes_the_session(poller: Poller, body: str) -> None:
    """Whether the POST itself is told is left open; the session ends either way."""
    try:
        answer = await poller.post(body)
    except ConnectionEnded:
        pass
    else:
        assert answer.status in (200, 400)
    assert await poller.is_gone()


async def test_binary_with_bad_base64_harms_nobody(poller: Poller, echo: EchoProcess) -> None:
    try:
        assert (await poller.post("b!!!")).status in (200, 400)
    except ConnectionEnded:
        pass
    assert (await fetch(echo.port, "GET", f"{ENGINE_PATH}?EIO=4&transport=polling")).status == 200


async def test_body_that_is_not_utf8_harms_nobody(poller: Poller, echo: EchoProcess) -> None:
    wire = await poller.wire()
    try:
        assert (await wire.request("POST", poller.target(), body=b"4\xff\xfe")).status in (200, 400)
    except ConnectionEnded:
        pass
    assert (await fetch(echo.port, "GET", f"{ENGINE_PATH}?EIO=4&transport=polling")).status == 200


async def test_second_get_is_refused_and_closes_the_session(poller: Poller) -> None:
    first = await poller.pending_get()
    second = await (await poller.wire()).request("GET", poller.target())
    assert second.status in (400, 500)
    answer = await first.answer()
    assert (answer.status, answer.text) == (200, "1")
    assert await poller.is_gone()


async def test_get_that_the_client_drops_closes_the_session(poller: Poller) -> None:
    wire = await poller.pending_get()
    wire.abort()
    assert await poller.is_gone()


async def test_second_post_is_refused_and_closes_the_session(poller: Poller) -> None:
    first = await poller.wire()
    whole = first.request_bytes("POST", poller.target(), body="4" + "a" * 1000)
    await first.write(whole[:-500])
    await fetch(poller.port, "GET", f"{ENGINE_PATH}?EIO=4&transport=abc")
    second = await (await poller.wire()).request("POST", poller.target(), body="4b")
    assert second.status == 400
    await first.write(whole[-500:])
    try:
        assert (await first.answer()).status == 400
    except ConnectionEnded:
        pass
    assert await poller.is_gone()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
@better_than_the_reference
async def test_other_methods_are_refused(poller: Poller, method: str) -> None:
    answer = await (await poller.wire()).request(method, poller.target(), body="4x")
    assert answer.status == 400
    await poller.push("4alive")
    assert await poller.poll() == ["4alive"]


async def test_octet_stream_is_refused_and_closes_the_session(poller: Poller) -> None:
    answer = await (await poller.wire()).request(
        "POST", poller.target(), body=b"4hello", headers={"Content-Type": "application/octet-stream"}
    )
    assert answer.status == 400
    assert await poller.is_gone()


async def test_post_of_exactly_max_payload_arrives_whole(poller: Poller) -> None:
    message = "4" + "k" * 999_999
    await poller.push(message)
    assert await poller.poll() == [message]


async def test_post_over_max_payload_is_413_and_the_session_lives(poller: Poller) -> None:
    wire = await poller.wire()
    try:
        answer = await wire.request("POST", poller.target(), body="4" + "k" * 1_000_000)
    except ConnectionEnded:
        pytest.fail("the answer got lost")
    assert answer.status == 413
    await poller.push("4alive")
    assert await poller.poll() == ["4alive"]


async def test_chunked_post_is_read(poller: Poller) -> None:
    wire = await poller.wire()
    head = wire.request_bytes(
        "POST",
        poller.target(),
        headers={"Content-Type": "text/plain;charset=UTF-8", "Transfer-Encoding": "chunked"},
    )
    await wire.write(head + b"4\r\n4hel\r\n2\r\nlo\r\n0\r\n\r\n")
    answer = await wire.answer()
    assert (answer.status, answer.text) == (200, "ok")
    assert await poller.poll() == ["4hello"]


@better_than_the_reference
async def test_chunked_post_over_max_payload_is_refused(poller: Poller) -> None:
    wire = await poller.wire()
    head = wire.request_bytes(
        "POST",
        poller.target(),
        headers={"Content-Type": "text/plain;charset=UTF-8", "Transfer-Encoding": "chunked"},
    )
    chunk = b"8000\r\n" + b"k" * 0x8000 + b"\r\n"
    await wire.write(head + b"1\r\n4\r\n" + chunk * 32 + b"0\r\n\r\n")
    assert (await wire.answer()).status == 413


async def test_post_in_many_small_writes_is_one_request(poller: Poller) -> None:
    wire = await poller.wire()
    for byte in wire.request_bytes("POST", poller.target(), body="4hello"):
        await wire.write(bytes([byte]))
    assert (await wire.answer()).text == "ok"
    assert await poller.poll() == ["4hello"]


async def test_preflight_is_answered(echo: EchoProcess) -> None:
    answer = await fetch(
        echo.port,
        "OPTIONS",
        f"{ENGINE_PATH}?EIO=4&transport=polling",
        headers={
            "Origin": "https://elsewhere.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "x-custom",
        },
    )
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] in ("*", "https://elsewhere.example")
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "x-custom" in answer.headers["access-control-allow-headers"]
    assert "access-control-request-headers" in answer.headers["vary"].lower()


async def test_cors_header_is_on_every_answer(echo: EchoProcess) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    for query in ("EIO=4&transport=polling", "EIO=4&transport=abc"):
        answer = await fetch(echo.port, "GET", f"{ENGINE_PATH}?{query}", headers=origin)
        assert answer.headers["access-control-allow-origin"] in ("*", "https://elsewhere.example")


async def test_many_sessions_do_not_mix(echo: EchoProcess) -> None:
    async def one(name: int) -> list[str]:
        async with await Poller.open(echo.port) as session:
            await session.push(f"4{name}a", f"4{name}b")
            return await session.poll_until(2)

    got = await asyncio.gather(*map(one, range(20)))
    assert got == [[f"4{name}a", f"4{name}b"] for name in range(20)]
