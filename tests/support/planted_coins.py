"""Games of chance, one honest and others with one fault each, which `kibitz check` must find."""

from typing import Any

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
    Move,
    Outcome,
    PerPhase,
    Phases,
    Seat,
    Seats,
    Setup,
    State,
    Value,
    action,
)


class Tosses(State, frozen=True):
    chance: Chance
    turn: Seat
    tossed: tuple[int, ...] = ()


class Coin(Game[Tosses]):
    """Everybody tosses a coin in turn, nine times in all; each phase has its time."""

    name = "coin"
    title = "Coin"
    seats = Seats(2, 3)
    views_differ = False
    phases = Phases(
        {
            (WAITING, START): "tossing",
            ("tossing", "toss"): ("tossing", "over"),
            ("tossing", TIMEOUT): ("tossing", "over"),
            ("tossing", FORFEIT): "over",
        },
        final="over",
    )

    def setup(self, setup: Setup[Any]) -> Tosses:
        return Tosses("tossing", setup.chance, setup.first)

    def to_move(self, state: Tosses) -> tuple[Seat, ...]:
        return (state.turn,) if state.phase == "tossing" else ()

    @action(Args)
    def toss(self, state: Tosses, seat: Seat, args: Args) -> Tosses:
        side, chance = state.chance.draw(2)
        tossed = (*state.tossed, side)
        phase = "tossing" if len(tossed) < 9 else "over"
        return Tosses(phase, chance, Seat(1 - min(seat, 1)), tossed)

    def clock(self, options: Any) -> ClockRule:
        return PerPhase({"tossing": 5_000})

    def on_phase_over(self, state: Tosses) -> Tosses:
        return self.toss.apply(self, state, state.turn, Args())

    def on_forfeit(self, state: Tosses, seat: Seat) -> Tosses:
        return replace(state, phase="over")

    def outcome(self, state: Tosses) -> Outcome | None:
        return Outcome(None, "tossed", {"heads": sum(state.tossed)})

    def view(self, state: Tosses, seat: Seat | None) -> dict[str, Value]:
        return {"phase": state.phase, "turn": state.turn, "tossed": list(state.tossed)}

    def event_view(self, move: Move, seat: Seat, viewer: Seat | None) -> dict[str, Value]:
        return {}


class Foretells(Coin):
    """Shows what the next toss will be."""

    name = "foretells"

    def view(self, state: Tosses, seat: Seat | None) -> dict[str, Value]:
        return {**super().view(state, seat), "next": state.chance.draw(2)[0]}


class TellsTheSeed(Coin):
    """Shows what everything follows from."""

    name = "tells-the-seed"

    def view(self, state: Tosses, seat: Seat | None) -> dict[str, Value]:
        return {**super().view(state, seat), "debug": state.chance.seed.hex()}
