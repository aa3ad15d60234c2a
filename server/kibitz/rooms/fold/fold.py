"""Room state from events, as the journal has them."""

from collections.abc import Iterator, Sequence

from kibitz.ids import Version
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.fold.changes import Changes, Transition
from kibitz.rooms.fold.event_args import (
    Left,
    decode_created,
    decode_forfeited,
    decode_left,
    decode_paused,
    decode_rewound,
    decode_started,
)
from kibitz.rooms.fold.lifecycle import LifecycleError
from kibitz.rooms.fold.state import RoomState
from kibitz.rooms.fold.ticking import TicksFault
from kibitz.rules import Refusal


class FoldError(RuntimeError):
    """An event that does not follow from the events before it."""

    def __init__(self, event: Event, problem: str) -> None:
        super().__init__(f"version {event.version} ({event.kind}): {problem}")
        self.event = event


_NEW_EPOCH = (EventKind.REWOUND, EventKind.REOPENED)


class Fold(Changes):
    """The fold of one room."""

    def all(self, events: Sequence[Event], state: RoomState | None = None) -> RoomState:
        """The state after all of `events`, which begin the room or continue `state`.

        Raises `FoldError`, or what the game's code raises.
        """
        after = state
        for step in self.steps(events, state):
            after = step[2]
        if after is None:
            raise ValueError("a room without events")
        return after

    def steps(
        self, events: Sequence[Event], state: RoomState | None = None
    ) -> Iterator[tuple[RoomState | None, Event, RoomState]]:
        """Each event with the states before and after it. States that a later event rewinds to are kept;
        one that lies before `state` is a `FoldError`."""
        wanted = {decode_rewound(each.args).to_version for each in events if each.kind is EventKind.REWOUND}
        kept: dict[Version, RoomState] = {}
        if wanted and state is not None and state.version in wanted:
            kept[state.version] = state
        for event in events:
            before = state
            target = None
            if wanted and event.kind is EventKind.REWOUND:
                target = kept.get(decode_rewound(event.args).to_version)
            state = self.step(before, event, target)
            if state.version in wanted:
                kept[state.version] = state
            yield before, event, state

    def step(self, state: RoomState | None, event: Event, target: RoomState | None = None) -> RoomState:
        """The state after one journalled event. `target` is the state that a `rewound` goes back to."""
        if state is None:
            if event.kind is not EventKind.CREATED or event.version != 1:
                raise FoldError(event, "a room begins with its creation as version 1")
            return self.begin(event.at_us, event.epoch, decode_created(event.args).fork)
        if event.version != state.version + 1:
            raise FoldError(event, f"does not follow version {state.version}")
        if (event.epoch == state.epoch) is (event.kind in _NEW_EPOCH) and state.epoch:
            raise FoldError(event, f"has the epoch {event.epoch} after {state.epoch}")
        try:
            return self._transition(state, event, target).after
        except (LifecycleError, TicksFault) as error:
            raise FoldError(event, str(error)) from error

    def _transition(self, state: RoomState, event: Event, target: RoomState | None) -> Transition:
        seat, at_us = event.seat, event.at_us
        match event.kind:
            case EventKind.ACTION if seat is not None:
                name = event.type or ""
                payload = self.referee.decode_args(name, event.args)
                if isinstance(payload, Refusal):
                    raise FoldError(event, payload.message)
                return self.acted(state, at_us, seat, name, payload, event.spent_ms)
            case EventKind.TICKS:
                return self.ticked(state, at_us, event.args)
            case EventKind.TIMEOUT:
                return self.timed_out(state, at_us, seat, event.spent_ms)
            case EventKind.FORFEIT if seat is not None:
                return self.forfeited(state, at_us, seat, decode_forfeited(event.args).charged_ms)
            case EventKind.JOINED if seat is not None:
                if event.player_id is None:
                    raise FoldError(event, "has no player")
                return self.joined(state, at_us, seat, event.player_id)
            case EventKind.LEFT if seat is not None:
                is_kicked = decode_left(event.args).reason == Left.KICKED
                return self.left(state, at_us, seat, is_kicked=is_kicked)
            case EventKind.REMATCH if seat is not None:
                return self.wanted(state, at_us, seat)
            case EventKind.STARTED:
                started = decode_started(event.args)
                return self.started(state, at_us, bytes.fromhex(started.seed), started.fork_point())
            case EventKind.PAUSED:
                return self.paused(state, at_us, decode_paused(event.args))
            case EventKind.RESUMED:
                return self.resumed(state, at_us)
            case EventKind.REWOUND:
                rewound = decode_rewound(event.args)
                if target is None and rewound.to_version == state.version:
                    target = state
                if target is None:
                    raise FoldError(event, f"version {rewound.to_version} is not known")
                seed = None if rewound.seed is None else bytes.fromhex(rewound.seed)
                return self.rewound(state, at_us, target, seed, event.epoch)
            case EventKind.REOPENED:
                return self.reopened(state, at_us, event.epoch)
            case EventKind.CLOSED:
                return self.closed(state, at_us)
            case EventKind.CREATED:
                raise FoldError(event, "created twice")
        raise FoldError(event, "has no seat")
