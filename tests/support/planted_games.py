"""Games with one fault each, which `kibitz check` must find, and what they are like without it.

All are Higher: each seat has a hidden card; in turn a seat shows a number up to its card, until one passes.
"""

from collections.abc import Callable
from typing import Annotated, Any

from msgspec import Meta
from msgspec.structs import replace

from kibitz.rules import (
    FORFEIT,
    START,
    WAITING,
    Args,
    Game,
    Move,
    Outcome,
    Phases,
    Refusal,
    Seat,
    Seats,
    Setup,
    State,
    Value,
    action,
    illegal,
)

CARDS = 8
SUITS = ("clubs", "diamonds", "hearts", "spades", "stars", "moons", "suns", "leaves")


class Cards(State, frozen=True):
    cards: tuple[int, ...]
    turn: Seat
    shown: int = 0
    loser: Seat | None = None
    suits: tuple[str, ...] = ()


class Number(Args, frozen=True):
    n: Annotated[int, Meta(ge=1, le=CARDS)]


def is_higher(state: Cards, seat: Seat, args: Number) -> Refusal | None:
    return None if args.n > state.shown else illegal("too_low", "Show a higher number.")


def is_covered(state: Cards, seat: Seat, args: Number) -> Refusal | None:
    return None if args.n <= state.cards[seat] else illegal("not_covered", "Your card is lower than that.")


class Higher(Game[Cards]):
    """Keeps its secrets."""

    name = "higher"
    title = "Higher"
    seats = Seats(2, 4)
    phases = Phases(
        {
            (WAITING, START): "showing",
            ("showing", "show"): "showing",
            ("showing", "give_in"): "over",
            ("showing", FORFEIT): "over",
        },
        final="over",
    )

    def setup(self, setup: Setup[Any]) -> Cards:
        cards = tuple(1 + byte % CARDS for byte in setup.chance.seed[: setup.seats])
        return Cards("showing", cards, setup.first)

    def to_move(self, state: Cards) -> tuple[Seat, ...]:
        return (state.turn,) if state.phase == "showing" else ()

    @action(Number, checks=(is_higher, is_covered))
    def show(self, state: Cards, seat: Seat, args: Number) -> Cards:
        return replace(state, shown=args.n, turn=Seat((seat + 1) % len(state.cards)))

    @action(Args)
    def give_in(self, state: Cards, seat: Seat, args: Args) -> Cards:
        return replace(state, phase="over", loser=seat)

    def on_forfeit(self, state: Cards, seat: Seat) -> Cards:
        return replace(state, phase="over", loser=seat)

    def outcome(self, state: Cards) -> Outcome | None:
        return Outcome(None, "shown", {"loser": state.loser})

    def view(self, state: Cards, seat: Seat | None) -> dict[str, Value]:
        return {
            "phase": state.phase,
            "card": None if seat is None else state.cards[seat],
            "turn": state.turn,
            "shown": state.shown,
            "loser": state.loser,
        }

    def event_view(self, move: Move, seat: Seat, viewer: Seat | None) -> dict[str, Value] | None:
        return move.args

    def twin(self, state: Cards, seat: Seat | None, draw: Callable[[int], int]) -> Cards:
        """Everybody else's card is another one, from what they have shown on."""
        least = state.shown or 1
        others = (least + draw(CARDS + 1 - least) for _ in state.cards)
        cards = tuple(
            card if owner == seat else other
            for owner, (card, other) in enumerate(zip(state.cards, others, strict=True))
        )
        return replace(state, cards=cards)


class Leak(Higher):
    """Tells how high the cards are together."""

    name = "leak"

    def view(self, state: Cards, seat: Seat | None) -> dict[str, Value]:
        return {**super().view(state, seat), "together": sum(state.cards)}


class Undeclared(Higher):
    """Hides cards and does not say from whom."""

    name = "undeclared"
    twin = None  # type: ignore[assignment]


class SetOrder(Higher):
    """Deals the suits as a set happens to give them."""

    name = "set-order"

    def setup(self, setup: Setup[Any]) -> Cards:
        return replace(super().setup(setup), suits=tuple(set(SUITS)))


_dealt = 0


class Remembers(Higher):
    """Deals by what it dealt before."""

    name = "remembers"

    def setup(self, setup: Setup[Any]) -> Cards:
        global _dealt
        _dealt += 1
        return replace(super().setup(setup), shown=_dealt % 2)


class DeadEnd(Higher):
    """Whoever cannot show a higher number has no move."""

    name = "dead-end"

    def candidates(self, state: Cards, seat: Seat) -> list[Move]:
        return [Move("show", {"n": n}) for n in range(1, CARDS + 1)]


class Endless(Higher):
    """A number may be shown again and again."""

    name = "endless"

    def candidates(self, state: Cards, seat: Seat) -> list[Move]:
        return [Move("show", {"n": 1})]

    @action(Number)
    def show(self, state: Cards, seat: Seat, args: Number) -> Cards:
        return state


class RunsAway(Higher):
    """Looks for a card that nobody has."""

    name = "runs-away"

    @action(Args)
    def give_in(self, state: Cards, seat: Seat, args: Args) -> Cards:
        while 0 not in state.cards:
            pass
        return state


class Floats(Higher):
    """Shows what canonical JSON does not have."""

    name = "floats"

    def view(self, state: Cards, seat: Seat | None) -> dict[str, Any]:
        return {**super().view(state, seat), "share": state.shown / CARDS}


class TellsByEvent(Higher):
    """Its view hides which number was shown, its event view does not."""

    name = "tells-by-event"

    def view(self, state: Cards, seat: Seat | None) -> dict[str, Value]:
        return {**super().view(state, seat), "shown": None}


def is_possible(state: Cards, seat: Seat, args: Number) -> Refusal | None:
    return None if args.n <= max(state.cards) else illegal("impossible", "Nobody has a card as high.")


class TellsByRefusal(Higher):
    """Whoever tries a high number hears whether somebody else has it."""

    name = "tells-by-refusal"

    @action(Number, checks=(is_higher, is_possible, is_covered))
    def show(self, state: Cards, seat: Seat, args: Number) -> Cards:
        return replace(state, shown=args.n, turn=Seat((seat + 1) % len(state.cards)))


class NeverOver(Higher):
    """Goes on when a seat has left, and waits for it."""

    name = "never-over"
    phases = Phases(
        {
            (WAITING, START): "showing",
            ("showing", "show"): "showing",
            ("showing", "give_in"): "over",
            ("showing", FORFEIT): "showing",
        },
        final="over",
    )

    def on_forfeit(self, state: Cards, seat: Seat) -> Cards:
        return state


class Unreached(Higher):
    """Has a phase to which no match comes."""

    name = "unreached"
    phases = Phases(
        {
            (WAITING, START): "showing",
            ("showing", "show"): ("showing", "tied"),
            ("showing", "give_in"): "over",
            ("showing", FORFEIT): "over",
        },
        final=("over", "tied"),
    )


class BadBrain(Higher):
    """Its bot shows the highest number whatever its card is."""

    name = "bad-brain"
    brain = "support.planted_games:bluff"


def bluff(view: dict[str, Any], seat: int, seed: int, budget_ms: int) -> tuple[str, dict[str, Any]]:
    return "show", {"n": CARDS}
