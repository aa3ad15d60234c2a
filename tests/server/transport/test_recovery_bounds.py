"""Connection state recovery: how much is kept, and for how long."""

from kibitz.transport.namespace import Namespace
from kibitz.transport.recovery import RecoveryConfig
from support.memory_wire import MemoryServer, only
from support.recovery_client import Client, make_recovering, recovery


def test_time_is_bounded(recovering: MemoryServer, main: Namespace) -> None:
    client, late = Client(recovering), Client(recovering)
    for socket in list(main.sockets.values()):
        socket.enter("room")
    for each in (client, late):
        each.drop()
    recovering.advance(119_999)
    client.connect()
    assert client.is_recovered
    recovering.advance(1)
    late.connect()
    assert not late.is_recovered
    assert recovery(main).saved == 0
    assert recovery(main)._rooms == {}


def test_bytes_are_bounded(recovering: MemoryServer) -> None:
    recovering = make_recovering(RecoveryConfig(log_bytes_max=2_500))
    main = recovering.server.namespace("/")
    full, fits = Client(recovering), Client(recovering)
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


def test_all_saved_sessions_together_are_bounded(recovering: MemoryServer) -> None:
    recovering = make_recovering(RecoveryConfig(saved_max=2))
    main = recovering.server.namespace("/")
    clients = [Client(recovering) for _ in range(3)]
    for client in clients:
        client.drop()
        client.connect() if client is clients[0] else None
    clients[0].drop()
    assert recovery(main).saved == 2
    for client in clients:
        client.connect()
    assert [client.is_recovered for client in clients] == [True, False, True]
    recovering = make_recovering(RecoveryConfig(saved_bytes_max=800))
    main = recovering.server.namespace("/")
    clients = [Client(recovering) for _ in range(2)]
    for client in clients:
        client.drop()
    main.emit("missed", "x" * 400)
    assert recovery(main).saved == 1
    assert recovery(main)._saved_bytes <= 800


def test_tiny_events_take_what_they_take() -> None:
    """Thousands of them would fit by their bytes, with hundreds of bytes of memory around each."""
    recovering = make_recovering(RecoveryConfig(log_bytes_max=10_000))
    client = Client(recovering)
    client.drop()
    (saved,) = recovery(recovering.server.namespace("/"))._saved.values()
    for _ in range(40):
        recovering.server.namespace("/").emit("e")
    assert len(saved.memory.log.after(0)) == 40
    for _ in range(40):
        recovering.server.namespace("/").emit("e")
    assert recovery(recovering.server.namespace("/")).saved == 0


def test_an_answered_ping_empties_the_log(recovering: MemoryServer, main: Namespace) -> None:
    client = Client(recovering)
    for n in range(100):
        main.emit("tick", n)
    client.read()
    recovering.advance(25_000)
    client.wire.send("3")
    recovering.clock.us += 1
    main.emit("tick", 100)
    socket = only(main)
    assert socket.memory is not None
    assert len(socket.memory.log._entries) == 1
    client.read()
    client.drop()
    client.connect()
    assert client.is_recovered
    assert [event[1] for event in client.got] == list(range(101))


def test_a_session_forgotten_in_the_middle_of_a_broadcast_is_not_counted_on() -> None:
    """Or the sum would grow for ever, and one day nobody would be recovered any more."""
    recovering = make_recovering(RecoveryConfig(saved_bytes_max=1_500))
    main = recovering.server.namespace("/")
    older, newer = Client(recovering), Client(recovering)
    for client, room in ((older, "a"), (newer, "b")):
        client.wire.send(f'42["enter","{room}"]')
        main.to(room).emit("missed", "x" * 400)
        client.drop()
    main.to("b", "a").emit("missed", "x" * 400)  # the newer one's share puts the older one out
    assert recovery(main).saved == 1
    recovering.advance(120_000)
    assert recovery(main).saved == 0
    assert recovery(main)._saved_bytes == 0
