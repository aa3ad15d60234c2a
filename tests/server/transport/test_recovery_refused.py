"""Connection state recovery: whose connection is recovered, and whose is not."""

import asyncio

import pytest

from kibitz.transport.config import SOCKETIO_PROFILE
from kibitz.transport.namespace import ConnectRefused, Namespace
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.socket import Socket
from kibitz.transport.targets import user_room
from support.memory_wire import MemoryServer, only
from support.recovery_client import Client, recovery, replace_client, settle


def test_a_session_is_recovered_once(recovering: MemoryServer, main: Namespace) -> None:
    """The second one with its pid takes it over; there are never two."""
    client = Client(recovering)
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
def test_whoever_was_to_leave_is_not_recovered(recovering: MemoryServer, main: Namespace, leave: str) -> None:
    client = Client(recovering)
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
    assert recovering.server.counters.not_recovered == 1


@pytest.mark.parametrize("reason", sorted(DisconnectReason))
def test_reasons(recovering: MemoryServer, main: Namespace, reason: DisconnectReason) -> None:
    client = Client(recovering)
    only(main).session.end(reason)
    client.connect()
    assert client.is_recovered is (
        reason in ("transport close", "transport error", "ping timeout", "forced close", "slow")
    )


@pytest.mark.parametrize("auth", ['{"pid":1}', '{"pid":"unknown","offset":"x"}', '{"offset":"x"}'])
def test_unknown_pids_connect_as_anybody(recovering: MemoryServer, main: Namespace, auth: str) -> None:
    wire = recovering.websocket()
    wire.send(f"40{auth}")
    assert not only(main).is_recovered


def test_middleware_runs_again_and_may_refuse(recovering: MemoryServer, main: Namespace) -> None:
    is_open = True

    def connect(socket: Socket, auth: dict[str, object]) -> None:
        if not is_open:
            raise ConnectRefused("closed", {"recovered": socket.is_recovered, "data": socket.data})
        socket.data = socket.data or "data"

    main.on_connect(connect)
    client = Client(recovering)
    client.drop()
    is_open = False
    client.connect()
    assert not main.sockets
    is_open = True
    main.emit("missed")
    client.connect()
    assert client.is_recovered
    assert client.got == [["missed"]]


def test_a_session_is_not_recovered_by_another_user(recovering: MemoryServer, main: Namespace) -> None:
    """Who signs in with somebody else's cookie in the same page brings the same pid."""
    user = "ann"

    def sign_in(socket: Socket, auth: dict[str, object]) -> None:
        socket.data = {"name": user}
        socket.enter_as(user)
        socket.enter_as("everybody")

    main.use(sign_in)
    client = Client(recovering)
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


def test_a_handler_may_decline_to_recover(recovering: MemoryServer, main: Namespace) -> None:
    def connect(socket: Socket, auth: dict[str, object]) -> None:
        socket.enter("new")
        socket.start_anew()
        socket.start_anew()

    client = Client(recovering)
    client.wire.send('42["enter","old"]')
    only(main).data = "old"
    client.drop()
    main.on_connect(connect)
    client.connect()
    assert not client.is_recovered
    assert (only(main).rooms, only(main).data) == ({"new"}, None)
    assert recovery(main).saved == 1


async def test_while_an_asynchronous_handler_runs(recovering: MemoryServer, main: Namespace) -> None:
    allowed = asyncio.Event()

    async def connect(socket: Socket, auth: dict[str, object]) -> None:
        if auth:
            await allowed.wait()

    main.on_connect(connect)
    client = Client(recovering)
    await settle(client)
    client.drop()
    main.emit("missed", 1)
    client.connect()
    rival = recovering.websocket()
    rival.send(f'40{{"pid":"{client.pid}"}}')
    main.emit("missed", 2)
    assert client.got == []
    allowed.set()
    await settle(client)
    assert client.is_recovered
    assert client.got == [["missed", 1], ["missed", 2]]
    assert sorted(socket.is_recovered for socket in main.sockets.values()) == [False, True]


async def test_a_handler_that_never_ends_keeps_nobody_out(recovering: MemoryServer, main: Namespace) -> None:
    async def connect(socket: Socket, auth: dict[str, object]) -> None:
        if "pid" in auth:
            await asyncio.Event().wait()

    main.on_connect(connect)
    client = Client(recovering)
    await settle(client)
    client.drop()
    client.connect()
    await settle(client)
    assert next(iter(recovery(main)._saved.values())).claim is not None
    client.drop()
    await settle(client)
    assert next(iter(recovery(main)._saved.values())).claim is None
    recovering.advance(120_000)
    assert recovery(main).saved == 0


def test_off_means_no_pid_and_no_offset() -> None:
    recovering = MemoryServer(SOCKETIO_PROFILE)
    main = recovering.server.namespace("/")
    wire = recovering.websocket()
    wire.send('40{"pid":"x","offset":"y"}')
    main.emit("e", 1)
    recovering.turn()
    assert wire.take()[1:] == [f'40{{"sid":"{only(main).id}"}}', '42["e",1]']
    assert not only(main).is_recovered
