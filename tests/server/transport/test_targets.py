"""Rooms, users and exceptions; volatile; with state recovery."""

from dataclasses import replace

import pytest

from kibitz.transport.config import SOCKETIO_PROFILE
from kibitz.transport.namespace import Namespace
from kibitz.transport.recovery import RecoveryConfig
from kibitz.transport.socket import Socket
from kibitz.transport.targets import Target, user_room
from support.memory_wire import MemoryServer, MemoryWire


@pytest.fixture
def memory() -> MemoryServer:
    return MemoryServer(SOCKETIO_PROFILE)


class Hall:
    """Four clients: a in x, b in x and y, c in y, d in none; a and d are the user `ann`."""

    def __init__(self, memory: MemoryServer) -> None:
        self.memory = memory
        self.main: Namespace = memory.server.namespace("/")
        self.wires: list[MemoryWire] = [memory.connected() for _ in range(4)]
        self.a, self.b, self.c, self.d = self.main.sockets.values()
        for socket in (self.a, self.b):
            socket.enter("x")
        for socket in (self.b, self.c):
            socket.enter("y")
        for socket in (self.a, self.d):
            socket.enter_as("ann")

    def reached(self, target: Target) -> str:
        target.emit("e", 1)
        self.memory.turn()
        got = [wire.take() for wire in self.wires]
        assert all(each in ([], ['42["e",1]']) for each in got)
        names = "".join(name for name, each in zip("abcd", got, strict=True) if each)
        assert names == "".join(name for name in "abcd" if getattr(self, name) in target.sockets())
        return names


@pytest.fixture
def hall(memory: MemoryServer) -> Hall:
    return Hall(memory)


def test_targets(hall: Hall) -> None:
    main, a, b = hall.main, hall.a, hall.b
    for target, names in {
        main.all: "abcd",
        main.to("x"): "ab",
        main.to("x", "y"): "abc",
        main.to("x").to("y").but(a, b): "c",
        main.to("nobody"): "",
        main.all.except_("x"): "cd",
        main.to("x").except_("y"): "a",
        main.to("y").except_("x", "y"): "",
        main.to_user("ann"): "ad",
        main.to_user("ann", "nobody").to("y"): "abcd",
        main.to_user("ann").except_("x"): "d",
        main.to(hall.c.id): "c",
        main.all.except_(hall.c.id): "abd",
        main.to("x").local.volatile: "ab",
        a.to("x"): "b",
        a.others: "bcd",
        a.others.except_("y"): "d",
    }.items():
        assert hall.reached(target) == names


def test_a_target_is_not_changed_by_its_steps(hall: Hall) -> None:
    target = hall.main.to("x")
    target.to("y").except_("x").but(hall.a)
    assert hall.reached(target) == "ab"


def test_volatile_is_dropped_for_the_slow_one_only(hall: Hall) -> None:
    hall.wires[0].is_stuck = True
    hall.main.emit("filler")
    hall.memory.turn()
    hall.main.all.volatile.emit("v")
    hall.memory.turn()
    hall.wires[0].unstick()
    assert hall.wires[0].take() == ['42["filler"]']
    assert hall.wires[1].take() == ['42["filler"]', '42["v"]']


def test_sockets_are_moved_and_put_out_together(hall: Hall) -> None:
    hall.main.to("x").enter("p", "q")
    hall.main.to("p").except_("y").leave("p")
    assert list(hall.main.room("p")) == [hall.b]
    assert len(hall.main.room("q")) == 2
    hall.main.to("q").disconnect()
    assert list(hall.main.sockets.values()) == [hall.c, hall.d]
    hall.main.all.disconnect(close=True)
    assert not hall.main.sockets


def test_with_recovery_the_lost_are_reached_too() -> None:
    memory = MemoryServer(replace(SOCKETIO_PROFILE, recovery=RecoveryConfig()))
    hall = Hall(memory)
    pids: list[str] = []
    for socket in (hall.a, hall.b, hall.c):
        assert socket.memory is not None
        pids.append(socket.memory.pid)
    ids = [socket.id for socket in (hall.a, hall.b, hall.c)]
    for wire in hall.wires[:3]:
        wire.lose()
    main = hall.main
    main.to("x").emit("x")
    main.to("y").except_("x").emit("y without x")
    main.all.except_(ids[0]).emit("all but a")
    main.to_user("ann").emit("ann")
    main.to(ids[2]).emit("c")
    main.to("x").volatile.emit("volatile")
    got: list[list[str]] = []
    for pid in pids:
        wire = memory.websocket()
        wire.send(f'40{{"pid":"{pid}"}}')
        memory.turn()
        got.append([str(m).split('"')[1] for m in wire.take()[2:]])
    assert got == [["x", "ann"], ["x", "all but a"], ["y without x", "all but a", "c"]]


def test_rooms_of_users_cannot_be_entered_by_name(hall: Hall) -> None:
    hall.d.enter("user:bo")
    assert hall.reached(hall.main.to_user("bo")) == ""
    left: list[Socket] = hall.main.to_user("ann").sockets()
    assert left == [hall.a, hall.d]


def test_no_room_is_nobody(hall: Hall) -> None:
    assert hall.reached(hall.main.to()) == ""
    assert hall.reached(hall.main.to_user()) == ""
    assert hall.reached(hall.main.to().to("x")) == "ab"


def test_the_room_of_one_person_cannot_be_entered() -> None:
    """Names of rooms come from clients, and ids are public."""
    memory = MemoryServer(replace(SOCKETIO_PROFILE, recovery=RecoveryConfig()))
    main = memory.server.namespace("/")
    wires = [memory.connected() for _ in range(2)]
    victim, attacker = main.sockets.values()
    victim.enter_as("ann")
    for name in (victim.id, user_room("ann"), user_room("nobody")):
        with pytest.raises(ValueError, match="not one to enter"):
            attacker.enter(name)
    attacker.enter(attacker.id)
    wires[0].lose()
    with pytest.raises(ValueError, match="not one to enter"):
        attacker.enter(victim.id)
    assert attacker.rooms == {attacker.id}
    main.to(victim.id).to_user("ann").emit("secret")
    memory.turn()
    assert wires[1].take() == []


def test_whoever_is_left_out_stays_so_when_its_connection_is_lost() -> None:
    memory = MemoryServer(replace(SOCKETIO_PROFILE, recovery=RecoveryConfig()))
    main = memory.server.namespace("/")
    wire = memory.connected()
    (speaker,) = main.sockets.values()
    speaker.enter("x")
    wire.lose()
    speaker.to("x").emit("said", 1)
    main.broadcast("x", main.encode("said", 2), but=speaker)
    main.to().emit("said", 3)
    assert main.recovery is not None
    (saved,) = main.recovery._saved.values()
    assert saved.memory.log.after(0) == []
