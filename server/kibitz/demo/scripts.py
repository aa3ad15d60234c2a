"""Matches as they were played once: what happened in which order, without anybody's name or time.

Each is played through the room's own fold, so what a row says about phases and outcomes is what the rules
say. A script depends on the match's number in its room, because another seat begins.
"""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from random import Random
from typing import Any

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from kibitz.demo.drivers import next_move, steering
from kibitz.games.connect_four import ConnectFour
from kibitz.games.liars_dice import LiarsDice
from kibitz.games.light_cycles import LightCycles
from kibitz.ids import ActionId, Epoch, PlayerId, Seat
from kibitz.journal.records import EventKind
from kibitz.rooms.fold.changes import Changes, Transition
from kibitz.rooms.fold.event_args import TickInput, Ticks, encode_args
from kibitz.rooms.fold.state import RoomState
from kibitz.rooms.fold.ticking import tick
from kibitz.rules import SEED_BYTES, Game, PerGame, Referee, Refusal

MATCHES_MOST = 3
"""So many in one room."""
ROW_TICKS = 20
_TURNS_MOST = 2_000
_PERSON = re.compile(r'"@(\d+)","#"')

Parts = tuple[str | int, ...]
"""A text with the seats whose player belongs between its pieces: text, seat, text, … , text."""


class Ending(StrEnum):
    """How a match is over, as people bring it about."""

    PLAYED = "played"
    RESIGNED = "resigned"
    LEFT = "left"
    TIMEOUT = "timeout"
    AWAY = "away"  # everybody stays away, and the room is closed in the end


class Step(Struct, frozen=True, gc=False):
    """One row. `parts` replace `args` where players are named in it. `to_move` after it."""

    kind: str
    seat: int | None
    type: str | None
    args: str
    parts: Parts | None
    match: int | None
    phase_from: str | None
    phase_to: str | None
    outcome: str | None
    to_move: tuple[int, ...]


class Script(Struct, frozen=True):
    """A match from its start; `steps` begin after the `started` row. `begins` are who may move first.
    `gave_up` is the seat that resigned, left or was out of time."""

    seed: str
    phase: str
    begins: tuple[int, ...]
    steps: tuple[Step, ...]
    gave_up: int | None = None


class Table(Struct, frozen=True):
    """A way to play: a game, its options as the journal has them, and how many seats."""

    game: Game[Any]
    options: str
    seats: int

    @property
    def clock(self) -> Any:
        referee: Referee[Any] = Referee(self.game)
        return referee.clock(referee.options(self.options))


Library = dict[tuple[Table, int, Ending], list[Script]]
"""By table, number of the match and ending."""


def tables() -> tuple[Table, ...]:
    four, dice, cycles = ConnectFour(), LiarsDice(), LightCycles()
    wanted: tuple[tuple[Game[Any], dict[str, object], int], ...] = (
        (four, {}, 2),
        (four, {"clock_ms": 180_000, "increment_ms": 2_000}, 2),
        (four, {"clock_ms": None}, 2),
        (dice, {}, 2),
        (dice, {"dice": 3}, 3),
        (dice, {"spot_on": True, "dice": 3}, 4),
        (cycles, {"points": 1}, 2),
        (cycles, {"points": 2}, 3),
    )
    return tuple(Table(game, _options(game, asked), seats) for game, asked, seats in wanted)


def play_all(tables: tuple[Table, ...], rng: Random, played: Callable[[int], None]) -> Library:
    """Every way to play, every match, every ending. `played` hears how many matches there are so far."""
    library: Library = {}
    total = 0
    for table in tables:
        for match in range(1, MATCHES_MOST + 1):
            studio = _Studio(table, match, rng)
            for _ in range(_SCRIPTS[table.game.name] // match):
                for ending, script in studio.play():
                    library.setdefault((table, match, ending), []).append(script)
                    total += 1
            played(total)
    return library


_SCRIPTS = {"connect-four": 60, "liars-dice": 12, "light-cycles": 9}


def _options(game: Game[Any], asked: dict[str, object]) -> str:
    found = Referee(game).options(msgspec.json.encode(asked))
    return msgspec.json.encode(found, order="sorted").decode()


class _Studio:
    """Plays match `match` of a table."""

    def __init__(self, table: Table, match: int, rng: Random) -> None:
        self._referee: Referee[Any] = Referee(table.game)
        self._changes = Changes(self._referee, self._referee.options(table.options), table.seats)
        self._match = match
        self._rng = rng
        players = tuple(PlayerId(f"@{seat}") for seat in range(table.seats))
        empty = self._changes.begin(0, Epoch("demo"))
        self._seated = replace(empty, players=players, match=match - 1)
        self._is_timed = isinstance(self._changes.clock_rule, PerGame)
        self._is_untimed = self._changes.clock_rule is None

    def play(self) -> Iterator[tuple[Ending, Script]]:
        """One match, and what might have become of it had somebody not played on."""
        seed = self._rng.randbytes(SEED_BYTES)
        begun = self._changes.started(self._seated, 0, seed).after
        states, steps = [begun], []
        for step, state in self._played(begun):
            steps.append(step)
            states.append(state)
        yield Ending.PLAYED, self._script(seed, begun, steps)
        moments = range(max(1, len(steps) // 6), max(2, len(steps)))
        for ending in (Ending.RESIGNED, Ending.LEFT, Ending.TIMEOUT, Ending.AWAY):
            at = self._rng.choice(moments)
            cut = self._ended(ending, states[at])
            if cut is not None:
                gave_up = None if ending is Ending.AWAY else cut[0].seat
                yield ending, self._script(seed, begun, steps[:at] + cut, gave_up)

    def _script(self, seed: bytes, begun: RoomState, steps: list[Step], gave_up: int | None = None) -> Script:
        return Script(seed.hex(), begun.phase() or "", self._to_move(begun), tuple(steps), gave_up)

    def _played(self, state: RoomState) -> Iterator[tuple[Step, RoomState]]:
        for _ in range(_TURNS_MOST):
            if not state.is_match_on or state.state is None:
                return
            ticks = self._referee.ticks(state.state.phase)
            before = state
            transition, step = self._row_of_ticks(state) if ticks else self._turn(state)
            state = transition.after
            yield self._noted(before, transition, step), state
        raise RuntimeError("a match of the demo does not end")

    def _turn(self, state: RoomState) -> tuple[Transition, Step]:
        game = state.state
        movers = [seat for seat in self._to_move(state) if state.players[seat] is not None]
        seat = Seat(self._rng.choice(movers))
        move = None if game is None else next_move(self._referee, game, seat, self._rng)
        if move is None:
            raise RuntimeError(f"seat {seat} has no move")
        payload = self._referee.decode_args(move.type, msgspec.json.encode(move.args))
        if game is None or isinstance(payload, Refusal):
            raise RuntimeError(f"{move} is no action")
        refusal = self._referee.judge(game, seat, move.type, payload)
        if refusal is not None:
            raise RuntimeError(f"{move} is not legal: {refusal.message}")
        transition = self._changes.acted(state, 0, seat, move.type, payload, None)
        return transition, _step(EventKind.ACTION, seat, move.type, self._referee.encode_args(payload))

    def _row_of_ticks(self, state: RoomState) -> tuple[Transition, Step]:
        game, inputs = state.state, []
        count = 0
        while count < ROW_TICKS and game is not None and self._referee.ticks(game.phase):
            number, done = state.tick + count, []
            for seat in self._referee.game.to_move(game) if number % 2 == 0 else ():
                way = None if state.players[seat] is None else steering(game, seat, self._rng)  # type: ignore[arg-type]
                if way is not None:
                    args = Raw(msgspec.json.encode({"direction": way}))
                    done.append(TickInput(number, seat, "steer", args, PlayerId(f"@{seat}"), ActionId("#")))
            game = tick(self._referee, game, done)
            inputs += done
            count += 1
        if game is None:
            raise RuntimeError("no match is on")
        text = encode_args(Ticks(state.tick, count, tuple(inputs)))
        transition = self._changes.ticks_played(state, 0, game, count)
        return transition, replace(_step(EventKind.TICKS, None, None, ""), parts=_parts(text))

    def _ended(self, ending: Ending, state: RoomState) -> list[Step] | None:
        """What ends the match from `state` on; None where it does not happen at this table."""
        if not state.is_match_on or state.state is None:
            return None
        changes, seats = self._changes, len(state.players)
        seat = Seat(self._rng.randrange(seats))
        phase = state.state.phase
        match ending:
            case Ending.RESIGNED:
                payload = self._referee.decode_args("resign", b"{}")
                if isinstance(payload, Refusal) or self._referee.judge(state.state, seat, "resign", payload):
                    return None
                first = changes.acted(state, 0, seat, "resign", payload, None)
                steps = [self._noted(state, first, _step(EventKind.ACTION, seat, "resign", "{}"))]
            case Ending.LEFT:
                first = changes.forfeited(state, 0, seat, None)
                steps = [self._noted(state, first, _step(EventKind.FORFEIT, seat, None, "{}"))]
                left = changes.left(first.after, 0, seat)
                steps.append(self._noted(first.after, left, _step(EventKind.LEFT, seat, None, "{}")))
                first = left
            case Ending.TIMEOUT:
                if not self._is_timed:
                    return None
                (seat,) = map(Seat, self._to_move(state))
                first = changes.timed_out(state, 0, seat, 1)
                steps = [self._noted(state, first, _step(EventKind.TIMEOUT, seat, None, "{}"))]
            case Ending.AWAY if self._referee.ticks(phase):
                steps = [_step(EventKind.PAUSED, None, None, '{"reason":"away"}')]
                return [replace(steps[0], match=self._match, phase_from=phase, phase_to=phase)]
            case _:
                return [] if self._is_untimed else None
        return steps + [step for step, _ in self._played(first.after)]

    def _noted(self, before: RoomState, transition: Transition, step: Step) -> Step:
        """The row with what the fold says about it, as a room writes it."""
        after = transition.after
        is_of_match = before.is_match_on or after.is_match_on
        return replace(
            step,
            match=after.match if is_of_match else None,
            phase_from=before.phase(),
            phase_to=after.state.phase if is_of_match and after.state is not None else None,
            outcome=transition.outcome,
            to_move=self._to_move(after),
        )

    def _to_move(self, state: RoomState) -> tuple[int, ...]:
        if not state.is_match_on or state.state is None:
            return ()
        return self._referee.game.to_move(state.state)


def _step(kind: EventKind, seat: int | None, name: str | None, args: str) -> Step:
    return Step(kind.value, seat, name, args, None, None, None, None, None, ())


def _parts(text: str) -> Parts:
    pieces: list[str | int] = list(_PERSON.split(text))
    pieces[1::2] = [int(seat) for seat in pieces[1::2]]
    return tuple(pieces)
