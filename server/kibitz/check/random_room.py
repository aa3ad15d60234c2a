"""One room whose players act at random: any legal move, now and then a forfeit, a time-out, a pause, a step
back, or an attempt at what is not allowed.

It makes the events that a room would journal and folds them with the room's own fold. The same chance
plays the same matches.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec
from msgspec import Struct

from kibitz.check.findings import CheckFailed, Tally, asked
from kibitz.check.moods import MOODS, Mood
from kibitz.check.random_ticks import random_ticks
from kibitz.ids import Epoch, PlayerId, RoomKey, Seat, Version
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.fold import clocks
from kibitz.rooms.fold.event_args import Forfeited, Paused, Rewound, Started, encode_args
from kibitz.rooms.fold.fold import Fold, FoldError
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.fold.state import RoomState
from kibitz.rules import SEED_BYTES, START, TIMEOUT, Args, Game, Move, Referee, Refusal, State
from kibitz.rules.domains import domain

EPOCH = Epoch("check")
ROOM = RoomKey(1)
_REWINDS_MOST = 2
"""In one match: who goes back again and again does not get to its end."""
_THINKING_MS = (0, 3_000)


class Step(Struct, frozen=True):
    """One event; `before` is None at the room's creation."""

    before: RoomState | None
    event: Event
    after: RoomState


class RandomRoom:
    """`events` are those made so far; `play` makes them."""

    def __init__(
        self, game: Game[Any], rng: Random, tally: Tally, *, length_most: int, options: str = "{}"
    ) -> None:
        self.game = game
        self.referee: Referee[Any] = Referee(game)
        self.seats = rng.randint(game.seats.least, game.seats.most)
        self.options: object = asked("the options", self.referee.options, options)
        self.fold: Fold = asked("`clock`", Fold, self.referee, self.options, self.seats)
        self.events: list[Event] = []
        self._rng = rng
        self._tally = tally
        self._length_most = length_most
        self._epoch = EPOCH
        self._kept: list[RoomState] = []
        self._rewinds = 0
        self._state: RoomState | None = None
        self._at_us = 1_000_000
        self._values = {each.name: domain(each.payload) or [] for each in game.actions.values()}
        self._unsuggested = [each.name for each in game.actions.values() if not each.suggested]

    def play(self) -> Iterator[Step]:
        """One match, and sometimes a rematch, in which another seat begins."""
        self._tally.seats.add(self.seats)
        yield self._step(EventKind.CREATED)
        for number in range(self.seats):
            yield self._step(EventKind.JOINED, Seat(number))
        yield from self._match()
        while self._now().is_full and self._rng.random() < 0.25:
            for number in range(self.seats):
                yield self._step(EventKind.REMATCH, Seat(number))
            yield from self._match()

    def _now(self) -> RoomState:
        if self._state is None:
            raise RuntimeError("the room was not created")
        return self._state

    def _match(self) -> Iterator[Step]:
        seed = self._rng.randbytes(SEED_BYTES).hex()
        players = tuple(player for player in self._now().players if player is not None)
        yield self._step(EventKind.STARTED, args=encode_args(Started(seed, players)))
        self._tally.matches += 1
        self._kept.clear()
        self._rewinds = 0
        mood = self._rng.choice(MOODS)
        length = 0
        while self._now().status is Status.PLAYING:
            if length >= self._length_most:
                raise CheckFailed("dead ends", f"the match was not over after {length} turns")
            length += 1
            self._attempt()
            yield from self._turn(mood)
        self._attempt()
        self._tally.longest = max(self._tally.longest, length)

    # ------------------------------------------------------------ one turn

    def _turn(self, mood: Mood) -> Iterator[Step]:
        room = self._now()
        runs = room.clock is not None and room.clock.is_running
        if mood.rewind and room.is_full and self._rewinds < _REWINDS_MOST:
            self._kept.append(room)
        if self._rng.random() < mood.pause:
            yield from self._pause(room)
            return
        if self._kept and room.is_full and self._rng.random() < mood.rewind:
            yield self._rewind()
            return
        seated = [Seat(seat) for seat, player in enumerate(room.players) if player is not None]
        if seated and self._rng.random() < mood.forfeit:
            seat = self._rng.choice(seated)
            self._tally.forfeits += 1
            yield self._step(EventKind.FORFEIT, seat, args=encode_args(Forfeited(self._elapsed_ms(room))))
            yield self._step(EventKind.LEFT, seat)
            return
        if runs and self._rng.random() < mood.timeout:
            yield self._flag_fell(room)
            return
        if self._unsuggested and self._rng.random() < mood.unsuggested:
            chosen = self._unsuggested_move(seated)
            if chosen is not None:
                yield self._act(*chosen)
                return
        state = self._game_state()
        if self.referee.ticks(state.phase):
            ticks = random_ticks(self.referee, state, room.tick, seated, self._rng, self._tally)
            yield self._step(EventKind.TICKS, args=encode_args(ticks))
            return
        movers = asked("`to_move`", self.game.to_move, state)
        for seat in self._order(movers, seated):
            moves = asked("`candidates` or a check", self.referee.legal_moves, state, seat)
            if moves:
                yield self._act(seat, self._choice(moves))
                return
        if runs and not any(seat in seated for seat in movers):
            yield self._flag_fell(room)  # who left lets the clock run out
            return
        raise CheckFailed("dead ends", self._dead_end(state, movers, seated))

    def _order(self, movers: tuple[Seat, ...], seated: list[Seat]) -> list[Seat]:
        """Who is asked for a move: the seats to move, in a random order, then who may act out of turn."""
        first = [seat for seat in movers if seat in seated]
        others = [seat for seat in seated if seat not in movers]
        self._rng.shuffle(first)
        self._rng.shuffle(others)
        return first + others

    def _choice(self, moves: list[Move]) -> Move:
        # Half of the time by type first: one way to challenge stands against a hundred ways to bid.
        if self._rng.random() < 0.5:
            types = sorted({move.type for move in moves})
            chosen = self._rng.choice(types)
            moves = [move for move in moves if move.type == chosen]
        return self._rng.choice(moves)

    def _unsuggested_move(self, seated: list[Seat]) -> tuple[Seat, Move] | None:
        name = self._rng.choice(self._unsuggested)
        values = self._values[name]
        if not values or not seated:
            return None
        seat, payload = self._rng.choice(seated), self._rng.choice(values)
        if self._judged(seat, name, payload) is not None:
            return None
        return seat, Move(name, msgspec.to_builtins(payload))

    def _act(self, seat: Seat, move: Move) -> Step:
        payload = self.referee.decode_args(move.type, msgspec.json.encode(move.args))
        if isinstance(payload, Refusal):
            raise CheckFailed(
                "exceptions", f"the candidate {move.type} {move.args} is none: {payload.message}"
            )
        clock = self._now().clock
        spent_ms = self._elapsed_ms(self._now())
        if spent_ms is not None and clock is not None and clock.running_seats is not None:
            spent_ms += clock.used_ms[seat]
        elif clock is not None and clock.running != seat:
            spent_ms = None
        args = self.referee.encode_args(payload)
        step = self._step(EventKind.ACTION, seat, action=move.type, args=args, spent_ms=spent_ms)
        self._tally.actions[move.type] += 1
        return step

    def _flag_fell(self, room: RoomState) -> Step:
        """The clock that has the least time left, or that of the phase, runs out."""
        clock = room.clock
        if clock is None:
            raise RuntimeError("no clock runs")
        self._tally.timeouts += 1
        if clock.phase_ms is not None:
            return self._step(EventKind.TIMEOUT, spent_ms=clock.phase_ms)
        seats = (clock.running,) if clock.running_seats is None else clock.running_seats
        seat = min((seat for seat in seats if seat is not None), key=lambda seat: clock.remaining_ms[seat])
        used = 0 if clock.running_seats is None else clock.used_ms[seat]
        return self._step(EventKind.TIMEOUT, seat, spent_ms=clock.remaining_ms[seat] + used)

    def _elapsed_ms(self, room: RoomState) -> int | None:
        """Some thinking, less than would let a clock fall. None: no clock runs."""
        due_ms = clocks.due_in_ms(room.clock)
        return None if due_ms is None else max(0, min(self._rng.randint(*_THINKING_MS), due_ms - 1))

    # ------------------------------------------------------------ what an admin does

    def _pause(self, room: RoomState) -> Iterator[Step]:
        self._tally.pauses += 1
        yield self._step(EventKind.PAUSED, args=encode_args(Paused("check", self._elapsed_ms(room))))
        yield self._step(EventKind.RESUMED)

    def _rewind(self) -> Step:
        """Back to where the match was some turns ago; what is drawn from now on is another."""
        self._tally.rewinds += 1
        self._rewinds += 1
        target = self._rng.choice(self._kept)
        if self._rewinds >= _REWINDS_MOST:
            self._kept.clear()
        self._epoch = Epoch(f"{EPOCH}{self._tally.rewinds}")
        seed = self._rng.randbytes(SEED_BYTES).hex() if self.game.uses_chance else None
        return self._step(EventKind.REWOUND, args=encode_args(Rewound(target.version, seed)), target=target)

    # ------------------------------------------------------------ what is not allowed

    def _attempt(self) -> None:
        """Somebody tries anything at all: the answer is None or a refusal, whatever the phase."""
        names = [name for name, values in self._values.items() if values]
        if not names:
            return
        name = self._rng.choice(names)
        seat = Seat(self._rng.randrange(self.seats))
        refusal = self._judged(seat, name, self._rng.choice(self._values[name]))
        if refusal is not None:
            self._tally.refusals[refusal.code] += 1

    def _judged(self, seat: Seat, name: str, payload: Args) -> Refusal | None:
        found: object = asked(
            f"a check of {name!r}", self.referee.judge, self._game_state(), seat, name, payload
        )
        if found is not None and not isinstance(found, Refusal):
            raise CheckFailed("exceptions", f"a check of {name!r} returned {found!r}, not None or a refusal")
        return found

    def _dead_end(self, state: State, movers: tuple[Seat, ...], seated: list[Seat]) -> str:
        phase = f"in the phase {state.phase!r}"
        if not seated:
            return f"everybody left, and the match is not over {phase}"
        waiting = [seat for seat in movers if seat not in seated]
        if waiting:
            return f"the match waits {phase} for seat {waiting[0]}, who left: see `on_forfeit`"
        if not movers:
            return f"`to_move` names nobody {phase}, which is not final"
        unlisted = [
            each.name
            for each in self.game.actions.values()
            if each.suggested and domain(each.payload) is None
        ]
        hint = f"; the values of {unlisted[0]!r} cannot be listed: write `candidates`" if unlisted else ""
        return f"seat {movers[0]} is to move {phase} and has no legal move{hint}"

    # ------------------------------------------------------------ events

    def _game_state(self) -> State:
        state = self._now().state
        if state is None:
            raise RuntimeError("no match has begun")
        return state

    def _step(
        self,
        kind: EventKind,
        seat: Seat | None = None,
        *,
        action: str | None = None,
        args: str = "{}",
        spent_ms: int | None = None,
        target: RoomState | None = None,
    ) -> Step:
        before = self._state
        self._at_us += 1_000 * (spent_ms or 1)
        player = None if seat is None else PlayerId(f"p_{seat}")
        version = Version(1 if before is None else before.version + 1)
        event = Event(
            ROOM, version, self._epoch, self._at_us, kind, seat, player, None, action, args, 0, spent_ms
        )
        encoded = None if before is None or before.state is None else self.referee.encode_state(before.state)
        try:
            after = asked(_named(event), self.fold.step, before, event, target)
        except CheckFailed as failed:
            if isinstance(failed.__cause__, FoldError):
                raise CheckFailed("fold", str(failed.__cause__)) from failed
            raise
        if encoded is not None and before is not None and self.referee.encode_state(before.state) != encoded:
            raise CheckFailed("fold", f"{_named(event)} changed the state that it was given")
        self._state = after
        self.events.append(event)
        if after.state is not None:
            self._tally.phases[after.state.phase] += 1
        return Step(before, event, after)


def _named(event: Event) -> str:
    """Which code of the game an event runs."""
    match event.kind:
        case EventKind.STARTED:
            return f"`setup` ({START})"
        case EventKind.TIMEOUT:
            return f"{'`on_phase_over`' if event.seat is None else '`on_timeout`'} ({TIMEOUT})"
        case EventKind.FORFEIT:
            return "`on_forfeit`"
        case EventKind.ACTION:
            return f"the action {event.type} {event.args} of seat {event.seat}"
        case EventKind.TICKS:
            return "`tick`"
        case _:
            return f"the event {event.kind}"
