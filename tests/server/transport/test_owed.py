"""States for clients that cannot be written to: one for each key, rendered when they can."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from kibitz.transport.broadcast import EncodedEvent
from kibitz.transport.config import SOCKETIO_PROFILE
from kibitz.transport.handshake import Handshake
from kibitz.transport.namespace import Namespace
from kibitz.transport.owed import KEYS_MAX
from kibitz.transport.poll_channel import PollChannel, Wake
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.socket import Ack, Socket
from support.memory_wire import MemoryServer, MemoryWire

CONFIG = replace(SOCKETIO_PROFILE, outbox_ms_max=8_000, ping_interval_ms=300_000)


@pytest.fixture
def memory() -> MemoryServer:
    memory = MemoryServer(CONFIG)
    memory.server.namespace("/")
    return memory


class Board:
    """A state of its own version, sent as `board`, SINCE, VERSION."""

    def __init__(self, memory: MemoryServer, key: str = "board") -> None:
        self.memory = memory
        self.namespace: Namespace = memory.server.namespace("/")
        self.key = key
        self.version = 0

    def step(self, *, is_whole: bool = False) -> None:
        since = None if is_whole else self.version
        self.version += 1
        encoded = self.namespace.encode(self.key, since, self.version)
        self.namespace.broadcast_state(
            self.namespace.sockets.values(), self.key, encoded, since=since, render=self.render
        )
        self.memory.turn()

    def render(self, socket: Socket, since: int | None) -> EncodedEvent:
        return self.namespace.encode(self.key, since, self.version, "late")


def stuck(memory: MemoryServer) -> MemoryWire:
    wire = memory.connected()
    wire.is_stuck = True
    socket = list(memory.server.namespace("/").sockets.values())[-1]
    socket.emit("filler")
    memory.turn()
    return wire


def test_steps_collapse_into_one_from_the_version_last_written(memory: MemoryServer) -> None:
    board = Board(memory)
    good, slow = memory.connected(), stuck(memory)
    for _ in range(1000):
        board.step()
    assert len(slow.buffered) < 100
    slow.unstick()
    board.step()
    assert len(good.take()) == 1001
    assert slow.take() == ['42["filler"]', '42["board",0,1000,"late"]', '42["board",1000,1001]']
    counters = memory.server.counters
    assert (counters.state_deferred, counters.state_replaced, counters.state_rendered) == (1, 999, 1)


def test_a_single_step_is_not_rendered_again(memory: MemoryServer) -> None:
    board, slow = Board(memory), stuck(memory)
    board.step()
    slow.unstick()
    assert slow.take() == ['42["filler"]', '42["board",0,1]']
    assert memory.server.counters.state_rendered == 0


@pytest.mark.parametrize(
    ("is_whole", "last"),
    [
        ([False, True], '42["board",null,2]'),
        ([False, True, False], '42["board",null,3,"late"]'),
        ([True, False], '42["board",null,2,"late"]'),
    ],
)
def test_a_whole_state_among_them(memory: MemoryServer, is_whole: list[bool], last: str) -> None:
    board, slow = Board(memory), stuck(memory)
    for one in is_whole:
        board.step(is_whole=one)
    slow.unstick()
    assert slow.take()[1:] == [last]


def test_what_a_render_sends_leaves_too(memory: MemoryServer) -> None:
    board, slow = Board(memory), stuck(memory)
    board.step()

    def render(socket: Socket, since: int | None) -> EncodedEvent:
        socket.emit("notice")
        return board.namespace.encode("board", since, "late")

    board.namespace.broadcast_state(
        board.namespace.sockets.values(), "board", board.namespace.encode("board"), since=1, render=render
    )
    slow.unstick()
    assert slow.take() == ['42["filler"]', '42["board",0,"late"]', '42["notice"]']


def test_nothing_follows_the_close_frame_of_a_render_that_ends_the_connection(memory: MemoryServer) -> None:
    board, slow = Board(memory), stuck(memory)
    board.step()

    def render(socket: Socket, since: int | None) -> EncodedEvent:
        socket.disconnect(close=True)
        return board.namespace.encode("board", since, "late")

    board.namespace.broadcast_state(
        board.namespace.sockets.values(), "board", board.namespace.encode("board"), since=1, render=render
    )
    slow.unstick()
    assert slow.take() == ['42["filler"]', "41", "close"]


def test_what_was_kept_comes_first_and_each_key_once(memory: MemoryServer) -> None:
    slow = stuck(memory)
    socket = next(iter(memory.server.namespace("/").sockets.values()))
    acks: list[Ack | None] = []
    socket.namespace.on("act", lambda socket, args, ack: acks.append(ack))
    boards = [Board(memory, "a"), Board(memory, "b")]
    slow.send('421["act"]')
    for board in boards * 2:
        board.step()
    assert acks[0] is not None
    acks[0]("ok")
    memory.turn()
    slow.unstick()
    assert slow.take()[1:] == ['431["ok"]', '42["a",0,2,"late"]', '42["b",0,2,"late"]']


def test_a_state_that_was_given_otherwise_is_owed_no_more(memory: MemoryServer) -> None:
    board, slow = Board(memory), stuck(memory)
    board.step()
    next(iter(board.namespace.sockets.values())).forget_state("board")
    board.step()
    slow.unstick()
    assert slow.take()[1:] == ['42["board",1,2]']


def test_failing_render_is_counted_and_harms_nobody(memory: MemoryServer) -> None:
    def fail(socket: Socket, since: int | None) -> EncodedEvent:
        raise RuntimeError

    slow = stuck(memory)
    namespace = memory.server.namespace("/")
    for _ in range(2):
        namespace.broadcast_state(
            namespace.sockets.values(), "x", namespace.encode("x"), since=1, render=fail
        )
    board = Board(memory)
    board.step()
    slow.unstick()
    assert slow.take()[1:] == ['42["board",0,1]']
    assert namespace.faults == 1


def test_too_many_keys_are_slow(memory: MemoryServer) -> None:
    slow = stuck(memory)
    reasons: list[DisconnectReason] = []
    memory.server.namespace("/").on_disconnect(lambda socket, reason: reasons.append(reason))
    for n in range(KEYS_MAX + 1):
        Board(memory, f"{n}").step()
    assert reasons == [DisconnectReason.SLOW]
    slow.unstick()
    assert slow.take()[-1] == "close 4008"


def test_whoever_left_the_namespace_is_owed_nothing(memory: MemoryServer) -> None:
    board, slow = Board(memory), stuck(memory)
    board.step()
    slow.send("41")
    slow.unstick()
    assert slow.take() == ['42["filler"]']


# ---------------------------------------------------------------- the bound in time


def test_reader_without_progress_is_slow_after_the_bound(memory: MemoryServer) -> None:
    good, slow = memory.connected(), stuck(memory)
    memory.advance(7_999)
    assert memory.server.counters.slow_time == 0
    memory.advance(1)
    assert memory.server.counters.slow_time == 1
    assert memory.server.counters.ended[DisconnectReason.SLOW] == 1
    slow.unstick()
    assert slow.take()[-1] == "close 4008"
    assert good.take() == []


def drip(wire: MemoryWire, n_bytes: int) -> None:
    """The client reads a little, and stays behind."""
    wire.sent += wire.buffered[:n_bytes]
    wire.buffered = wire.buffered[n_bytes:]


def test_slow_progress_within_one_large_message_is_progress(memory: MemoryServer) -> None:
    slow = stuck(memory)
    socket = next(iter(memory.server.namespace("/").sockets.values()))
    slow.unstick()
    slow.is_stuck = True
    socket.emit("large", "x" * 500_000)
    memory.turn()
    for _ in range(10):
        drip(slow, 1_000)
        memory.advance(8_000)
    assert socket.is_connected


def test_what_waits_behind_may_not_wait_longer(memory: MemoryServer) -> None:
    slow = stuck(memory)
    socket = next(iter(memory.server.namespace("/").sockets.values()))
    socket.emit("waits")
    memory.turn()
    drip(slow, 3)
    memory.advance(8_000)
    assert socket.is_connected  # it came after the limit had begun, so it has the next one
    drip(slow, 3)
    memory.advance(8_000)
    assert not socket.is_connected


def test_a_reader_that_caught_up_has_no_limit_any_more(memory: MemoryServer) -> None:
    slow = stuck(memory)
    slow.unstick()
    memory.turn()
    memory.advance(100_000)
    socket = next(iter(memory.server.namespace("/").sockets.values()))
    assert socket.is_connected
    socket.emit("on")
    memory.turn()
    assert slow.take()[-1] == '42["on"]'


# ---------------------------------------------------------------- polling


def polling(memory: MemoryServer) -> tuple[Socket, PollChannel]:
    session, _ = memory.engine.open_polling(Handshake(b"", "/socket.io/", "", "", 0))
    session.receiver.on_text("0")
    memory.turn()
    channel = session.channel
    assert isinstance(channel, PollChannel)
    channel.take(16)
    return list(memory.server.namespace("/").sockets.values())[-1], channel


class Get:
    def __init__(self) -> None:
        self.why: Wake | None = None

    def woken(self, why: Wake) -> None:
        self.why = why


def poll(memory: MemoryServer, channel: PollChannel, meanwhile: Callable[[], None]) -> list[bytes]:
    get = Get()
    channel.wait(get)
    meanwhile()
    memory.turn()
    assert get.why is Wake.DATA
    return channel.take(16)


def test_between_two_polls_states_collapse(memory: MemoryServer) -> None:
    board = Board(memory)
    _, channel = polling(memory)
    assert poll(memory, channel, board.step) == [b'42["board",0,1]']
    board.step()
    assert poll(memory, channel, lambda: None) == [b'42["board",1,2]']
    board.step()
    board.step()
    assert poll(memory, channel, lambda: None) == [b'42["board",2,4,"late"]']


async def test_an_upgrade_takes_what_is_owed_along(memory: MemoryServer) -> None:
    board = Board(memory)
    socket, _ = polling(memory)
    board.step()
    board.step()
    wire = memory.websocket(f"&sid={socket.session.sid}")
    wire.send("2probe")
    wire.send("5")
    memory.turn()
    assert wire.take() == ["3probe", '42["board",0,2,"late"]']
    board.step()
    assert wire.take() == ['42["board",2,3]']


async def test_a_session_that_ends_is_owed_nothing(memory: MemoryServer) -> None:
    board = Board(memory)
    socket, channel = polling(memory)
    board.step()
    socket.disconnect(close=True)
    assert channel.take(16) == [b"41"]
