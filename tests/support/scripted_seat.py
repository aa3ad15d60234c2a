"""A room's session at a seat, and the server's end of its connection, which the test speaks for."""

import asyncio

from kibitz.client.connection import Connection
from kibitz.client.errors import ClientClosed
from kibitz.client.room_session import RoomSession
from kibitz.ids import ActionId, RoomId
from kibitz.protocol.messages import Joined, Patch, PatchOp, ShownEvent
from kibitz.sync.canonical import Value
from kibitz.sync.checksum import checksum
from kibitz.sync.patch import diff
from support.manual_clock import ManualClock
from support.manual_timers import ManualTimers
from support.scripted_server import ScriptedWire, settle

ROOM, EPOCH = RoomId("room"), "epoch"
ACTION = ActionId("a" * 16)


def view(turn: int, *moves: int) -> dict[str, Value]:
    return {"turn": turn, "moves": list(moves)}


def joined(version: int, held: Value, *, seat: int | None = 0, mode: str = "snapshot") -> Joined:
    answer = Joined(
        room=ROOM,
        game="stones",
        seat=seat,
        epoch=EPOCH,
        version=version,
        mode="current" if mode == "current" else "snapshot",
        checksum=checksum(held),
        at_ms=0,
        clock_elapsed_ms=0,
        match=1,
        status="playing",
    )
    if mode == "snapshot":
        answer = Joined(**{f: getattr(answer, f) for f in answer.__struct_fields__} | {"view": held})
    return answer


def patch(base: int, old: Value, new: Value, *, action: str | None = None, crc: int | None = None) -> Patch:
    ops = [PatchOp(op.op, op.path, op.value) for op in diff(old, new)]
    event = ShownEvent(EPOCH, base + 1, 0, "action", 0, "move", {}, action)
    return Patch(ROOM, EPOCH, base, base + 1, 0, ops, checksum(new) if crc is None else crc, [event])


def predict(held: Value, seat: int | None, action_type: str, args: Value) -> Value:
    assert isinstance(held, dict)
    assert isinstance(held["moves"], list)
    assert isinstance(args, dict)
    return {"turn": 1, "moves": [*held["moves"], args["stone"]]}


class Seated:
    """A session at seat 0, and the server's end of its present connection."""

    def __init__(self) -> None:
        self.timers = ManualTimers()
        self.clock = ManualClock()
        self.session = RoomSession(
            ROOM,
            part=None,
            seat=None,
            predict=predict,
            timers=self.timers,
            clock=self.clock,
            entropy=lambda n: bytes(n),
            answer_timeout_ms=1_000,
        )
        self.connections: list[Connection] = []
        self.wire = ScriptedWire()

    async def connect(self) -> None:
        self.wire = ScriptedWire()
        connection = Connection(
            self.wire,
            lambda name, message: self.session.take(message),  # type: ignore[arg-type]
            self.timers,
        )
        self.connections.append(connection)
        connecting = asyncio.create_task(connection.connect({}))
        await self.wire.accept()
        await connecting
        self.session.attach(connection)

    async def lose(self) -> None:
        self.wire.cut()
        await self.connections[-1].ended()
        await self.connections[-1].close()
        self.session.detach()

    async def join(self, version: int = 3, held: Value = None) -> dict[str, object]:
        packet_id, asked = await self.wire.request("join")
        self.wire.answer(packet_id, joined(version, view(0) if held is None else held))
        await settle()
        return asked

    async def close(self) -> None:
        self.session.close(ClientClosed("over"))
        for connection in self.connections:
            await connection.close()
