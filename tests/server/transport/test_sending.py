"""What a websocket is sent, on a wire in memory: joined writes, the bounded outbox, readers that are slow."""

from kibitz.transport.reasons import DisconnectReason
from support.memory_wire import MemoryServer


def test_one_turn_is_one_write(memory: MemoryServer) -> None:
    wires = [memory.connected() for _ in range(3)]
    namespace = memory.server.namespace("/")
    for number in range(5):
        namespace.emit("tick", number)
    assert [wire.sent for wire in wires] == [b""] * 3
    before = [wire.writes for wire in wires]
    memory.turn()
    assert [wire.writes - n for wire, n in zip(wires, before, strict=True)] == [1, 1, 1]
    assert [wire.take() for wire in wires] == [[f'42["tick",{number}]' for number in range(5)]] * 3


def test_answers_leave_with_the_read_that_asked(memory: MemoryServer) -> None:
    wire = memory.connected()
    before = wire.writes
    wire.send('42["message",1]', '427["message-with-ack",2]')
    assert wire.writes == before + 1
    assert wire.take() == ['42["message-back",1]', "437[2]"]


def test_answer_joins_what_already_waits(memory: MemoryServer) -> None:
    wire = memory.connected()
    memory.server.namespace("/").emit("tick")
    wire.send('42["message",1]')
    assert wire.take() == []
    memory.turn()
    assert wire.take() == ['42["tick"]', '42["message-back",1]']


def test_slow_reader_is_closed_and_others_are_not(memory: MemoryServer) -> None:
    slow, good = memory.connected(), memory.connected()
    reasons: list[DisconnectReason] = []
    namespace = memory.server.namespace("/")
    namespace.on_disconnect(lambda socket, reason: reasons.append(reason))
    slow.is_stuck = True
    for _ in range(100):
        namespace.emit("tick", "k" * 2_000)
        memory.turn()
        held = len(slow.buffered) + sum(
            session.channel._outbox.bytes  # type: ignore[attr-defined]
            for session in memory.server.sessions()
        )
        assert held <= memory.config.outbox_bytes_max + 10_000
    assert reasons == [DisconnectReason.SLOW]
    assert len(good.take()) == 100
    slow.unstick()
    assert slow.take()[-1] == "close 4008"
    assert memory.engine.counters.ended[DisconnectReason.SLOW] == 1


def test_slow_client_is_never_ended_inside_a_broadcast(memory: MemoryServer) -> None:
    """`on_disconnect` must not run in the middle of a loop over sockets."""
    wires = [memory.connected() for _ in range(3)]
    ended: list[DisconnectReason] = []
    namespace = memory.server.namespace("/")
    namespace.on_disconnect(lambda socket, reason: ended.append(reason))
    for wire in wires:
        wire.is_stuck = True
    for _ in range(40):
        namespace.emit("tick", "k" * 2_000)
    memory.turn()
    for _ in range(40):
        namespace.emit("tick", "k" * 2_000)
        assert ended == []
    memory.turn()
    assert ended == [DisconnectReason.SLOW] * 3


def test_reader_that_catches_up_gets_everything_in_order(memory: MemoryServer) -> None:
    wire = memory.connected()
    wire.is_stuck = True
    namespace = memory.server.namespace("/")
    for number in range(30):
        namespace.emit("tick", number, "k" * 1_000)
        memory.turn()
    assert len(wire.buffered) < 5_000
    wire.unstick()
    memory.turn()
    assert [str(message)[10:].partition(",")[0] for message in wire.take()] == [str(n) for n in range(30)]


def test_a_fast_reader_may_get_more_than_the_bound_in_one_turn(memory: MemoryServer) -> None:
    wire = memory.connected()
    for _ in range(100):
        memory.server.namespace("/").emit("tick", "k" * 10_000)
    memory.turn()
    assert len(wire.take()) == 100


def test_volatile_is_dropped_when_it_cannot_leave_now(memory: MemoryServer) -> None:
    wire = memory.connected()
    socket = next(iter(memory.server.namespace("/").sockets.values()))
    encoded = socket.namespace.encode("tick", "k" * 3_000)
    wire.is_stuck = True
    socket.send(encoded)
    memory.turn()
    socket.send(encoded, is_volatile=True)
    assert memory.engine.counters.volatile_dropped == 1
    wire.unstick()
    memory.turn()
    assert len(wire.take()) == 1


def test_client_without_binary_frames(memory: MemoryServer) -> None:
    wire = memory.websocket("&b64=1", path="/engine.io/")
    wire.take()
    wire.send("bAQI=", b"\x03")
    assert wire.take() == ["bAQI=", "bAw=="]
