"""python-socketio on aiohttp and uvloop with the events of our echo, set up fairly: no compression."""

import asyncio
import sys

import socketio
import uvloop
from aiohttp import web


def application(heartbeat_ms: int) -> web.Application:
    sio = socketio.AsyncServer(
        async_mode="aiohttp",
        http_compression=False,
        ping_interval=heartbeat_ms / 1000,
        ping_timeout=heartbeat_ms / 1000,
    )

    @sio.on("message-with-ack")
    async def answer(sid: str, *arguments: object) -> tuple[object, ...]:
        return arguments

    @sio.event
    async def enter(sid: str, room: str) -> None:
        await sio.enter_room(sid, room)

    @sio.event
    async def flood(sid: str, room: str, count: int, payload: object, per_turn: int = 5) -> None:
        for number in range(count):
            await sio.emit("flooded", payload, room=room)
            if number % per_turn == per_turn - 1:
                await asyncio.sleep(0)

    app = web.Application()
    sio.attach(app)
    return app


if __name__ == "__main__":
    port, heartbeat_ms = map(int, sys.argv[1:3])
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    web.run_app(application(heartbeat_ms), host="127.0.0.1", port=port, print=None, access_log=None)
