"""Connection state recovery, as the unchanged JavaScript client asks for it: what comes again."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kibitz.transport.namespace import Namespace
from kibitz.transport.socket import Socket
from support.memory_wire import MemoryServer, only
from support.recovery_client import Client, make_recovering, recovery


def test_missed_events_come_once_and_in_order(recovering: MemoryServer, main: Namespace) -> None:
    client = Client(recovering)
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
    assert (recovering.server.counters.recovered, recovering.server.counters.not_recovered) == (1, 0)


def test_connect_comes_before_what_was_missed(recovering: MemoryServer, main: Namespace) -> None:
    """Or a client that loses the link in between gets it twice."""

    def connected(socket: Socket, auth: dict[str, object]) -> None:
        socket.emit("hello", socket.is_recovered)

    main.on_connect(connected)
    client = Client(recovering)
    client.drop()
    main.emit("missed")
    wire = recovering.websocket()
    wire.send(f'40{{"pid":"{client.pid}"}}')
    recovering.turn()
    assert [str(m)[:9] for m in wire.take()[1:]] == ['40{"sid":', '42["hello', '42["misse', '42["hello']


def test_in_a_quiet_room_and_before_the_first_event(recovering: MemoryServer, main: Namespace) -> None:
    client = Client(recovering)
    client.drop()
    client.connect()
    assert (client.is_recovered, client.offset, client.got) == (True, None, [])
    client.drop()
    main.emit("first")
    client.connect()
    assert client.is_recovered
    assert client.got == [["first"]]


def test_after_volatile_events_and_states(recovering: MemoryServer, main: Namespace) -> None:
    client = Client(recovering)
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


def test_a_state_written_late_has_the_offset_of_then(recovering: MemoryServer, main: Namespace) -> None:
    client = Client(recovering)
    socket = only(main)
    client.wire.is_stuck = True
    socket.emit("filler")
    recovering.turn()
    main.broadcast_state([socket], "key", main.encode("state"), since=None)
    socket.emit("event")
    recovering.turn()
    client.wire.unstick()
    assert client.read() == [["filler"], ["event"], ["state"]]
    client.drop()
    client.connect()
    assert client.is_recovered
    assert len(client.got) == 3


def test_binary_events(recovering: MemoryServer, main: Namespace) -> None:
    client = Client(recovering)
    client.drop()
    main.emit("picture", b"\x01\x02")
    wire = recovering.websocket()
    wire.send(f'40{{"pid":"{client.pid}"}}')
    recovering.turn()
    text, data = wire.take()[2:]
    assert str(text).startswith('451-["picture",{"_placeholder":true,"num":0},"')
    assert data == b"\x01\x02"


async def test_events_with_an_ack_are_not_logged(recovering: MemoryServer, main: Namespace) -> None:
    client = Client(recovering)
    answer = only(main).emit_with_ack("asked", "x")
    recovering.turn()
    assert client.wire.take() == ['420["asked","x"]']
    client.drop()
    client.connect()
    assert client.got == []
    assert answer.exception() is not None


def test_offsets_of_others_replay_from_the_own_start(recovering: MemoryServer, main: Namespace) -> None:
    other, client = Client(recovering), Client(recovering)
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


STEPS = st.lists(st.sampled_from(["emit", "room", "volatile", "drop", "connect", "read", "ping", "lose"]))


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_each_event_once_in_order_or_told_that_not(steps: list[str]) -> None:
    """Whatever happens: nothing twice, nothing out of order, and nothing missing while recovered."""
    recovering = make_recovering()
    main = recovering.server.namespace("/")
    client = Client(recovering)
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
                recovering.advance(25_000)
                client.read()
                client.wire.send("3")
            case _:
                pass
    client.connect()
    client.read()
    assert [event[1] for event in client.got if event[0] == "n"] == sent
