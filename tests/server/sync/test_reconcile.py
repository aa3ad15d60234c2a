"""The shared scripts, and two real ends with a bad wire between them."""

import json
import random
from typing import Any

import msgspec
import pytest

from kibitz.sync.checksum import checksum
from kibitz.sync.patch import Op, apply, diff
from kibitz.sync.reconcile import Replica, SendAct, SendResync


class Shown(msgspec.Struct):
    action_id: str | None = None


class LooseOp(msgspec.Struct):
    op: str
    path: str
    value: Any = msgspec.UNSET


class Patch(msgspec.Struct):
    epoch: str
    base: int
    version: int
    ops: list[LooseOp]
    checksum: int
    events: list[Shown]


class Snapshot(msgspec.Struct):
    epoch: str
    version: int
    view: Any
    checksum: int


class Joined(msgspec.Struct):
    seat: int | None
    epoch: str
    version: int
    mode: str
    checksum: int
    view: Any = msgspec.UNSET
    patches: list[Patch] | msgspec.UnsetType = msgspec.UNSET


def place(view: Any, seat: int | None, action_type: str, args: Any) -> Any:
    """The predictor that tests/cases/README.md describes."""
    if action_type != "place" or view["turn"] != seat or view["cells"][args["cell"]] is not None:
        return None
    cells = list(view["cells"])
    cells[args["cell"]] = seat
    return {"cells": cells, "turn": 1 - view["turn"]}


def feed(replica: Replica, given: dict[str, Any]) -> list[Any]:
    match given["in"]:
        case "joined":
            return replica.joined(msgspec.convert(given["message"], Joined))
        case "patch":
            return replica.patch(msgspec.convert(given["message"], Patch))
        case "snapshot":
            return replica.snapshot(msgspec.convert(given["message"], Snapshot))
        case "act":
            return replica.act(given["id"], given["type"], given["args"])
        case "acted":
            return replica.acted(given["id"], given["version"])
        case "refused":
            return replica.refused(given["id"], given["code"], given["message"])
        case "lost":
            return replica.lost()
    raise AssertionError(given["in"])


@pytest.mark.cases("reconcile.json", "scripts")
def test_script(case: dict[str, Any]) -> None:
    replica = Replica(place)
    for number, step in enumerate(case["steps"], 1):
        out = feed(replica, step["input"])
        found = {
            "epoch": replica.epoch,
            "version": replica.version,
            "view": replica.view,
            "shown": replica.shown,
            "pending": [action.id for action in replica.pending],
            "out": json.loads(msgspec.json.encode(out)),
        }
        assert found == step["expect"], f"step {number}: {step['input']['in']}"


def test_acting_before_the_first_answer_is_the_callers_mistake() -> None:
    with pytest.raises(RuntimeError, match="before the first answer"):
        Replica().act("a1", "place", {"cell": 0})


class Server:
    """A server's end, as small as one can be: a list of numbers that any player may add to."""

    def __init__(self) -> None:
        self.history: list[Any] = [{"numbers": [], "sum": 0}]
        self.accepted: dict[str, int] = {}

    def act(self, message: SendAct) -> int:
        if message.id not in self.accepted:
            view = self.history[-1]
            number: int = message.args["n"]  # type: ignore[index, call-overload, assignment]
            self.history.append({"numbers": [*view["numbers"], number], "sum": view["sum"] + number})
            self.accepted[message.id] = len(self.history)
        return self.accepted[message.id]

    def patch(self, base: int) -> Patch:
        version = len(self.history)
        old, new = self.history[base - 1], self.history[-1]
        ops: list[Any] = diff(old, new)
        return Patch("E", base, version, ops, checksum(new), [])

    def joined(self, held: int) -> Joined:
        view = self.history[-1]
        mode = "snapshot" if not held else "current" if held == len(self.history) else "patches"
        answer = Joined(0, "E", len(self.history), mode, checksum(view))
        if mode == "snapshot":
            answer.view = view
        if mode == "patches":
            answer.patches = [self.patch(held)]
        return answer


def predict_sum(view: Any, seat: int | None, action_type: str, args: Any) -> Any:
    return {"numbers": [*view["numbers"], args["n"]], "sum": view["sum"] + args["n"]}


@pytest.mark.parametrize("seed", range(60))
def test_whatever_the_wire_does_both_ends_end_equal(seed: int) -> None:
    rng = random.Random(seed)
    server, clients = Server(), [Replica(predict_sum) for _ in range(3)]
    sent = 0
    # Everything under way: (client, kind, content), delivered in any order, twice, or never.
    wire: list[tuple[int, str, Any]] = [(i, "join", 0) for i in range(3)]

    def say(i: int, out: list[Any]) -> None:
        for message in out:
            if isinstance(message, SendAct):
                wire.append((i, "act", message))
            elif isinstance(message, SendResync):
                wire.append((i, "join", message.version))

    def broadcast(base: int) -> None:
        wire.extend((i, "patch", server.patch(base)) for i in range(3))

    def deliver(i: int, kind: str, content: Any) -> None:
        match kind:
            case "join":
                wire.append((i, "joined", server.joined(content)))
            case "joined":
                say(i, clients[i].joined(content))
            case "act":
                base = len(server.history)
                version = server.act(content)
                if len(server.history) > base:
                    broadcast(base)
                wire.append((i, "acted", (content.id, version)))
            case "acted":
                say(i, clients[i].acted(*content))
            case "patch":
                say(i, clients[i].patch(content))

    for _ in range(400):
        roll = rng.random()
        if roll < 0.1:
            i = rng.randrange(3)
            if clients[i].epoch is not None and sent < 40:
                sent += 1
                say(i, clients[i].act(f"id-{sent}", "add", {"n": rng.randrange(9)}))
        elif roll < 0.13:
            i = rng.randrange(3)
            # A new connection: what the old one still carried to the client never arrives.
            clients[i].lost()
            wire[:] = [m for m in wire if m[0] != i or m[1] == "act"]
            wire.append((i, "join", clients[i].version))
        elif wire:
            message = wire.pop(rng.randrange(len(wire)))
            if message[1] == "patch" and rng.random() < 0.1:
                continue
            deliver(*message)
            if message[1] in ("patch", "act", "acted") and rng.random() < 0.1:
                wire.append(message)

    for i, client in enumerate(clients):  # the wire heals: everybody comes back once
        client.lost()
        wire[:] = [m for m in wire if m[0] != i or m[1] == "act"]
        wire.append((i, "join", client.version))
    while wire:
        deliver(*wire.pop(0))

    for client in clients:
        assert client.view == server.history[-1]
        assert client.shown == client.view
        assert client.checksum == checksum(server.history[-1])
        assert client.pending == []
    assert len(server.history) == 1 + sent


def test_prediction_never_changes_what_is_confirmed() -> None:
    replica = Replica(place)
    view: Any = {"cells": [None, None], "turn": 0}
    replica.joined(Joined(0, "E", 1, "snapshot", checksum(view), view))
    replica.act("a1", "place", {"cell": 0})
    assert replica.shown == apply(view, [Op("replace", "/cells/0", 0), Op("replace", "/turn", 1)])
    assert replica.view == view
