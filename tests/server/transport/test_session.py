"""The session's table, its heartbeat and the upgrade, with both transports joined in memory."""

import itertools

import pytest

from kibitz.protocol import engineio
from kibitz.transport.handshake import Handshake
from kibitz.transport.poll_channel import PollChannel
from kibitz.transport.reasons import DisconnectReason
from kibitz.transport.session import TRANSITIONS, Receiver, Session, State, Trigger
from support.memory_wire import MemoryServer

S, T = State, Trigger
EXPECTED = {
    (S.POLLING, T.CANDIDATE): S.PROBING,
    (S.POLLING, T.CLOSE): S.CLOSING,
    (S.POLLING, T.END): S.CLOSED,
    (S.PROBING, T.PROBE): S.PROBED,
    (S.PROBING, T.CANDIDATE_LOST): S.POLLING,
    (S.PROBING, T.CLOSE): S.CLOSING,
    (S.PROBING, T.END): S.CLOSED,
    (S.PROBED, T.UPGRADE): S.WEBSOCKET,
    (S.PROBED, T.CANDIDATE_LOST): S.POLLING,
    (S.PROBED, T.CLOSE): S.CLOSING,
    (S.PROBED, T.END): S.CLOSED,
    (S.WEBSOCKET, T.CLOSE): S.CLOSED,
    (S.WEBSOCKET, T.END): S.CLOSED,
    (S.CLOSING, T.END): S.CLOSED,
}


class Recorder(Receiver):
    def __init__(self, session: Session) -> None:
        self.session = session
        self.got: list[object] = []

    def on_text(self, data: str) -> None:
        self.got.append(data)

    def on_binary(self, data: bytes) -> None:
        self.got.append(data)

    def on_end(self, reason: DisconnectReason) -> None:
        self.got.append(reason)


@pytest.fixture
def recorded(memory: MemoryServer) -> MemoryServer:
    memory.server.serve_engine(memory.config.path, Recorder)
    return memory


def open_polling(memory: MemoryServer) -> tuple[Session, Recorder, PollChannel]:
    handshake = Handshake(b"Host: localhost", memory.config.path, "", "192.0.2.1", 0)
    session, _ = memory.engine.open_polling(handshake)
    assert isinstance(session.receiver, Recorder)
    assert isinstance(session.channel, PollChannel)
    return session, session.receiver, session.channel


@pytest.mark.parametrize(("state", "trigger"), list(itertools.product(State, Trigger)))
def test_every_trigger_in_every_state(recorded: MemoryServer, state: State, trigger: Trigger) -> None:
    session, _, _ = open_polling(recorded)
    session.state = state
    after = EXPECTED.get((state, trigger))
    assert session._step(trigger) is (after is not None)
    assert session.state is (after or state)
    assert TRANSITIONS.get((state, trigger)) is after


def test_every_state_is_reached_and_left() -> None:
    reached = {State.POLLING, State.WEBSOCKET, *TRANSITIONS.values()}
    assert reached == set(State)
    assert {state for state, _ in TRANSITIONS} == set(State) - {State.CLOSED}


# ---------------------------------------------------------------- packets


def test_packets_reach_the_application(recorded: MemoryServer) -> None:
    wire = recorded.websocket()
    session = next(iter(recorded.engine.sessions.values()))
    wire.send("4hello", b"\x01", "6", "bAQI=", "3")
    assert isinstance(session.receiver, Recorder)
    assert session.receiver.got == ["hello", b"\x01", b"\x01\x02"]


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        ("abc", DisconnectReason.PARSE_ERROR),
        ("", DisconnectReason.PARSE_ERROR),
        ("7", DisconnectReason.PARSE_ERROR),
        ("5", DisconnectReason.PARSE_ERROR),
        ("b*", DisconnectReason.PARSE_ERROR),
        ("2", DisconnectReason.TRANSPORT_ERROR),
        ("2probe", DisconnectReason.TRANSPORT_ERROR),
        ("1", DisconnectReason.TRANSPORT_CLOSE),
    ],
)
def test_packets_that_end_a_session(recorded: MemoryServer, frame: str, reason: DisconnectReason) -> None:
    wire = recorded.websocket()
    wire.take()
    session = next(iter(recorded.engine.sessions.values()))
    wire.send(frame, "4after")
    assert isinstance(session.receiver, Recorder)
    assert session.receiver.got == [reason]
    assert recorded.engine.sessions == {}
    assert str(wire.take()[-1]).startswith("close")


def test_losing_the_connection_ends_the_session(recorded: MemoryServer) -> None:
    wire = recorded.websocket()
    session = next(iter(recorded.engine.sessions.values()))
    wire.lose()
    assert isinstance(session.receiver, Recorder)
    assert session.receiver.got == [DisconnectReason.TRANSPORT_CLOSE]
    assert recorded.server.connections().tcp == 0


# ---------------------------------------------------------------- heartbeat


def test_pings_follow_pongs(recorded: MemoryServer) -> None:
    wire = recorded.websocket()
    wire.take()
    recorded.advance(24_999)
    assert wire.take() == []
    recorded.advance(1)
    assert wire.take() == ["2"]
    recorded.advance(5_000)
    wire.send("3")
    session = next(iter(recorded.engine.sessions.values()))
    assert session.latency_us == 5_000_000
    assert session.last_ping_ms == recorded.clock.us // 1000
    recorded.advance(24_999)
    assert wire.take() == []
    recorded.advance(1)
    assert wire.take() == ["2"]
    recorded.advance(1_000)
    wire.send("3")
    assert session.latency_us == 4_500_000


def test_only_a_pong_clears_the_timeout(recorded: MemoryServer) -> None:
    wire = recorded.websocket()
    session = next(iter(recorded.engine.sessions.values()))
    recorded.advance(25_000)
    for _ in range(4):
        recorded.advance(4_900)
        wire.send("4traffic")
    recorded.advance(400)
    assert isinstance(session.receiver, Recorder)
    assert session.receiver.got[-1] is DisconnectReason.PING_TIMEOUT
    assert wire.take()[-1] == "close"


async def test_unsolicited_pongs_change_nothing(recorded: MemoryServer) -> None:
    """CVE-2026-48802: they started tasks elsewhere."""
    wire = recorded.websocket()
    wire.take()
    before = len(recorded.server._deadlines._heap)
    wire.send(*["3"] * 1000)
    recorded.advance(25_000)
    assert wire.take() == ["2"]
    assert len(recorded.server._deadlines._heap) <= before + 1


# ---------------------------------------------------------------- upgrade


async def test_upgrade_moves_what_waits(recorded: MemoryServer) -> None:
    session, recorder, polling = open_polling(recorded)
    wire = recorded.websocket(f"&sid={session.sid}")
    assert wire.take() == []
    assert session.state is State.PROBING
    session.send_text("queued")
    wire.send("2probe")
    recorded.turn()
    assert wire.take() == ["3probe"]
    session.send_binary(b"\x01")
    recorded.turn()
    assert wire.take() == []
    wire.send("5", "4hello")
    session.send_text("later")
    recorded.turn()
    assert wire.take() == ["4queued", b"\x01", "4later"]
    assert recorder.got == ["hello"]
    assert session.state is State.WEBSOCKET
    assert session.channel is not polling
    assert recorded.server.connections().websocket == 1


@pytest.mark.parametrize(
    "frames", [["3probe"], ["4x"], ["2"], ["5"], [b"x"], ["2probe", "4x"], ["2probe", "2probe"]]
)
async def test_failed_upgrade_leaves_the_session(recorded: MemoryServer, frames: list[str | bytes]) -> None:
    session, recorder, _ = open_polling(recorded)
    wire = recorded.websocket(f"&sid={session.sid}")
    wire.send(*frames)
    recorded.turn()
    assert wire.take()[-1] == "close"
    assert session.state is State.POLLING
    assert recorder.got == []
    again = recorded.websocket(f"&sid={session.sid}")
    again.send("2probe", "5")
    assert session.state is State.WEBSOCKET


async def test_upgrade_timeout(recorded: MemoryServer) -> None:
    session, _, _ = open_polling(recorded)
    wire = recorded.websocket(f"&sid={session.sid}")
    wire.send("2probe")
    recorded.advance(10_000)
    assert wire.take() == ["3probe", "close"]
    assert session.state is State.POLLING


async def test_second_websocket_is_closed(recorded: MemoryServer) -> None:
    session, _, _ = open_polling(recorded)
    first = recorded.websocket(f"&sid={session.sid}")
    second = recorded.websocket(f"&sid={session.sid}")
    assert second.take() == ["close"]
    first.send("2probe", "5")
    third = recorded.websocket(f"&sid={session.sid}")
    assert third.take() == ["close"]
    third.lose()
    second.lose()
    assert session.state is State.WEBSOCKET


async def test_websocket_session_cannot_be_probed(recorded: MemoryServer) -> None:
    wire = recorded.websocket()
    session = next(iter(recorded.engine.sessions.values()))
    assert recorded.websocket(f"&sid={session.sid}").take() == ["close"]
    wire.take()
    session.send_text("alive")
    recorded.turn()
    assert wire.take() == ["4alive"]


async def test_end_closes_the_candidate(recorded: MemoryServer) -> None:
    session, recorder, _ = open_polling(recorded)
    wire = recorded.websocket(f"&sid={session.sid}")
    wire.send("2probe")
    session.end(DisconnectReason.PARSE_ERROR)
    recorded.turn()
    assert wire.take() == ["3probe", "close"]
    assert recorder.got == [DisconnectReason.PARSE_ERROR]
    assert session.state is State.CLOSED


# ---------------------------------------------------------------- polling's end


async def test_polling_client_is_told_by_its_next_poll(recorded: MemoryServer) -> None:
    session, recorder, polling = open_polling(recorded)
    session.send_text("last")
    session.end(DisconnectReason.FORCED_SERVER_CLOSE)
    session.end(DisconnectReason.TRANSPORT_CLOSE)
    assert recorder.got == [DisconnectReason.FORCED_SERVER_CLOSE]
    assert session.state is State.CLOSING
    assert polling.take(16) == [b"4last"]
    recorded.advance(29_999)
    assert session.sid in recorded.engine.sessions
    recorded.advance(1)
    assert session.sid not in recorded.engine.sessions
    assert session.state is State.CLOSED


async def test_polling_ping_timeout_forgets_at_once(recorded: MemoryServer) -> None:
    _, recorder, _ = open_polling(recorded)
    recorded.advance(45_000)
    assert recorder.got == [DisconnectReason.PING_TIMEOUT]
    assert recorded.engine.sessions == {}


def test_overdue_to_the_microsecond(recorded: MemoryServer) -> None:
    session, _, _ = open_polling(recorded)
    recorded.advance(25_000)
    assert not session.is_overdue(recorded.clock.us + 19_999_999)
    assert session.is_overdue(recorded.clock.us + 20_000_000)


async def test_polling_outbox_is_bounded(recorded: MemoryServer) -> None:
    session, recorder, _ = open_polling(recorded)
    for _ in range(11):
        session.send_text("k" * 10_000)
    assert recorder.got == []
    recorded.turn()
    assert recorder.got == [DisconnectReason.SLOW]
    assert recorded.engine.sessions == {}


def test_ping_packet_is_shared() -> None:
    assert engineio.PING == b"2"
