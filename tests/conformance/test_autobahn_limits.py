"""The cases 9 and 10 of the Autobahn test suite, by their numbers: much."""

import pytest

from support.autobahn_wire import write, write_in
from support.websocket_wire import (
    BINARY,
    CONTINUATION,
    TEXT,
    WireSocket,
    frame_bytes,
)

MANY = {"9.1.1": 65_536, "9.1.2": 262_144, "9.1.3 at the limit": 999_000}


@pytest.mark.parametrize("size", MANY.values(), ids=MANY.keys())
@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=["9.1", "9.2"])
async def test_large_message(raw: WireSocket, size: int, opcode: int) -> None:
    payload = b"4" + b"BAsd7&jh23"[:9] * (size // 9)
    await raw.send_raw(frame_bytes(opcode, payload))
    received = await raw.receive(within_s=10)
    assert (received.encode() if isinstance(received, str) else received) == payload


async def test_message_above_the_limit_9_1_4(raw: WireSocket) -> None:
    await raw.send_raw(frame_bytes(BINARY, bytes(1_048_576)))
    assert (await raw.closing()).code == 1009


@pytest.mark.parametrize("piece", [64, 256, 1_024, 4_096, 16_384, 65_536], ids="9.3 {}".format)
async def test_large_message_in_fragments(raw: WireSocket, piece: int) -> None:
    payload = b"\xfe" * 262_144
    frames = []
    for start in range(0, len(payload), piece):
        is_last = start + piece >= len(payload)
        opcode = CONTINUATION if start else BINARY
        frames.append(frame_bytes(opcode, payload[start : start + piece], is_final=is_last))
    await write(raw, frames, "at once")
    assert await raw.receive(within_s=10) == payload


@pytest.mark.parametrize("chop", [64, 128, 256, 512, 1_024, 2_048], ids="9.5 {}".format)
async def test_large_message_in_chops(raw: WireSocket, chop: int) -> None:
    payload = b"\xfe" * 262_144
    await write_in(raw, frame_bytes(BINARY, payload), chop)
    assert await raw.receive(within_s=10) == payload


@pytest.mark.parametrize("size", [0, 16, 64, 256, 1_024, 4_096], ids="9.7 and 9.8 {}".format)
async def test_a_thousand_round_trips(raw: WireSocket, size: int) -> None:
    payload = b"\xfe" * size
    for _ in range(100):
        await raw.send_raw(frame_bytes(BINARY, payload) * 10)
        for _ in range(10):
            assert await raw.receive() == payload


async def test_fragments_of_1300_bytes_10_1_1(raw: WireSocket) -> None:
    data = ("4" + "*" * 65_536).encode()
    for start in range(0, len(data), 1_300):
        is_last = start + 1_300 >= len(data)
        await raw.send_frame(CONTINUATION if start else TEXT, data[start : start + 1_300], is_final=is_last)
    assert await raw.text() == data.decode()
