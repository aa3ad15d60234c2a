"""Frames as the cases of the Autobahn test suite send them.

Text is an Engine.IO message, so that a `4` stands before what Autobahn sends; binary comes back as it is.
"""

from support.websocket_wire import (
    CONTINUATION,
    TEXT,
    WireSocket,
    frame_bytes,
)

HELLO = "Hello, world!"
HOWS = ["frame by frame", "byte by byte", "at once"]


async def write(socket: WireSocket, frames: list[bytes], how: str) -> None:
    match how:
        case "frame by frame":
            for frame in frames:
                await socket.send_raw(frame)
        case "byte by byte":
            for byte in b"".join(frames):
                await socket.send_raw(bytes([byte]))
        case _:
            await socket.send_raw(b"".join(frames))


async def write_in(socket: WireSocket, data: bytes, chunk: int) -> None:
    for start in range(0, len(data), chunk):
        await socket.send_raw(data[start : start + chunk])


def text(payload: str, *, is_final: bool = True, reserved: int = 0) -> bytes:
    return frame_bytes(TEXT, ("4" + payload).encode(), is_final=is_final, reserved=reserved)


def more(payload: str, *, is_final: bool = True) -> bytes:
    return frame_bytes(CONTINUATION, payload.encode(), is_final=is_final)


INVALID_LONG = b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited"
