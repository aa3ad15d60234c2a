"""Real rooms and real replicas with a bad wire, a failing disk and a dying server between them.

Whatever was lost, doubled, delayed or restarted: everybody ends on the room's view, and no action
was done twice.
"""

import json
import random
from typing import Any

import msgspec
import pytest

from kibitz.ids import Seat
from kibitz.journal.journal import CommitFailure
from kibitz.journal.records import EventKind
from kibitz.rooms.answers import Accepted, Refused, Seated
from kibitz.rooms.config import RoomsConfig
from kibitz.rooms.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rooms.update import Update
from kibitz.rooms.views import EVERYBODY, CatchUp, Held, RenderedPatch
from kibitz.sync.reconcile import Replica, SendAct, SendResync
from support.room_house import ANN, BEN, EVE, House, Sent

PLAYERS = (ANN, BEN, EVE)


class Op(msgspec.Struct):
    op: str
    path: str
    value: Any = msgspec.UNSET


class Shown(msgspec.Struct):
    action_id: str | None = None


class Patch(msgspec.Struct):
    epoch: str
    base: int
    version: int
    ops: list[Op]
    checksum: int
    events: list[Shown]


class Joined(msgspec.Struct):
    seat: int | None
    epoch: str
    version: int
    mode: str
    checksum: int
    view: Any = msgspec.UNSET
    patches: list[Patch] | msgspec.UnsetType = msgspec.UNSET


def patch_of(rendered: RenderedPatch) -> Patch:
    return msgspec.json.decode(msgspec.json.encode(rendered), type=Patch)


def joined_of(seat: Seat | None, caught: CatchUp) -> Joined:
    return Joined(
        seat,
        caught.epoch,
        caught.version,
        caught.mode,
        caught.checksum,
        msgspec.UNSET if caught.view is None else json.loads(bytes(caught.view)),
        [patch_of(each) for each in caught.patches],
    )


class Wire:
    """What is under way between the clients and the server, delivered in any order."""

    def __init__(self, house: House, room: Room, rng: random.Random) -> None:
        self.house, self.room, self.rng = house, room, rng
        self.replicas = [Replica() for _ in PLAYERS]
        self.messages: list[tuple[int, str, Any]] = []
        self.accepted: set[str] = set()
        self.listen()
        for i in range(len(PLAYERS)):
            self.join(i)

    def listen(self) -> None:
        def committed(room: Room, update: Update) -> None:
            patch = patch_of(update.patch(EVERYBODY))
            self.messages.extend((i, "patch", patch) for i in range(len(PLAYERS)))

        self.house.told.committed = committed  # type: ignore[method-assign]

    def join(self, i: int) -> None:
        held = self.replicas[i].held
        self.messages.append(
            (i, "join", None if held is None else Held(held.epoch, held.version, held.checksum))
        )

    def lose(self, i: int) -> None:
        """The connection breaks: nothing of it arrives any more, in either direction but what did."""
        self.replicas[i].lost()
        self.messages = [m for m in self.messages if m[0] != i or m[1] == "act"]
        self.join(i)

    def say(self, i: int, out: list[Any]) -> None:
        for message in out:
            if isinstance(message, SendAct):
                self.messages.append((i, "act", message))
            elif isinstance(message, SendResync):
                self.join(i)

    def deliver(self, i: int, kind: str, content: Any) -> None:
        player = PLAYERS[i]
        match kind:
            case "join":
                self.room.join(player, None, None, content, lambda answer: self.answer_join(i, answer))
            case "joined":
                self.say(i, self.replicas[i].joined(content))
            case "act":
                args = msgspec.Raw(msgspec.json.encode(content.args))
                sent = Sent(content.epoch, content.id, content.base, content.type, args)
                self.room.act(player, sent, lambda answer: self.answer_act(i, content.id, answer))
            case "acted":
                self.say(i, self.replicas[i].acted(*content))
            case "refused":
                self.say(i, self.replicas[i].refused(*content))
            case "patch":
                self.say(i, self.replicas[i].patch(content))

    def answer_join(self, i: int, answer: Seated | Refused) -> None:
        if isinstance(answer, Refused):
            self.join(i)
        else:
            self.messages.append((i, "joined", joined_of(answer.seat, answer.catch_up)))

    def answer_act(self, i: int, action_id: str, answer: Accepted | Refused) -> None:
        if isinstance(answer, Accepted):
            self.accepted.add(action_id)
            self.messages.append((i, "acted", (action_id, answer.version)))
        else:
            self.messages.append((i, "refused", (action_id, answer.code, answer.message)))

    async def restart(self) -> None:
        """The process dies with whatever it had not committed, and comes back on the same journal."""
        await self.house.quiet()
        self.house = self.house.restarted()
        found = self.house.directory.find(self.room.room_id)
        assert isinstance(found, Room)
        self.room = found
        self.listen()
        for i in range(len(PLAYERS)):
            self.replicas[i].lost()
            self.messages = []
        for i in range(len(PLAYERS)):
            self.join(i)


@pytest.mark.parametrize("seed", range(40))
async def test_everybody_ends_on_the_rooms_view(seed: int) -> None:
    rng = random.Random(seed)
    house = House(config=RoomsConfig(pause_limit_ms=0, snapshot_every=rng.choice([3, 1_000]), patches_kept=4))
    wire = Wire(house, await house.create(), rng)
    made = 0
    for _ in range(500):
        roll = rng.random()
        i = rng.randrange(len(PLAYERS))
        if roll < 0.12:
            replica = wire.replicas[i]
            if replica.epoch is not None and len(replica.pending) < 3:
                made += 1
                action = {"column": rng.randrange(7)}
                wire.say(i, replica.act(f"{seed:04}-{made:012}", "drop", action))
        elif roll < 0.15:
            wire.lose(i)
        elif roll < 0.16:
            await wire.restart()
        elif roll < 0.19:
            failing = rng.random() < 0.5
            wire.house.memory.fail_when(lambda _, f=failing: CommitFailure.UNAVAILABLE if f else None)
        elif roll < 0.25:
            await wire.house.quiet()
        elif wire.messages:
            message = wire.messages.pop(rng.randrange(len(wire.messages)))
            if message[1] == "patch" and rng.random() < 0.1:
                continue
            wire.deliver(*message)
            if message[1] != "join" and rng.random() < 0.1:
                wire.messages.append(message)

    wire.house.memory.fail_when(lambda _: None)
    await wire.house.quiet()
    for i in range(len(PLAYERS)):
        wire.lose(i)
    while wire.messages:
        wire.deliver(*wire.messages.pop(0))
        await wire.house.quiet()

    room = wire.room
    for replica in wire.replicas:
        assert replica.version == room.version
        assert replica.view == room.view(None).value
        assert replica.checksum == room.view(None).checksum
        assert replica.pending == []
    rows = wire.house.journal.read_room(room.key)
    assert [row.version for row in rows] == list(range(1, len(rows) + 1))
    done = [row.action_id for row in rows if row.kind is EventKind.ACTION]
    assert len(done) == len(set(done))
    assert wire.accepted <= set(done)
    assert room.status in (Status.WAITING, Status.PLAYING, Status.FINISHED)
