"""Games that exist to try the frame: hidden hands, every policy, and code that fails when asked to."""

from typing import Annotated, Any

from msgspec import Meta
from msgspec.structs import replace

from kibitz.rules import (
    FORFEIT,
    START,
    TIMEOUT,
    WAITING,
    Args,
    ClockRule,
    Game,
    Move,
    Outcome,
    PerGame,
    Phases,
    Seat,
    Seats,
    Setup,
    Stale,
    State,
    Value,
    action,
)


class Hands(State, frozen=True):
    hands: tuple[int, ...]
    total: int = 0
    winner: Seat | None = None


class Amount(Args, frozen=True):
    n: Annotated[int, Meta(ge=1, le=3)]


class Tally(Game[Hands]):
    """Everybody adds to a total, in any order; who reaches ten wins. Each seat has a hidden hand."""

    name = "tally"
    title = "Tally"
    seats = Seats(2, 4)
    brain = "support.toy_brains:first"
    phases = Phases(
        {
            (WAITING, START): "adding",
            ("adding", "add"): ("adding", "over"),
            ("adding", "bid"): "adding",
            ("adding", "crash"): "adding",
            ("adding", "lie"): "over",
            ("adding", "blind"): "adding",
            ("adding", FORFEIT): ("adding", "over"),
        },
        final="over",
    )

    def setup(self, setup: Setup[Any]) -> Hands:
        return Hands("adding", tuple(setup.chance.seed[seat] for seat in range(setup.seats)))

    def to_move(self, state: Hands) -> tuple[Seat, ...]:
        return tuple(Seat(seat) for seat in range(len(state.hands))) if state.phase == "adding" else ()

    @action(Amount, stale=Stale.COMMUTE)
    def add(self, state: Hands, seat: Seat, args: Amount) -> Hands:
        total = state.total + args.n
        if total < 10:
            return replace(state, total=total)
        return replace(state, total=total, phase="over", winner=seat)

    @action(Amount, stale=Stale.REJECT)
    def bid(self, state: Hands, seat: Seat, args: Amount) -> Hands:
        hands = list(state.hands)
        hands[seat] = args.n
        return replace(state, hands=tuple(hands))

    @action(Args, suggested=False)
    def crash(self, state: Hands, seat: Seat, args: Args) -> Hands:
        raise ZeroDivisionError("the author did not think of this")

    @action(Args, suggested=False)
    def lie(self, state: Hands, seat: Seat, args: Args) -> Hands:
        return state  # the phases say that it ends the match

    @action(Args, suggested=False)
    def blind(self, state: Hands, seat: Seat, args: Args) -> Hands:
        return replace(state, total=-1)  # a total that `view` cannot show

    def on_forfeit(self, state: Hands, seat: Seat) -> Hands:
        return replace(state, phase="over", winner=Seat((seat + 1) % len(state.hands)))

    def outcome(self, state: Hands) -> Outcome | None:
        return Outcome(state.winner, "ten")

    def view(self, state: Hands, seat: Seat | None) -> dict[str, Value]:
        if state.total < 0:
            raise ValueError("a negative total")
        return {
            "phase": state.phase,
            "total": state.total,
            "mine": None if seat is None else state.hands[seat],
        }

    def event_view(self, move: Move, seat: Seat, viewer: Seat | None) -> dict[str, Value] | None:
        if move.type == "add" or viewer == seat:
            return move.args
        return None


class NewTally(Tally):
    """The same under newer rules."""

    name = "tally"
    rules_version = 2


class Seated(State, frozen=True):
    turn: Seat
    inside: tuple[Seat, ...]


class LastOne(Game[Seated]):
    """Everybody passes in turn, on a clock; who leaves is out, and the last one inside wins."""

    name = "last-one"
    title = "Last one"
    seats = Seats(3, 4)
    views_differ = False
    phases = Phases(
        {
            (WAITING, START): "passing",
            ("passing", "pass_on"): "passing",
            ("passing", "wave"): "passing",
            ("passing", TIMEOUT): ("passing", "over"),
            ("passing", FORFEIT): ("passing", "over"),
        },
        final="over",
    )

    def setup(self, setup: Setup[Any]) -> Seated:
        return Seated("passing", setup.first, tuple(Seat(seat) for seat in range(setup.seats)))

    def to_move(self, state: Seated) -> tuple[Seat, ...]:
        return (state.turn,) if state.phase == "passing" else ()

    @action(Args)
    def pass_on(self, state: Seated, seat: Seat, args: Args) -> Seated:
        return replace(state, turn=self._next(state, seat))

    @action(Args, out_of_turn=True, suggested=False)
    def wave(self, state: Seated, seat: Seat, args: Args) -> Seated:
        return state

    def on_forfeit(self, state: Seated, seat: Seat) -> Seated:
        inside = tuple(each for each in state.inside if each != seat)
        turn = self._next(state, seat) if state.turn == seat else state.turn
        return Seated("over" if len(inside) == 1 else "passing", turn, inside)

    def on_timeout(self, state: Seated, seat: Seat) -> Seated:
        return self.on_forfeit(state, seat)

    def clock(self, options: Any) -> ClockRule:
        return PerGame(60_000, 1_000)

    def outcome(self, state: Seated) -> Outcome | None:
        return Outcome(state.inside[0], "last")

    def view(self, state: Seated, seat: Seat | None) -> dict[str, Value]:
        return {"phase": state.phase, "turn": state.turn, "inside": list(state.inside)}

    def _next(self, state: Seated, seat: Seat) -> Seat:
        later = [each for each in state.inside if each > seat]
        return later[0] if later else min(each for each in state.inside if each != seat)
