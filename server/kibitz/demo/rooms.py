"""Rooms of a demo, as rows of the journal: scripts played again by given people at given times."""

from random import Random

from msgspec import Struct

from kibitz.demo.clocks import MatchClocks
from kibitz.demo.scripts import Ending, Library, Parts, Script, Step, Table
from kibitz.ids import (
    PlayerId,
    RoomId,
    RoomKey,
    Seat,
    is_house_bot,
    new_epoch,
    new_join_code,
    new_room_id,
)
from kibitz.journal.records import EVENT_SCHEMA_VERSION
from kibitz.rooms.fold.event_args import Started, encode_args

Row = tuple[object, ...]
"""In the order of `EVENT_COLUMNS`."""

EMPTY_AFTER_US = 30 * 60 * 1_000_000
AWAY_CLOSES_AFTER_US = 7 * 24 * 3_600 * 1_000_000
_POOL = 8_191
_TRIES = 6
_THINKING_MS = {
    "drop": 3_200,
    "bid": 4_600,
    "challenge": 4_000,
    "spot_on": 5_000,
    "ready": 1_800,
    "resign": 2_500,
}
_HANDLED_US = {"connect-four": 34, "liars-dice": 58, "light-cycles": 0}
_CLOSED = '{"reason":"empty"}'


class Guest(Struct, frozen=True):
    """Somebody at a table: `speed` as a person's."""

    player_id: PlayerId
    seat: Seat
    joined_us: int
    speed: float


class Opening(Struct, frozen=True):
    """A room as it is made."""

    key: RoomKey
    room_id: RoomId
    epoch: str
    host: PlayerId
    created_us: int
    is_private: bool


class Played(Struct, frozen=True):
    """One match of a room: when it was over, how, and how many acts each seat did."""

    ended_us: int
    ending: Ending
    acts: tuple[int, ...]
    phase: str | None


class Rooms:
    """Appends to `rows` and `records`; whoever writes them out clears them."""

    def __init__(self, library: Library, rng: Random) -> None:
        self.rows: list[Row] = []
        self.records: list[Row] = []
        self._library = library
        self._rng = rng
        self._clocks = {table: table.clock for table, _, _ in library}
        self._key = 0
        self._thoughts = [rng.lognormvariate(0, 0.85) for _ in range(_POOL)]
        self._costs = [rng.lognormvariate(0, 0.4) for _ in range(_POOL)]
        self._at = 0

    def open(
        self, table: Table, host: PlayerId, at_us: int, *, is_private: bool, is_quick: bool = False
    ) -> "OneRoom":
        self._key += 1
        rng = self._rng
        opening = Opening(
            RoomKey(self._key),
            new_room_id(rng.randbytes),
            new_epoch(rng.randbytes),
            host,
            at_us,
            is_private,
        )
        self.records.append(
            (
                opening.room_id,
                self._key,
                table.game.name,
                table.game.rules_version,
                table.seats,
                new_join_code(rng.randbytes),
                int(is_private),
                table.options,
                opening.epoch,
                host,
                at_us,
                0,
                int(is_quick),
            )
        )
        return OneRoom(self, table, opening)

    def script(self, table: Table, match: int, ending: Ending) -> tuple[Ending, Script]:
        """One that ends so, or is played to its end where that cannot be at this table."""
        scripts = self._library.get((table, match, ending))
        if not scripts:
            ending, scripts = Ending.PLAYED, self._library[table, match, Ending.PLAYED]
        return ending, self._rng.choice(scripts)

    def clock(self, table: Table) -> object:
        return self._clocks[table]

    def new_epoch(self) -> str:
        return new_epoch(self._rng.randbytes)

    def thought(self) -> float:
        self._at = (self._at + 1) % _POOL
        return self._thoughts[self._at]

    def cost(self) -> float:
        return self._costs[self._at]


class OneRoom:
    """The history of one room, row by row, in the order of time."""

    def __init__(self, rooms: Rooms, table: Table, opening: Opening) -> None:
        self.opening = opening
        self.table = table
        self.version = 0
        self.at_us = opening.created_us
        self.matches = 0
        self._rooms = rooms
        self._epoch = opening.epoch
        self._players: list[PlayerId] = [opening.host] * table.seats
        self._speeds = [1.0] * table.seats
        self._prefix = opening.room_id[:12]
        self._row("created", None, opening.host)

    def join(self, guest: Guest) -> None:
        self.at_us = max(self.at_us, guest.joined_us)
        self._players[guest.seat], self._speeds[guest.seat] = guest.player_id, guest.speed
        self._row("joined", guest.seat, guest.player_id)

    def rematch(self, seat: Seat, at_us: int) -> None:
        self.at_us = max(self.at_us, at_us)
        self._row("rematch", seat, self._players[seat])

    def leave(self, seat: Seat, at_us: int) -> None:
        """After or before a match."""
        self.at_us = max(self.at_us, at_us)
        self._row("left", seat, self._players[seat])

    def close(self, at_us: int) -> None:
        self.at_us = max(self.at_us, at_us)
        self._row("closed", None, None, _CLOSED)

    def close_unfinished(self, phase: str | None) -> None:
        """Nobody came back to a match."""
        self.at_us += AWAY_CLOSES_AFTER_US
        self._add("closed", None, None, None, None, _CLOSED, 0, None, self.matches, phase, phase, None)

    # ------------------------------------------------------------ a match

    def play(
        self, ending: Ending, slowness: float, *, is_taken_back: bool = False, is_cut_off: bool = False
    ) -> Played:
        """The next match, from now on. `is_taken_back`: an admin has some moves of it taken back;
        `is_cut_off`: the server crashes in the middle of it, where it is in real time."""
        self.matches += 1
        ending, script = self._script(ending)
        started = Started(script.seed, tuple(self._players))
        self._add(
            "started",
            None,
            None,
            None,
            None,
            encode_args(started),
            0,
            None,
            self.matches,
            None,
            script.phase,
            None,
        )
        acts = [0] * self.table.seats
        clocks = MatchClocks(self._rooms.clock(self.table), self.table.seats, script, self.at_us)
        steps = script.steps
        back = len(steps) // 2 if is_taken_back and ending is Ending.PLAYED else 0
        if back > 2:
            versions = {}
            for number, step in enumerate(steps[:back]):
                versions[number] = self._step(step, clocks, acts, slowness)
                if number == back // 2:
                    clocks.keep()
            self._rewind(versions[back // 2], steps[back // 2], clocks)
            steps = steps[back // 2 + 1 :]
        for number, step in enumerate(steps):
            self._step(step, clocks, acts, slowness)
            if is_cut_off and number == len(steps) // 2 and step.kind == "ticks" and step.outcome is None:
                self._crash(step.phase_to)
        phase = steps[-1].phase_to if steps else script.phase
        return Played(self.at_us, ending, tuple(acts), phase)

    def _crash(self, phase: str | None) -> None:
        """As the next start writes it down: what was shown last may be lost, and players are waited for."""
        self._epoch = self._rooms.new_epoch()
        crash = '{"reason":"crash"}'
        for kind, args, after_us in (
            ("reopened", crash, 4_000_000),
            ("paused", crash, 0),
            ("resumed", "{}", 6_000_000),
        ):
            self.at_us += after_us
            self._add(kind, None, None, None, None, args, 0, None, self.matches, phase, phase, None)

    def _script(self, ending: Ending) -> tuple[Ending, Script]:
        """The server's bots neither resign nor leave, and are in time."""
        for _ in range(_TRIES):
            found, script = self._rooms.script(self.table, self.matches, ending)
            gave_up = script.gave_up
            if gave_up is None or not is_house_bot(self._players[gave_up]):
                return found, script
        return self._rooms.script(self.table, self.matches, Ending.PLAYED)

    def _rewind(self, version: int, step: Step, clocks: MatchClocks) -> None:
        self.at_us += 20_000_000
        before = step.phase_to
        self._epoch = self._rooms.new_epoch()
        args = f'{{"to_version":{version}}}'
        self._add("rewound", None, None, None, None, args, 0, None, self.matches, before, before, None)
        clocks.go_back(step, self.at_us)

    def _step(self, step: Step, clocks: MatchClocks, acts: list[int], slowness: float) -> int:
        """Returns the row's version."""
        seat, kind = step.seat, step.kind
        player = None if seat is None else self._players[seat]
        action_id, handled, args, spent = None, 0, step.args, None
        rooms = self._rooms
        if kind == "ticks":
            self.at_us += 1_000_000 + int(4_000 * rooms.thought() * slowness)
            args = "" if step.parts is None else self._named(step.parts)
        elif kind == "action" and seat is not None and player is not None:
            if is_house_bot(player):
                think_us = 350_000 + int(rooms.thought() * 220_000)
            else:
                usual_ms = _THINKING_MS.get(step.type or "", 3_000)
                think_us = int(rooms.thought() * usual_ms * 1_000 * self._speeds[seat])
            self.at_us, spent = clocks.act(seat, self.at_us, think_us, step)
            action_id = f"{self._prefix}{self.version:06d}"
            handled = int(_HANDLED_US[self.table.game.name] * rooms.cost() * slowness) + 4
            acts[seat] += 1
        elif kind == "timeout" and seat is not None:
            self.at_us, spent = clocks.fall(seat, self.at_us)
        elif kind == "forfeit":
            began_us = self.at_us
            self.at_us += int(rooms.thought() * 9_000_000)
            self.at_us, charged = clocks.charge(began_us, self.at_us, step)
            args = "{}" if charged is None else f'{{"charged_ms":{charged}}}'
        elif kind == "paused":
            self.at_us += 1_000_000
        self._add(
            kind,
            seat,
            player,
            action_id,
            step.type,
            args,
            handled,
            spent,
            step.match,
            step.phase_from,
            step.phase_to,
            step.outcome,
        )
        return self.version

    def _named(self, parts: Parts) -> str:
        pieces: list[str] = []
        for number, part in enumerate(parts):
            if isinstance(part, str):
                pieces.append(part)
                continue
            player = self._players[part]
            if is_house_bot(player):
                pieces.append(f'"{player}",null')
            else:
                pieces.append(f'"{player}","{self._prefix}{self.version:06d}.{number}"')
        return "".join(pieces)

    # ------------------------------------------------------------ rows

    def _row(self, kind: str, seat: int | None, player: PlayerId | None, args: str = "{}") -> None:
        """One that belongs to no match."""
        self._add(kind, seat, player, None, None, args, 0, None, None, None, None, None)

    def _add(
        self,
        kind: str,
        seat: int | None,
        player: PlayerId | None,
        action_id: str | None,
        name: str | None,
        args: str,
        handled_us: int,
        spent_ms: int | None,
        match: int | None,
        phase_from: str | None,
        phase_to: str | None,
        outcome: str | None,
    ) -> None:
        self.version += 1
        self._rooms.rows.append(
            (
                self.opening.key,
                self.version,
                self._epoch,
                self.at_us,
                kind,
                seat,
                player,
                action_id,
                name,
                args,
                handled_us,
                spent_ms,
                match,
                phase_from,
                phase_to,
                outcome,
                EVENT_SCHEMA_VERSION,
            )
        )
