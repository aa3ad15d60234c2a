"""Messages that are almost right, over real sockets: they leave nothing behind, and no traceback."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.engineio_wire import SOCKET_PATH
from support.http_wire import ConnectionEnded, HttpWire
from support.malformed import Mutations
from support.observed_process import ObservedProcess, counts
from support.websocket_wire import TEXT, HandshakeRefused, WireClosed, WireSocket, frame_bytes

BY_WEBSOCKET, BY_POLLING = 12, 6
WARMING_MIN = 10_000
WARMING_SHARE = 20
"""What the allocator and the caches take once is taken after 10,000 messages, or a twentieth of them."""
MORE_MEMORY_MAX = 1.05
SETTLE_S = 15.0
_STUCK_S = 0.5
"""What a message that is no whole frame may take: the server waits for the rest of it."""
ANSWER_S = 60.0
TOO_LATE = 408
"""This server waits a second for a head; beside other work even a head of one write may be late."""
_PROOF = frame_bytes(TEXT, b'427777["message-with-ack","whole"]')
_PROOF_ANSWER = "437777"
_POLLING = f"{SOCKET_PATH}?EIO=4&transport=polling"

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3_600)]


class Budget:
    """How many messages are still to be sent."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.refused = 0

    def take(self) -> bool:
        self.left -= 1
        return self.left >= 0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ObservedProcess]:
    with ObservedProcess(tmp_path / "server.log") as process:
        yield process


@pytest.mark.parametrize("count", [10_000, pytest.param(1_000_000, marks=pytest.mark.full)])
async def test_malformed_messages(server: ObservedProcess, count: int) -> None:
    empty = server.facts()
    await _send(server.port, max(WARMING_MIN, count // WARMING_SHARE), seed=1)
    before = await server.settled(empty, SETTLE_S)
    assert counts(before) == counts(empty)

    refused = await _send(server.port, count, seed=2)
    after = await server.settled(before, SETTLE_S)

    memory = after.resident_bytes / before.resident_bytes
    print(f"{count} messages, {refused} of them refused, {memory:.3f} of the memory")
    assert refused > count // 4, "these were too tame"
    assert counts(after) == counts(before)
    assert memory <= MORE_MEMORY_MAX
    assert "Traceback" not in server.log_text(), server.log_text()[-3000:]


async def _send(port: int, count: int, seed: int) -> int:
    """How many of them ended a session."""
    budget = Budget(count)
    await asyncio.gather(
        *(_by_websocket(port, Mutations(seed * 1_000 + number), budget) for number in range(BY_WEBSOCKET)),
        *(_by_polling(port, Mutations(seed * 1_000 + 500 + number), budget) for number in range(BY_POLLING)),
    )
    return budget.refused


async def _by_websocket(port: int, mutations: Mutations, budget: Budget) -> None:
    while budget.left > 0:
        async with await HttpWire.open(port) as http:
            try:
                socket = await WireSocket.open(http, f"{SOCKET_PATH}?EIO=4&transport=websocket")
            except HandshakeRefused as refused:
                assert refused.answer.status == TOO_LATE
                continue
            await socket.send("40")
            try:
                while budget.take():
                    await socket.send_raw(mutations.frames() + _PROOF)
                    await _whole(socket)
            except (WireClosed, TimeoutError):
                budget.refused += 1
            socket.abort()


async def _whole(socket: WireSocket) -> None:
    """Until the answer to the proof. Raises `WireClosed`, or `TimeoutError` where the proof was swallowed."""
    async with asyncio.timeout(_STUCK_S):
        while True:
            message = await socket.frame(_STUCK_S)
            if message.opcode == 8:
                raise WireClosed(message.close_code, had_frame=True)
            if message.payload.startswith(_PROOF_ANSWER.encode()):
                return


async def _by_polling(port: int, mutations: Mutations, budget: Budget) -> None:
    while budget.left > 0:
        async with await HttpWire.open(port) as http:
            with contextlib.suppress(ConnectionEnded):
                opened = await http.request("GET", _POLLING, within_s=ANSWER_S)
                if opened.status == TOO_LATE:
                    continue
                assert opened.status == 200, (opened.status, opened.text)
                target = f"{_POLLING}&sid={json.loads(opened.text[1:])['sid']}"
                await http.request("POST", target, body="40", within_s=ANSWER_S)
                for _ in range(20):
                    if not budget.take():
                        break
                    answer = await http.request("POST", target, body=mutations.payload(), within_s=ANSWER_S)
                    if answer.status != 200:
                        budget.refused += 1
                        break
                else:
                    await http.request("POST", target, body="1", within_s=ANSWER_S)
