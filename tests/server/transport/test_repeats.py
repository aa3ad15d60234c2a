"""A request that comes twice, over the real server: nothing is lost, nothing is done twice."""

import json
from pathlib import Path
from typing import Any

from kibitz.transport.repeats import Repeats
from support.running_server import Running, running

ENDPOINT = "/socket.io/?EIO=4&transport=polling"


async def get(server: Running, query: str) -> str:
    async with server.http.get(server.url + ENDPOINT + query) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.text()


async def post(server: Running, query: str, body: str) -> str:
    headers = {"Content-Type": "text/plain;charset=UTF-8"}
    async with server.http.post(server.url + ENDPOINT + query, data=body, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.text()


async def test_a_repeated_poll_is_given_the_same_answer(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        sid = await opened(server)
        first = await get(server, f"&sid={sid}&t=2")
        assert first.startswith("40{")
        assert await get(server, f"&sid={sid}&t=2") == first
        await post(server, f"&sid={sid}&t=3", '420["ping",{"sent_ms":1}]')
        assert (await get(server, f"&t=4&sid={sid}")).startswith('430[{"sent_ms":1')


async def test_a_repeated_post_is_carried_out_once(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        sid = await opened(server)
        await get(server, f"&sid={sid}&t=2")
        for _ in range(2):
            assert await post(server, f"&sid={sid}&t=3", '420["ping",{"sent_ms":1}]') == "ok"
        assert (await get(server, f"&sid={sid}&t=4")).count("430[") == 1


async def test_requests_without_a_stamp_are_never_repeats(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        sid = await opened(server)
        await get(server, f"&sid={sid}")
        for _ in range(2):
            await post(server, f"&sid={sid}", '420["ping",{"sent_ms":1}]')
        assert (await get(server, f"&sid={sid}")).count("430[") == 2


def test_without_a_stamp_no_answer_is_kept() -> None:
    repeats = Repeats()
    repeats.polled("", b"4")
    assert not repeats.is_poll("")
    assert repeats.answer == b""


async def opened(server: Running) -> str:
    """A session on long-polling that asked for the namespace; its sid."""
    guest: dict[str, Any] = await server.guest()
    handshake = json.loads((await get(server, "&t=0"))[1:])
    await post(server, f"&sid={handshake['sid']}&t=1", "40" + json.dumps({"token": guest["token"]}))
    return str(handshake["sid"])
