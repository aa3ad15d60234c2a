"""Room state from events. Live handling and recovery call the same functions, in the same order, so
what a restart reads back is what the players saw.

Nothing in here reads a clock, draws chance or does I/O: all of that stands in the event.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from kibitz.ids import PlayerId, Seat, Version
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.lifecycle import LifecycleError, Status, led
from kibitz.rooms.state import ClockState, RoomState
from kibitz.rules import Args, Chance, Referee, Refusal, Setup, State
from kibitz.sync.canonical import encode


class Started(msgspec.Struct, frozen=True):
    """The arguments of a `started` event."""

    seed: str
    players: tuple[PlayerId, ...]


class Forfeited(msgspec.Struct, frozen=True, omit_defaults=True):
    """The arguments of a `forfeit` event: what the clock that ran, not always that of the seat that
    left, is charged with it. None where no clock ran, and in rows that are older than this."""

    charged_ms: int | None = None


class FoldError(RuntimeError):
    """An event that does not follow from the events before it."""

    def __init__(self, event: Event, problem: str) -> None:
        super().__init__(f"version {event.version} ({event.kind}): {problem}")
        self.event = event


class Transition(msgspec.Struct, frozen=True):
    """What an event led to; `outcome`, canonical JSON, where it ended the match."""

    after: RoomState
    outcome: str | None = None


_decode_started = msgspec.json.Decoder(Started).decode
_decode_forfeited = msgspec.json.Decoder(Forfeited).decode

# Python 3.11 takes longer for a member of an enum than for a call; these are asked for every move.
_PLAYING, _ACTION = Status.PLAYING, EventKind.ACTION


class Fold:
    """The fold of one room: its game under its options, with its number of seats."""

    def __init__(self, referee: Referee[Any], options: Any, seats: int) -> None:
        self.referee = referee
        self.options = options
        self.seats = seats
        self.clock_rule = referee.clock(options)

    def begin(self, at_us: int) -> RoomState:
        """The state after `created`."""
        nobody: tuple[PlayerId | None, ...] = (None,) * self.seats
        return RoomState(Version(1), at_us, Status.WAITING, nobody, (False,) * self.seats)

    def all(self, events: Sequence[Event], state: RoomState | None = None) -> RoomState:
        """The state after all of `events`, which begin the room or continue `state`.

        Raises `FoldError`, or what the game's code raises.
        """
        for event in events:
            state = self.step(state, event)
        if state is None:
            raise ValueError("a room without events")
        return state

    def step(self, state: RoomState | None, event: Event) -> RoomState:
        """The state after one journalled event."""
        if state is None:
            if event.kind is not EventKind.CREATED or event.version != 1:
                raise FoldError(event, "a room begins with its creation as version 1")
            return self.begin(event.at_us)
        if event.version != state.version + 1:
            raise FoldError(event, f"does not follow version {state.version}")
        try:
            return self._transition(state, event).after
        except LifecycleError as error:
            raise FoldError(event, str(error)) from error

    def _transition(self, state: RoomState, event: Event) -> Transition:
        seat = event.seat
        match event.kind:
            case EventKind.STARTED:
                started = _decode_started(event.args)
                return self.started(state, event.at_us, bytes.fromhex(started.seed))
            case EventKind.CLOSED:
                return self.closed(state, event.at_us)
            case EventKind.CREATED:
                raise FoldError(event, "created twice")
        if seat is None:
            raise FoldError(event, "has no seat")
        match event.kind:
            case EventKind.JOINED:
                if event.player_id is None:
                    raise FoldError(event, "has no player")
                return self.joined(state, event.at_us, seat, event.player_id)
            case EventKind.LEFT:
                return self.left(state, event.at_us, seat)
            case EventKind.REMATCH:
                return self.wanted(state, event.at_us, seat)
            case EventKind.ACTION:
                name = event.type or ""
                payload = self.referee.decode_args(name, event.args)
                if isinstance(payload, Refusal):
                    raise FoldError(event, payload.message)
                return self.acted(state, event.at_us, seat, name, payload, event.spent_ms)
            case EventKind.TIMEOUT:
                return self.timed_out(state, event.at_us, seat, event.spent_ms)
            case EventKind.FORFEIT:
                return self.forfeited(state, event.at_us, seat, _decode_forfeited(event.args).charged_ms)

    # ------------------------------------------------------------ seats

    def joined(self, state: RoomState, at_us: int, seat: Seat, player: PlayerId) -> Transition:
        """A player took a free seat. Whoever joins a finished room wants to play."""
        status = led(state.status, EventKind.JOINED, state.status)
        return self._seated(state, at_us, status, seat, player, wants=status is Status.FINISHED)

    def left(self, state: RoomState, at_us: int, seat: Seat) -> Transition:
        status = led(state.status, EventKind.LEFT, state.status)
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

    def started(self, state: RoomState, at_us: int, seed: bytes) -> Transition:
        """A match began; the seat that begins goes round from match to match."""
        match = state.match + 1
        first = Seat((match - 1) % self.seats)
        game = self.referee.start(Setup(self.seats, self.options, match, first, Chance(seed)))
        clock = None
        if self.clock_rule is not None:
            clock = ClockState((self.clock_rule.initial_ms,) * self.seats, self._running(game))
        status = led(state.status, EventKind.STARTED, Status.PLAYING)
        wishes = (False,) * self.seats
        return Transition(
            RoomState(Version(state.version + 1), at_us, status, state.players, wishes, match, game, clock)
        )

    def acted(
        self, state: RoomState, at_us: int, seat: Seat, name: str, payload: Args, spent_ms: int | None
    ) -> Transition:
        """An action that was judged legal."""
        game = self.referee.apply(self._playing(state), seat, name, payload)
        gained = 0
        if self.clock_rule is not None and spent_ms is not None:
            gained = self.clock_rule.increment_ms
        return self._moved(state, at_us, _ACTION, game, seat, spent_ms, gained)

    def timed_out(self, state: RoomState, at_us: int, seat: Seat, spent_ms: int | None) -> Transition:
        game = self.referee.timeout(self._playing(state), seat)
        return self._moved(state, at_us, EventKind.TIMEOUT, game, seat, spent_ms, 0)

    def forfeited(self, state: RoomState, at_us: int, seat: Seat, charged_ms: int | None) -> Transition:
        """`seat` left the match, which may go on without it. The clock that runs is charged up to now,
        so that whoever sees the new state can count from it."""
        game = self.referee.forfeit(self._playing(state), seat)
        running = None if state.clock is None else state.clock.running
        charged = seat if running is None else running
        return self._moved(state, at_us, EventKind.FORFEIT, game, charged, charged_ms, 0)

    def closed(self, state: RoomState, at_us: int) -> Transition:
        status = led(state.status, EventKind.CLOSED, Status.CLOSED)
        return Transition(replace(state, version=Version(state.version + 1), at_us=at_us, status=status))

    def _moved(
        self,
        state: RoomState,
        at_us: int,
        kind: EventKind,
        game: State,
        seat: Seat,
        spent_ms: int | None,
        gained_ms: int,
    ) -> Transition:
        outcome = self.referee.outcome(game)
        clock = state.clock
        if clock is not None:
            remaining = clock.remaining_ms
            if spent_ms is not None:
                left = max(0, remaining[seat] - spent_ms) + gained_ms
                remaining = (*remaining[:seat], left, *remaining[seat + 1 :])
            clock = ClockState(remaining, None if outcome is not None else self._running(game))
        status = led(state.status, kind, _PLAYING if outcome is None else Status.FINISHED)
        after = RoomState(
            Version(state.version + 1),
            at_us,
            status,
            state.players,
            state.wants_rematch,
            state.match,
            game,
            clock,
        )
        # Encoded here, where a game that names what JSON does not have is refused like any other fault.
        return Transition(after, None if outcome is None else encode(outcome.as_value()).decode())

    def _running(self, game: State) -> Seat | None:
        to_move = self.referee.game.to_move(game)
        return to_move[0] if len(to_move) == 1 else None

    def _playing(self, state: RoomState) -> State:
        if state.state is None or state.status is not _PLAYING:
            raise LifecycleError(state.status, EventKind.ACTION)
        return state.state
