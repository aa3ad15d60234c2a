"""What each kind of event makes of a room's state. Live handling and the fold call the same functions,
in the same order, so what a restart reads back is what the players saw.

Nothing in here reads a clock, draws chance or does I/O: all of that stands in the event.
"""

from base64 import b64decode
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kibitz.ids import Epoch, PlayerId, Seat, Version
from kibitz.journal.records import EventKind
from kibitz.rooms.fold import clocks
from kibitz.rooms.fold.event_args import Paused, decode_ticks
from kibitz.rooms.fold.lifecycle import LifecycleError, Status, led
from kibitz.rooms.fold.state import ClockState, ForkPoint, RoomState
from kibitz.rooms.fold.ticking import TicksFault, played
from kibitz.rules import Args, Chance, PerGame, Referee, Setup, State
from kibitz.sync.canonical import encode


class Transition(Struct, frozen=True):
    """What an event led to; `outcome`, canonical JSON, where it ended the match."""

    after: RoomState
    outcome: str | None = None


# Python 3.11 takes longer for a member of an enum than for a call; these are asked for every move.
_PLAYING, _ACTION, _PAUSED = Status.PLAYING, EventKind.ACTION, Status.PAUSED


def first_seat(match: int, seats: int) -> Seat:
    """The seat that begins a match: players keep their seats, and sides change hands from match to match."""
    return Seat((match - 1) % seats)


class Changes:
    """The changes of one room: its game under its options, with its number of seats.

    Each raises `LifecycleError` where the room's status does not allow it, or what the game's code raises.
    """

    def __init__(self, referee: Referee[Any], options: Any, seats: int) -> None:
        self.referee = referee
        self.options = options
        self.seats = seats
        self.clock_rule = rule = referee.clock(options)
        self._increment_ms = rule.increment_ms if isinstance(rule, PerGame) else 0

    def begin(self, at_us: int, epoch: Epoch, fork: ForkPoint | None = None) -> RoomState:
        """The state after `created`."""
        nobody: tuple[PlayerId | None, ...] = (None,) * self.seats
        return RoomState(
            Version(1), at_us, Status.WAITING, nobody, (False,) * self.seats, epoch=epoch, fork=fork
        )

    # ------------------------------------------------------------ seats

    def joined(self, state: RoomState, at_us: int, seat: Seat, player: PlayerId) -> Transition:
        """A player took a free seat. Whoever joins a finished room wants to play."""
        status = led(state.status, EventKind.JOINED, state.status)
        return self._seated(state, at_us, status, seat, player, wants=status is Status.FINISHED)

    def left(self, state: RoomState, at_us: int, seat: Seat, *, is_kicked: bool = False) -> Transition:
        """The seat is free. Who was kicked may not take one again."""
        status = led(state.status, EventKind.LEFT, state.status)
        player = state.players[seat]
        if is_kicked and player is not None:
            state = replace(state, kicked=(*state.kicked, player))
        return self._seated(state, at_us, status, seat, None, wants=False)

    def wanted(self, state: RoomState, at_us: int, seat: Seat) -> Transition:
        status = led(state.status, EventKind.REMATCH, state.status)
        return self._seated(state, at_us, status, seat, state.players[seat], wants=True)

    def _seated(
        self,
        state: RoomState,
        at_us: int,
        status: Status,
        seat: Seat,
        player: PlayerId | None,
        *,
        wants: bool,
    ) -> Transition:
        players, wishes = list(state.players), list(state.wants_rematch)
        players[seat], wishes[seat] = player, wants
        return Transition(
            replace(
                state,
                version=Version(state.version + 1),
                at_us=at_us,
                status=status,
                players=tuple(players),
                wants_rematch=tuple(wishes),
            )
        )

    # ------------------------------------------------------------ the match

    def started(self, state: RoomState, at_us: int, seed: bytes, fork: ForkPoint | None = None) -> Transition:
        """A match began, that of a fork where it was forked; the seat that begins goes round from match
        to match."""
        status = led(state.status, EventKind.STARTED, Status.PLAYING)
        match = state.match + 1
        earlier: tuple[bytes, ...] = ()
        if fork is None:
            first = first_seat(match, self.seats)
            game = self.referee.start(Setup(self.seats, self.options, match, first, Chance(seed)))
            clock = clocks.begin(self.clock_rule, self.seats, game.phase, self._to_move(game))
        else:
            forked = self.referee.decode_state(b64decode(fork.state))
            game = self.referee.reseeded(forked, seed)
            chance = self.referee.chance(forked)
            earlier = () if chance is None else (chance.seed,)
            clock = None if fork.clock is None else clocks.going_on(fork.clock, self._to_move(game))
        seeds = (*earlier, seed) if self.referee.game.uses_chance else ()
        return Transition(
            replace(
                state,
                version=Version(state.version + 1),
                at_us=at_us,
                status=status,
                wants_rematch=(False,) * self.seats,
                match=match,
                state=game,
                clock=clock,
                tick=0,
                seeds=seeds,
                fork=None,
            )
        )

    def acted(
        self, state: RoomState, at_us: int, seat: Seat, name: str, payload: Args, spent_ms: int | None
    ) -> Transition:
        """An action that was judged legal."""
        before = self._playing(state)
        game = self.referee.apply(before, seat, name, payload)
        clock = state.clock
        if clock is not None:
            to_move = self.referee.game.to_move(game)
            if clock.running_seats is None:
                clock = clocks.moved_per_game(clock, seat, spent_ms, self._increment_ms, to_move)
            else:
                clock = clocks.charged(clock, seat, clocks.elapsed_ms(clock, seat, spent_ms))
                actor = None if self.referee.game.actions[name].out_of_turn else seat
                phases = (before.phase, game.phase)
                clock = clocks.moved(self.clock_rule, clock, phases, to_move, actor)
        return self._moved(state, at_us, _ACTION, game, clock)

    def ticked(self, state: RoomState, at_us: int, args: str) -> Transition:
        """Some ticks passed, with the actions that were done in them."""
        before = self._playing(state)
        ticks = decode_ticks(args)
        if ticks.first != state.tick:
            raise TicksFault(f"begins with tick {ticks.first}, not {state.tick}")
        game = played(self.referee, before, ticks)
        return self.ticks_played(state, at_us, game, ticks.count)

    def ticks_played(self, state: RoomState, at_us: int, game: State, count: int) -> Transition:
        """As `ticked`, where the game was moved on already."""
        before = self._playing(state)
        clock = state.clock
        if clock is not None:
            clock = clocks.moved(
                self.clock_rule, clock, (before.phase, game.phase), self._to_move(game), None
            )
        moved = self._moved(state, at_us, EventKind.TICKS, game, clock)
        return Transition(replace(moved.after, tick=state.tick + count), moved.outcome)

    def timed_out(self, state: RoomState, at_us: int, seat: Seat | None, spent_ms: int | None) -> Transition:
        """The clock of `seat` fell; without a seat that of the phase."""
        before = self._playing(state)
        game = self.referee.phase_over(before) if seat is None else self.referee.timeout(before, seat)
        clock = state.clock
        if clock is not None:
            clock = clocks.charged(clock, seat, clocks.elapsed_ms(clock, seat, spent_ms))
            clock = clocks.moved(
                self.clock_rule,
                clock,
                (before.phase, game.phase),
                self._to_move(game),
                seat,
                phase_was_over=seat is None,
            )
        return self._moved(state, at_us, EventKind.TIMEOUT, game, clock)

    def forfeited(self, state: RoomState, at_us: int, seat: Seat, charged_ms: int | None) -> Transition:
        """`seat` left the match, which may go on without it. The clocks that run are charged up to now,
        so that whoever sees the new state can count from it."""
        is_paused = state.status is _PAUSED
        before = self._on(state, EventKind.FORFEIT)
        game = self.referee.forfeit(before, seat)
        clock = state.clock
        if clock is not None:
            if is_paused:
                clock = clocks.going_on(clock, self._to_move(before))
            clock = clocks.charged(clock, seat if clock.running is None else clock.running, charged_ms)
            clock = clocks.moved(
                self.clock_rule, clock, (before.phase, game.phase), self._to_move(game), None
            )
            if is_paused:
                clock = clocks.stopped(clock)
        return self._moved(state, at_us, EventKind.FORFEIT, game, clock)

    def _moved(
        self, state: RoomState, at_us: int, kind: EventKind, game: State, clock: ClockState | None
    ) -> Transition:
        outcome = self.referee.outcome(game)
        if outcome is not None and clock is not None:
            clock = clocks.stopped(clock)
        status = led(state.status, kind, state.status if outcome is None else Status.FINISHED)
        after = RoomState(
            Version(state.version + 1),
            at_us,
            status,
            state.players,
            state.wants_rematch,
            state.match,
            game,
            clock,
            state.epoch,
            state.tick,
            state.seeds,
            state.kicked,
            None,
            state.paused_for if outcome is None else "",
        )
        # Encoded here, where a game that names what JSON does not have is refused like any other fault.
        return Transition(after, None if outcome is None else encode(outcome.as_value()).decode())

    def _to_move(self, game: State) -> tuple[Seat, ...]:
        return self.referee.game.to_move(game)

    def _playing(self, state: RoomState) -> State:
        if state.state is None or state.status is not _PLAYING:
            raise LifecycleError(state.status, EventKind.ACTION)
        return state.state

    def _on(self, state: RoomState, kind: EventKind) -> State:
        if state.state is None or not state.is_match_on:
            raise LifecycleError(state.status, kind)
        return state.state

    # ------------------------------------------------------------ the room

    def paused(self, state: RoomState, at_us: int, args: Paused) -> Transition:
        """The clocks, charged up to now, stand."""
        status = led(state.status, EventKind.PAUSED, _PAUSED)
        clock = state.clock
        if clock is not None:
            clock = clocks.stopped(clocks.charged(clock, clock.running, args.charged_ms))
        return self._went_on(state, at_us, status, clock=clock, paused_for=args.reason)

    def resumed(self, state: RoomState, at_us: int) -> Transition:
        status = led(state.status, EventKind.RESUMED, _PLAYING)
        clock = state.clock
        if clock is not None:
            clock = clocks.going_on(clock, self._to_move(self._on(state, EventKind.RESUMED)))
        return self._went_on(state, at_us, status, clock=clock, paused_for="")

    def rewound(
        self, state: RoomState, at_us: int, target: RoomState, seed: bytes | None, epoch: Epoch
    ) -> Transition:
        """The match is again as it was in `target`, for those who have the seats now; what is drawn from
        now on comes from `seed`. A paused room stays paused."""
        status = led(state.status, EventKind.REWOUND, _PAUSED if state.status is _PAUSED else _PLAYING)
        game = self._on(target, EventKind.REWOUND)
        seeds = state.seeds if state.match == target.match else target.seeds
        if seed is not None and self.referee.game.uses_chance:
            game, seeds = self.referee.reseeded(game, seed), (*seeds, seed)
        clock = target.clock
        if clock is not None:
            clock = clocks.stopped(clock)
            if status is _PLAYING:
                clock = clocks.going_on(clock, self._to_move(game))
        return self._went_on(
            state,
            at_us,
            status,
            epoch=epoch,
            match=target.match,
            state=game,
            clock=clock,
            tick=target.tick,
            seeds=seeds,
            wants_rematch=(False,) * self.seats,
        )

    def reopened(self, state: RoomState, at_us: int, epoch: Epoch) -> Transition:
        """What was shown before may mean something else now: some of it may be lost."""
        status = led(state.status, EventKind.REOPENED, state.status)
        return self._went_on(state, at_us, status, epoch=epoch)

    def closed(self, state: RoomState, at_us: int) -> Transition:
        return self._went_on(state, at_us, led(state.status, EventKind.CLOSED, Status.CLOSED))

    def _went_on(self, before: RoomState, at_us: int, status: Status, **changed: Any) -> Transition:
        return Transition(
            replace(before, version=Version(before.version + 1), at_us=at_us, status=status, **changed)
        )
