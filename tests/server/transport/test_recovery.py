"""Connection state recovery, as the unchanged JavaScript client asks for it."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kibitz.transport.config import SOCKETIO_PROFILE
from kibitz.transport.namespace import ConnectRefused, Namespace
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.recovery import Recovery, RecoveryConfig
from kibitz.transport.socket import Socket
from kibitz.transport.targets import user_room
from support.memory_wire import MemoryServer, MemoryWire


class Client:
    """What socket.io-client keeps: its pid, and the last string at the end of an event."""

    def __init__(self, memory: MemoryServer) -> None:
        self.memory = memory
        self.pid: str | None = None
        self.offset: str | None = None
        self.sid = ""
        self.is_recovered = False
        self.got: list[list[Any]] = []
        self.wire = self.connect()

    def connect(self) -> MemoryWire:
        wire = self.memory.websocket()
        auth = {} if self.pid is None else {"pid": self.pid}
        if self.offset is not None:
            auth["offset"] = self.offset
        wire.send(f"40{json.dumps(auth)}")
        self.wire = wire
        self.read()
        return wire

    def drop(self) -> None:
        """What is on its way is lost."""
        self.memory.turn()
        self.wire.lose()

    def read(self) -> list[list[Any]]:
        """The events since the last call, as an application gets them (offsets taken off)."""
        self.memory.turn()
        new: list[list[Any]] = []
        for message in self.wire.take():
            if not isinstance(message, str):
                continue
            if message.startswith('40{"sid"'):
                told = json.loads(message[2:])
                self.is_recovered = self.pid is not None and told["pid"] == self.pid
                self.pid, self.sid = told["pid"], told["sid"]
            elif message.startswith("42"):
                *event, last = json.loads(message[message.index("[") :])
                assert isinstance(last, str)
                self.offset = last
                new.append(event)
        self.got += new
        return new


def make(config: RecoveryConfig | None = None) -> MemoryServer:
    memory = MemoryServer(replace(SOCKETIO_PROFILE, recovery=config or RecoveryConfig()))
    memory.server.namespace("/").on("enter", lambda socket, args, ack: socket.enter(str(args[0])))
    return memory


@pytest.fixture
def memory() -> MemoryServer:
    return make()


@pytest.fixture
def main(memory: MemoryServer) -> Namespace:
    return memory.server.namespace("/")


def only(namespace: Namespace) -> Socket:
    (socket,) = namespace.sockets.values()
    return socket


def recovery(namespace: Namespace) -> Recovery:
    assert namespace.recovery is not None
    return namespace.recovery


def test_missed_events_come_once_and_in_order(memory: MemoryServer, main: Namespace) -> None:
    client = Client(memory)
    socket = only(main)
    sid = client.sid
    socket.enter("room")
    socket.data = "data"
    main.to("room").emit("seen", 1)
    assert client.read() == [["seen", 1]]
    socket.emit("lost on its way", {"n": 2})
    client.drop()
    main.to("room").emit("missed", 3)
    main.to("elsewhere").emit("not mine")
    main.emit("missed", 4)
    client.connect()
    assert client.is_recovered
    assert client.sid == sid
    assert client.got == [["seen", 1], ["lost on its way", {"n": 2}], ["missed", 3], ["missed", 4]]
    again = only(main)
    assert (again.id, again.data, again.rooms, again.is_recovered) == (sid, "data", {"room"}, True)
    main.to("room").emit("on", 5)
    assert client.read() == [["on", 5]]
    assert (memory.server.counters.recovered, memory.server.counters.not_recovered) == (1, 0)


def test_connect_comes_before_what_was_missed(memory: MemoryServer, main: Namespace) -> None:
    """Or a client that loses the link in between gets it twice."""

    def connected(socket: Socket, auth: dict[str, object]) -> None:
        socket.emit("hello", socket.is_recovered)

    main.on_connect(connected)
    client = Client(memory)
    client.drop()
    main.emit("missed")
    wire = memory.websocket()
    wire.send(f'40{{"pid":"{client.pid}"}}')
    memory.turn()
    assert [str(m)[:9] for m in wire.take()[1:]] == ['40{"sid":', '42["hello', '42["misse', '42["hello']


def test_in_a_quiet_room_and_before_the_first_event(memory: MemoryServer, main: Namespace) -> None:
    client = Client(memory)
    client.drop()
    client.connect()
    assert (client.is_recovered, client.offset, client.got) == (True, None, [])
    client.drop()
    main.emit("first")
    client.connect()
    assert client.is_recovered
    assert client.got == [["first"]]


def test_after_volatile_events_and_states(memory: MemoryServer, main: Namespace) -> None:
    client = Client(memory)
    socket = only(main)
    socket.emit("first")
    socket.emit_volatile("volatile", "no offset")
    main.broadcast_volatile([socket], main.encode("volatile", "neither"))
    main.broadcast_state([socket], "key", main.encode("state", "x"), since=None)
    assert [event[-1] for event in client.read()] == ["first", "no offset", "neither", "x"]
    client.drop()
    main.emit("missed")
    client.connect()
    assert client.is_recovered
    assert client.got[4:] == [["missed"]]


def test_a_state_written_late_has_the_offset_of_then(memory: MemoryServer, main: Namespace) -> None:
    client = Client(memory)
    socket = only(main)
    client.wire.is_stuck = True
    socket.emit("filler")
    memory.turn()
    main.broadcast_state([socket], "key", main.encode("state"), since=None)
    socket.emit("event")
    memory.turn()
    client.wire.unstick()
    assert client.read() == [["filler"], ["event"], ["state"]]
    client.drop()
    client.connect()
    assert client.is_recovered
    assert len(client.got) == 3


def test_binary_events(memory: MemoryServer, main: Namespace) -> None:
    client = Client(memory)
    client.drop()
    main.emit("picture", b"\x01\x02")
    wire = memory.websocket()
    wire.send(f'40{{"pid":"{client.pid}"}}')
    memory.turn()
    text, data = wire.take()[2:]
    assert str(text).startswith('451-["picture",{"_placeholder":true,"num":0},"')
    assert data == b"\x01\x02"


async def test_events_with_an_ack_are_not_logged(memory: MemoryServer, main: Namespace) -> None:
    client = Client(memory)
    answer = only(main).emit_with_ack("asked", "x")
    memory.turn()
    assert client.wire.take() == ['420["asked","x"]']
    client.drop()
    client.connect()
    assert client.got == []
    assert answer.exception() is not None


def test_a_session_is_recovered_once(memory: MemoryServer, main: Namespace) -> None:
    """The second one with its pid takes it over; there are never two."""
    client = Client(memory)
    pid, first = client.pid, client.wire
    client.connect()
    assert client.is_recovered
    assert "close" in first.take()
    assert len(main.sockets) == 1
    client.wire.send("41")
    client.drop()
    client.connect()
    assert client.pid != pid
    assert not client.is_recovered


@pytest.mark.parametrize("leave", ["client", "kick", "close", "payload"])
def test_whoever_was_to_leave_is_not_recovered(memory: MemoryServer, main: Namespace, leave: str) -> None:
    client = Client(memory)
    match leave:
        case "client":
            client.wire.send("41")
        case "kick":
            only(main).disconnect()
        case "close":
            only(main).disconnect(close=True)
        case _:
            client.wire.send("abc")
    client.drop()
    pid = client.pid
    client.connect()
    assert not client.is_recovered
    assert client.pid != pid
    assert memory.server.counters.not_recovered == 1


@pytest.mark.parametrize("reason", sorted(DisconnectReason))
def test_reasons(memory: MemoryServer, main: Namespace, reason: DisconnectReason) -> None:
    client = Client(memory)
    only(main).session.end(reason)
    client.connect()
    assert client.is_recovered is (
        reason in ("transport close", "transport error", "ping timeout", "forced close", "slow")
    )


def test_time_is_bounded(memory: MemoryServer, main: Namespace) -> None:
    client, late = Client(memory), Client(memory)
    for socket in list(main.sockets.values()):
        socket.enter("room")
    for each in (client, late):
        each.drop()
    memory.advance(119_999)
    client.connect()
    assert client.is_recovered
    memory.advance(1)
    late.connect()
    assert not late.is_recovered
    assert recovery(main).saved == 0
    assert recovery(main)._rooms == {}


def test_bytes_are_bounded(memory: MemoryServer) -> None:
    memory = make(RecoveryConfig(log_bytes_max=2_500))
    main = memory.server.namespace("/")
    full, fits = Client(memory), Client(memory)
    sockets = list(main.sockets.values())
    for each in (full, fits):
        each.drop()
    for _ in range(5):
        main.emit("missed", "x" * 100)
    for socket in sockets:
        socket.emit("to nobody")
    fits.connect()
    assert len(fits.got) == 5
    fits.drop()
    for _ in range(5):
        main.emit("missed", "x" * 100)
    assert recovery(main).saved == 1  # the full one has nothing to be recovered with
    full.connect()
    assert not full.is_recovered
    assert recovery(main)._saved_bytes <= 2_500


def test_all_saved_sessions_together_are_bounded(memory: MemoryServer) -> None:
    memory = make(RecoveryConfig(saved_max=2))
    main = memory.server.namespace("/")
    clients = [Client(memory) for _ in range(3)]
    for client in clients:
        client.drop()
        client.connect() if client is clients[0] else None
    clients[0].drop()
    assert recovery(main).saved == 2
    for client in clients:
        client.connect()
    assert [client.is_recovered for client in clients] == [True, False, True]
    memory = make(RecoveryConfig(saved_bytes_max=800))
    main = memory.server.namespace("/")
    clients = [Client(memory) for _ in range(2)]
    for client in clients:
        client.drop()
    main.emit("missed", "x" * 400)
    assert recovery(main).saved == 1
    assert recovery(main)._saved_bytes <= 800


def test_tiny_events_take_what_they_take() -> None:
    """Thousands of them would fit by their bytes, with hundreds of bytes of memory around each."""
    memory = make(RecoveryConfig(log_bytes_max=10_000))
    client = Client(memory)
    client.drop()
    (saved,) = recovery(memory.server.namespace("/"))._saved.values()
    for _ in range(40):
        memory.server.namespace("/").emit("e")
    assert len(saved.memory.log.after(0)) == 40
    for _ in range(40):
        memory.server.namespace("/").emit("e")
    assert recovery(memory.server.namespace("/")).saved == 0


def test_an_answered_ping_empties_the_log(memory: MemoryServer, main: Namespace) -> None:
    client = Client(memory)
    for n in range(100):
        main.emit("tick", n)
    client.read()
    memory.advance(25_000)
    client.wire.send("3")
    memory.clock.us += 1
    main.emit("tick", 100)
    socket = only(main)
    assert socket.memory is not None
    assert len(socket.memory.log._entries) == 1
    client.read()
    client.drop()
    client.connect()
    assert client.is_recovered
    assert [event[1] for event in client.got] == list(range(101))


def test_offsets_of_others_replay_from_the_own_start(memory: MemoryServer, main: Namespace) -> None:
    other, client = Client(memory), Client(memory)
    main.emit("before")
    other.read()
    client.wire.send("41")
    client.read()
    client.pid = None
    client.connect()  # a new session, whose client keeps its old offset
    client.drop()
    main.emit("missed")
    client.connect()
    assert client.is_recovered
    assert client.got == [["before"], ["missed"]]
    for offset in ("x", "", "other.3", recovery(main)._tag + ".-1", recovery(main)._tag + ".9" * 20):
        client.drop()
        client.offset = offset
        client.connect()
        assert client.is_recovered
    assert len(client.got) == 2 + 5


@pytest.mark.parametrize("auth", ['{"pid":1}', '{"pid":"unknown","offset":"x"}', '{"offset":"x"}'])
def test_unknown_pids_connect_as_anybody(memory: MemoryServer, main: Namespace, auth: str) -> None:
    wire = memory.websocket()
    wire.send(f"40{auth}")
    assert not only(main).is_recovered


def test_middleware_runs_again_and_may_refuse(memory: MemoryServer, main: Namespace) -> None:
    is_open = True

    def connect(socket: Socket, auth: dict[str, object]) -> None:
        if not is_open:
            raise ConnectRefused("closed", {"recovered": socket.is_recovered, "data": socket.data})
        socket.data = socket.data or "data"

    main.on_connect(connect)
    client = Client(memory)
    client.drop()
    is_open = False
    client.connect()
    assert not main.sockets
    is_open = True
    main.emit("missed")
    client.connect()
    assert client.is_recovered
    assert client.got == [["missed"]]


def test_a_session_is_not_recovered_by_another_user(memory: MemoryServer, main: Namespace) -> None:
    """Who signs in with somebody else's cookie in the same page brings the same pid."""
    user = "ann"

    def sign_in(socket: Socket, auth: dict[str, object]) -> None:
        socket.data = {"name": user}
        socket.enter_as(user)
        socket.enter_as("everybody")

    main.use(sign_in)
    client = Client(memory)
    client.wire.send('42["enter","secret"]')
    main.to("secret").emit("seen")
    client.read()
    first = only(main)
    client.drop()
    main.to("secret").emit("missed", 1)
    ann = replace_client(client)
    user = "bob"
    client.connect()
    assert not client.is_recovered
    assert client.got == [["seen"]]
    bob = only(main)
    assert bob.id != first.id
    assert bob.data == {"name": "bob"}
    assert bob.rooms == {user_room("bob"), user_room("everybody")}
    main.to("secret").emit("missed", 2)
    assert client.read() == []
    user = "ann"
    ann.connect()
    assert ann.is_recovered
    assert ann.got == [["missed", 1], ["missed", 2]]


def replace_client(client: Client) -> Client:
    """Another page that knows the same secret."""
    other = Client(client.memory)
    other.wire.lose()
    other.pid, other.offset = client.pid, client.offset
    return other


def test_a_handler_may_decline_to_recover(memory: MemoryServer, main: Namespace) -> None:
    def connect(socket: Socket, auth: dict[str, object]) -> None:
        socket.enter("new")
        socket.start_anew()
        socket.start_anew()

    client = Client(memory)
    client.wire.send('42["enter","old"]')
    only(main).data = "old"
    client.drop()
    main.on_connect(connect)
    client.connect()
    assert not client.is_recovered
    assert (only(main).rooms, only(main).data) == ({"new"}, None)
    assert recovery(main).saved == 1


async def test_while_an_asynchronous_handler_runs(memory: MemoryServer, main: Namespace) -> None:
    allowed = asyncio.Event()

    async def connect(socket: Socket, auth: dict[str, object]) -> None:
        if auth:
            await allowed.wait()

    main.on_connect(connect)
    client = Client(memory)
    await _settle(client)
    client.drop()
    main.emit("missed", 1)
    client.connect()
    rival = memory.websocket()
    rival.send(f'40{{"pid":"{client.pid}"}}')
    main.emit("missed", 2)
    assert client.got == []
    allowed.set()
    await _settle(client)
    assert client.is_recovered
    assert client.got == [["missed", 1], ["missed", 2]]
    assert sorted(socket.is_recovered for socket in main.sockets.values()) == [False, True]


async def test_a_handler_that_never_ends_keeps_nobody_out(memory: MemoryServer, main: Namespace) -> None:
    async def connect(socket: Socket, auth: dict[str, object]) -> None:
        if "pid" in auth:
            await asyncio.Event().wait()

    main.on_connect(connect)
    client = Client(memory)
    await _settle(client)
    client.drop()
    client.connect()
    await _settle(client)
    assert next(iter(recovery(main)._saved.values())).claim is not None
    client.drop()
    await _settle(client)
    assert next(iter(recovery(main)._saved.values())).claim is None
    memory.advance(120_000)
    assert recovery(main).saved == 0


async def _settle(client: Client) -> None:
    for _ in range(4):
        await asyncio.sleep(0)
    client.read()


def test_off_means_no_pid_and_no_offset() -> None:
    memory = MemoryServer(SOCKETIO_PROFILE)
    main = memory.server.namespace("/")
    wire = memory.websocket()
    wire.send('40{"pid":"x","offset":"y"}')
    main.emit("e", 1)
    memory.turn()
    assert wire.take()[1:] == [f'40{{"sid":"{only(main).id}"}}', '42["e",1]']
    assert not only(main).is_recovered


STEPS = st.lists(st.sampled_from(["emit", "room", "volatile", "drop", "connect", "read", "ping", "lose"]))


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_each_event_once_in_order_or_told_that_not(steps: list[str]) -> None:
    """Whatever happens: nothing twice, nothing out of order, and nothing missing while recovered."""
    memory = make()
    main = memory.server.namespace("/")
    client = Client(memory)
    only(main).enter("room")
    sent: list[int] = []
    is_up = True
    numbers = iter(range(10_000))
    for step in steps:
        match step:
            case "emit":
                sent.append(next(numbers))
                main.emit("n", sent[-1])
            case "room":
                sent.append(next(numbers))
                main.to("room").emit("n", sent[-1])
            case "volatile" if is_up:
                only(main).emit_volatile("v", "x")
            case "drop" | "lose" if is_up:
                if step == "drop":
                    client.read()
                client.drop()
                is_up = False
            case "connect":
                client.connect()
                assert client.is_recovered
                is_up = True
            case "read" if is_up:
                client.read()
            case "ping" if is_up:
                memory.advance(25_000)
                client.read()
                client.wire.send("3")
            case _:
                pass
    client.connect()
    client.read()
    assert [event[1] for event in client.got if event[0] == "n"] == sent


def test_a_session_forgotten_in_the_middle_of_a_broadcast_is_not_counted_on() -> None:
    """Or the sum would grow for ever, and one day nobody would be recovered any more."""
    memory = make(RecoveryConfig(saved_bytes_max=1_500))
    main = memory.server.namespace("/")
    older, newer = Client(memory), Client(memory)
    for client, room in ((older, "a"), (newer, "b")):
        client.wire.send(f'42["enter","{room}"]')
        main.to(room).emit("missed", "x" * 400)
        client.drop()
    main.to("b", "a").emit("missed", "x" * 400)  # the newer one's share puts the older one out
    assert recovery(main).saved == 1
    memory.advance(120_000)
    assert recovery(main).saved == 0
    assert recovery(main)._saved_bytes == 0
