"""Where a move's user time goes in the server's main thread, step by step, without sockets or a disk.

    .venv/bin/python scripts/bench/move_steps.py [--rooms 20 200] [--rounds 20]
    .venv/bin/python scripts/bench/move_steps.py --telemetry [--rooms 200] [--rounds 20]
    .venv/bin/python scripts/bench/move_steps.py --memory [--moves 10000]

All objects are the server's own, from the websocket's protocol to the rooms; only the transports and
the journal's file are not there. Rooms move in groups, as they do where commits gather. The least of all
rounds is printed: what the processor takes when nobody disturbs it. Few rooms stay in its cache, many
do not, and that difference is part of what a move costs.

`--telemetry` plays match by match in two such servers, one that measures itself and one that does not, and
compares each pair of matches: steadier than whole servers, where other work disturbs the machine.

`--memory` plays match after match in the same rooms and tells which lines hold more after some thousand
moves than before: nothing may grow with the number of moves.
"""

import argparse
import gc
import secrets
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence

import msgspec
import servers
import wire
from matches import DRAW

sys.path.insert(0, str(servers.ROOT / "server"))

from kibitz.app.listeners import Listeners
from kibitz.app.measuring import Measuring
from kibitz.app.observer import Observer
from kibitz.clock import SystemClock
from kibitz.games.connect_four import ConnectFour
from kibitz.ids import GameName, PlayerId, RoomKey
from kibitz.journal.groups import Append, Entry, Fence, Intake
from kibitz.journal.journal import Settled
from kibitz.journal.records import Event, NewRoom, SnapshotRecord
from kibitz.metrics.registry import Metrics
from kibitz.play.connection import PlayerConnection
from kibitz.play.events import EVENTS, take_events
from kibitz.play.rates import PlayerRates
from kibitz.play.tables import Tables
from kibitz.rooms.directory.creation import Creation
from kibitz.rooms.directory.directory import Directory
from kibitz.transport.application import Application
from kibitz.transport.config import KIBITZ_PROFILE
from kibitz.transport.engine import Engine, TcpCount
from kibitz.transport.handshake import Handshake
from kibitz.transport.heartbeat import Deadlines
from kibitz.transport.origins import OriginPolicy
from kibitz.transport.outbox import Flusher
from kibitz.transport.slow_lane import SlowLane
from kibitz.transport.socket import Socket
from kibitz.transport.websocket import WebSocketChannel

GROUP = 100
"""Rooms that move in one turn of the loop."""
_GAME = GameName("connect-four")
_STEPS = ("read, judge, apply, append", "hand over", "settle", "answer, render, queue", "write")


class TurnLoop:
    """`call_soon`, and turns when they are asked for."""

    def __init__(self) -> None:
        self._ready: list[tuple[Callable[..., object], tuple[object, ...]]] = []

    def call_soon(self, callback: Callable[..., object], *arguments: object) -> None:
        self._ready.append((callback, arguments))

    def turn(self) -> bool:
        ready, self._ready = self._ready, []
        for callback, arguments in ready:
            callback(*arguments)
        return bool(ready)


class NoDisk:
    """A journal that stores nothing: what it is handed is committed when `settle` is called."""

    def __init__(self, loop: TurnLoop) -> None:
        self.handed: list[Entry] = []
        self.intake = Intake(loop, self.handed.extend)  # type: ignore[arg-type]
        self._fence = Fence()
        self._keys = 0

    def next_room_key(self) -> RoomKey:
        self._keys += 1
        return RoomKey(self._keys)

    def create_room(self, room: NewRoom, first: Event, settled: Settled) -> None:
        self.intake.add(Append(first, settled, room))

    def append(self, event: Event, settled: Settled) -> None:
        self.intake.add(Append(event, settled))

    def save_snapshot(self, snapshot: SnapshotRecord) -> None:
        self.intake.add(snapshot)

    def settle(self) -> None:
        entries = list(self.handed)
        self.handed.clear()
        self.intake.deliver(self._fence.admit(entries))


class NoSocket:
    """An asyncio transport that keeps what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.set_protocol = self.set_write_buffer_limits = lambda *_, **__: None

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0


class Player:
    """One seat's connection. `says` are payloads, the answer is what the server said to the last one."""

    def __init__(self, house: "House", player: str) -> None:
        self.player = player
        self.socket = NoSocket()
        self._house = house
        self._channel = WebSocketChannel(house.engine)
        handshake = Handshake(b"", "/socket.io/", "", "127.0.0.1", 0)
        session = house.engine._open(handshake, self._channel)  # noqa: SLF001 - no socket to upgrade
        self._channel.session = session
        session.receiver = house.application.receive(session)
        self._channel.start(self.socket, b"")  # type: ignore[arg-type]
        self.hear = self._channel.data_received
        self.hear(wire.client_frame(b"40" + msgspec.json.encode({"player": player})))

    def ask(self, event: str, payload: object) -> dict:
        self.socket.written.clear()
        self.hear(wire.client_frame(b"429" + msgspec.json.encode([event, payload])))
        self._house.settle()
        frames = wire.Frames().feed(b"".join(self.socket.written))
        answer = next(frame for frame in frames if frame.startswith(b"439["))
        return dict(msgspec.json.decode(answer[3:])[0])


class House:
    """The server without sockets and disk; `telemetry`: with what measures it, or with that switched off."""

    def __init__(self, *, telemetry: bool = False) -> None:
        clock = SystemClock()
        self.loop = TurnLoop()
        self.journal = NoDisk(self.loop)
        self.application = Application(secrets.token_bytes)
        flusher = Flusher()
        flusher.start(self.loop)  # type: ignore[arg-type]
        self.engine = Engine(
            KIBITZ_PROFILE,
            clock=clock,
            origins=OriginPolicy(frozenset(), frozenset()),
            entropy=secrets.token_bytes,
            deadlines=Deadlines(clock),
            flusher=flusher,
            slow_lane=SlowLane(clock),
            tcp=TcpCount(),
            receiver=self.application.receive,
        )
        namespace = self.application.namespace("/")
        namespace.on_connect(_seat)
        tables = Tables(namespace, lambda _: "name", clock, lambda *_: None)
        games = {_GAME: ConnectFour()}
        metrics = Metrics()
        measuring = Measuring(metrics, EVENTS, games, is_on=telemetry)
        observer = Observer(metrics, None, clock, measuring.apply)
        self.directory = Directory(
            games=games,
            journal=self.journal,  # type: ignore[arg-type]
            clock=clock,
            listener=Listeners(tables, observer, took=measuring.broadcast),
            brains=None,  # type: ignore[arg-type]
            defer=self.loop.call_soon,
        )
        rates = PlayerRates(clock, is_on=False)
        reports = observer.reports(measuring.times)
        take_events(namespace, self.directory, tables, rates, clock, reports, lambda _: "name")

    def settle(self) -> None:
        """Until nothing is left to do."""
        while self.loop.turn() or self.journal.handed:
            if self.journal.handed:
                self.journal.settle()


def _seat(socket: Socket, auth: dict[str, object]) -> None:
    active_us = SystemClock().monotonic_us()
    socket.data = PlayerConnection(PlayerId(str(auth["player"])), "websocket", 0, active_us)


class Table:
    """One room with both its players, who play `DRAW` again and again."""

    def __init__(self, house: House) -> None:
        self._players = [Player(house, f"p_{secrets.token_hex(11)}") for _ in range(2)]
        house.settle()
        created: list = []
        house.directory.create(Creation(_GAME, PlayerId(self._players[0].player)), created.append)
        house.settle()
        self._room = created[0].room_id
        for player in self._players:
            player.ask("join", {"room": self._room, "as": "player"})

    def moves(self) -> list[tuple[Callable[[bytes], None], bytes]]:
        """The next match: who hears which frame, in order."""
        joined = self._players[0].ask("join", {"room": self._room, "as": "player"})
        if joined["status"] == "finished":
            for player in self._players:
                player.ask("rematch", {"room": self._room})
            joined = self._players[0].ask("join", {"room": self._room, "as": "player"})
        mine, turn = joined["seat"], joined["view"]["turn"]
        found = []
        for index, column in enumerate(DRAW):
            act = {
                "room": self._room,
                "epoch": joined["epoch"],
                "id": secrets.token_hex(10),
                "base": joined["version"] + index,
                "type": "drop",
                "args": {"column": column},
            }
            frame = wire.client_frame(b"42%d" % index + msgspec.json.encode(["act", act]))
            found.append((self._players[turn != mine].hear, frame))
            turn = 1 - turn
        self.writes()
        return found

    def writes(self) -> int:
        """How often was written since the last call."""
        count = sum(len(player.socket.written) for player in self._players)
        for player in self._players:
            player.socket.written.clear()
        return count


def play(house: House, tables: Sequence[Table]) -> list[float]:
    """One match at every table; microseconds a move of each step."""
    matches = [table.moves() for table in tables]
    took = [0] * len(_STEPS)
    for number in range(len(DRAW)):
        for start in range(0, len(matches), GROUP):
            part = [match[number] for match in matches[start : start + GROUP]]
            at = [time.thread_time_ns()]
            for hear, frame in part:
                hear(frame)
            at.append(time.thread_time_ns())
            house.loop.turn()
            at.append(time.thread_time_ns())
            house.journal.settle()
            at.append(time.thread_time_ns())
            house.loop.turn()
            at.append(time.thread_time_ns())
            house.settle()
            at.append(time.thread_time_ns())
            took = [sum_ + after - before for sum_, before, after in zip(took, at, at[1:], strict=False)]
    return [each / len(tables) / len(DRAW) / 1000 for each in took]


def measure(rooms: int, rounds: int) -> None:
    house = House()
    tables = [Table(house) for _ in range(rooms)]
    gc.collect()
    gc.freeze()
    played = []
    for _ in range(rounds):
        played.append(play(house, tables))
        writes = sum(table.writes() for table in tables) / rooms / len(DRAW)
    least = [min(each) for each in zip(*played, strict=True)]
    print(f"{rooms} rooms: {sum(least):.1f} us a move, {writes:.2f} writes")
    for name, took in zip(_STEPS, least, strict=True):
        print(f"  {took:>6.1f}  {name}")


def compare(rooms: int, rounds: int) -> None:
    """With what measures it, and without, one match each by turns, and the turns turned round."""
    houses = {is_on: House(telemetry=is_on) for is_on in (True, False)}
    tables = {is_on: [Table(house) for _ in range(rooms)] for is_on, house in houses.items()}
    gc.collect()
    gc.freeze()
    took: dict[bool, list[float]] = {True: [], False: []}
    for number in range(2 * rounds):
        for is_on in (True, False) if number % 2 else (False, True):
            took[is_on].append(sum(play(houses[is_on], tables[is_on])))
            for table in tables[is_on]:
                table.writes()
    ratios = [on / off for on, off in zip(took[True], took[False], strict=True)]
    print(
        f"{rooms} rooms: {statistics.median(took[True]):.1f} us a move with telemetry, "
        f"{statistics.median(took[False]):.1f} without (least {min(took[True]):.1f} and "
        f"{min(took[False]):.1f}); {statistics.median(ratios):.3f} times in the median of {len(ratios)} pairs"
    )


def remember(moves: int) -> None:
    """First without the tracer, which knows nothing of what the interpreter's own free lists hold."""
    house = House()
    tables = [Table(house) for _ in range(4)]
    matches = -(-moves // len(tables) // len(DRAW))
    for _ in range(20):  # until all that is bounded is full
        play(house, tables)
    count = matches * len(tables) * len(DRAW)
    before = _blocks(tables)
    for _ in range(matches):
        play(house, tables)
    after = _blocks(tables)
    print(f"{count} moves: {before:,} blocks of memory before, {after:,} after ({after - before:+,})")
    tracemalloc.start(1)
    for _ in range(8):  # whatever is replaced as it goes is known to the tracer now
        play(house, tables)
    _blocks(tables)
    old = tracemalloc.take_snapshot()
    for _ in range(matches):
        play(house, tables)
    _blocks(tables)
    here = tracemalloc.Filter(inclusive=False, filename_pattern=tracemalloc.__file__)
    new = tracemalloc.take_snapshot().filter_traces([here])
    grown = new.compare_to(old.filter_traces([here]), "lineno")
    print(f"{count} more: {sum(each.size_diff for each in grown):+,} bytes by the tracer; most of it:")
    for each in grown[:8]:
        frame = each.traceback[0]
        print(f"  {each.size_diff:>+8,} bytes, {each.count_diff:>+5} blocks  {frame.filename}:{frame.lineno}")


def _blocks(tables: Sequence[Table]) -> int:
    for table in tables:
        table.writes()
    gc.collect()
    return sys.getallocatedblocks()


def main() -> None:
    parser = argparse.ArgumentParser(description="A move's user time by step, or what it leaves in memory.")
    parser.add_argument("--rooms", type=int, nargs="+", default=[20, 200])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--telemetry", action="store_true")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--moves", type=int, default=10_000)
    options = parser.parse_args()
    gc.set_threshold(50_000, 20, 100)  # as `kibitz serve`
    if options.memory:
        remember(options.moves)
        return
    for rooms in options.rooms:
        (compare if options.telemetry else measure)(rooms, options.rounds)


if __name__ == "__main__":
    main()
