"""A toy game in which everybody picks at once, on each kind of clock, with chance in its state."""

from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from kibitz.rules import (
    FORFEIT,
    START,
    TIMEOUT,
    WAITING,
    Args,
    Chance,
    ClockRule,
    Game,
    Outcome,
    PerMove,
    PerPhase,
    Phases,
    Seat,
    Seats,
    Setup,
    State,
    Value,
    action,
)

MOVE_MS = 10_000
PHASE_MS = 20_000
ROUNDS = 3


class PicksOptions(Struct, frozen=True, forbid_unknown_fields=True):
    rule: Literal["move", "phase"] = "move"


class Picked(State, frozen=True):
    chance: Chance
    picks: tuple[int | None, ...]
    rolled: tuple[int, ...] = ()
    outside: tuple[Seat, ...] = ()


class Pick(Args, frozen=True):
    n: Annotated[int, Meta(ge=1, le=3)]


class Picks(Game[Picked]):
    """In each of three rounds every seat picks a number, and a die is cast when all did. Who is too late
    picks 0. Highest sum of what was cast wins nothing: seat 0 does."""

    name = "picks"
    title = "Picks"
    seats = Seats(2, 4)
    options = PicksOptions
    open_after = True
    phases = Phases(
        {
            (WAITING, START): "picking",
            ("picking", "pick"): ("picking", "over"),
            ("picking", "wave"): "picking",
            ("picking", TIMEOUT): ("picking", "over"),
            ("picking", FORFEIT): ("picking", "over"),
        },
        final="over",
    )

    def setup(self, setup: Setup[PicksOptions]) -> Picked:
        return Picked("picking", setup.chance, (None,) * setup.seats)

    def to_move(self, state: Picked) -> tuple[Seat, ...]:
        if state.phase != "picking":
            return ()
        return tuple(Seat(seat) for seat, pick in enumerate(state.picks) if pick is None)

    @action(Pick)
    def pick(self, state: Picked, seat: Seat, args: Pick) -> Picked:
        return self._picked(state, {seat: args.n})

    @action(Args, out_of_turn=True, suggested=False)
    def wave(self, state: Picked, seat: Seat, args: Args) -> Picked:
        return state

    def on_timeout(self, state: Picked, seat: Seat) -> Picked:
        return self._picked(state, {seat: 0})

    def on_phase_over(self, state: Picked) -> Picked:
        return self._picked(state, dict.fromkeys(self.to_move(state), 0))

    def on_forfeit(self, state: Picked, seat: Seat) -> Picked:
        outside = tuple(sorted({*state.outside, seat}))
        if len(outside) >= len(state.picks) - 1:
            return replace(state, phase="over", outside=outside)
        return self._picked(replace(state, outside=outside), {seat: 0})

    def clock(self, options: PicksOptions) -> ClockRule:
        return PerMove(MOVE_MS) if options.rule == "move" else PerPhase({"picking": PHASE_MS})

    def outcome(self, state: Picked) -> Outcome | None:
        return Outcome(Seat(0), "rounds")

    def view(self, state: Picked, seat: Seat | None) -> dict[str, Value]:
        return {
            "phase": state.phase,
            "mine": None if seat is None else state.picks[seat],
            "picked": [pick is not None for pick in state.picks],
            "rolled": list(state.rolled),
        }

    def _picked(self, state: Picked, picks: dict[Seat, int]) -> Picked:
        now = tuple(picks.get(Seat(seat), pick) for seat, pick in enumerate(state.picks))
        if None in now:
            return replace(state, picks=now)
        (die,), chance = state.chance.dice(1)
        rolled = (*state.rolled, die)
        empty = tuple(0 if Seat(seat) in state.outside else None for seat in range(len(now)))
        phase = "over" if len(rolled) == ROUNDS else "picking"
        return replace(state, chance=chance, picks=empty, rolled=rolled, phase=phase)


def picks_options(rule: str) -> bytes:
    return b'{"rule":"%s"}' % rule.encode()
