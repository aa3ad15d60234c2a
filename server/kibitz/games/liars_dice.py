"""Liar's Dice: bid on all dice, though you see only your own; who is caught, or doubts a true bid, loses one.

The rules as played here. Everybody has five dice (option `dice`) under a cup. Who opens bids how many
dice, at least, show a face; clockwise the next one bids more dice, or as many of a higher face, or
challenges. At a challenge all dice are shown: were there as many as bid, the challenger loses a die,
otherwise the bidder. Who lost opens the next round, and without dice one is out; the last one wins.

- Ones are wild (option `wild_ones`): they count as every face, and cannot be bid on.
- Spot on (option `spot_on`): instead of a challenge one may say that there are exactly as many; if so,
  everybody else loses a die, otherwise the caller.
- Nobody bids more dice than there are.
- Everybody looks at the dice that were shown until all have seen enough, or for 15 s.
- When the turn's time is over, the standing bid is challenged; where none stands, the lowest one is made.
- Who resigns or leaves is out. A round in which that happens is void: nobody loses a die for it.
"""

from collections.abc import Callable
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from kibitz.games import liars_dice_table as tables
from kibitz.games.liars_dice_table import BIDDING, FACES, FINISHED, REVEALED, Bid, Dice, Round, Table
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
    PerMove,
    Phases,
    Refusal,
    Seat,
    Seats,
    Setup,
    Stale,
    Value,
    action,
    illegal,
)

DICE_MOST, SEATS_MOST = 6, 6
LOOK_MS = 15_000
"""How long the dice of a round that is over are shown at most, where turns are timed."""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """`turn_ms` is the time for one bid or call; null: untimed."""

    dice: Annotated[int, Meta(ge=1, le=DICE_MOST)] = 5
    wild_ones: bool = True
    spot_on: bool = False
    turn_ms: Annotated[int, Meta(ge=5_000, le=86_400_000)] | None = 60_000


class Raise(Args, frozen=True):
    count: Annotated[int, Meta(ge=1, le=DICE_MOST * SEATS_MOST)]
    face: Annotated[int, Meta(ge=1, le=FACES)]


def bid_is_higher(state: Table, seat: Seat, args: Raise) -> Refusal | None:
    if args.face < state.lowest_face:
        return illegal("ones_are_wild", "Ones are wild here: they count as every face, so bid on another.")
    if args.count > sum(state.counts):
        return illegal("too_many", f"There are only {sum(state.counts)} dice on the table.")
    if state.bid is not None and (args.count, args.face) <= (state.bid.count, state.bid.face):
        return illegal("too_low", "Bid more dice, or as many of a higher face.")
    return None


def a_bid_stands(state: Table, seat: Seat, args: Args) -> Refusal | None:
    return None if state.bids else illegal("no_bid", "There is no bid to call yet.")


def is_played(state: Table, seat: Seat, args: Args) -> Refusal | None:
    return None if state.has_spot_on else illegal("not_played", "Spot on is not played at this table.")


def is_inside(state: Table, seat: Seat, args: Args) -> Refusal | None:
    return None if state.places[seat] is None else illegal("out", "You are out already.")


class LiarsDice(Game[Table]):
    name = "liars-dice"
    title = "Liar's Dice"
    summary = "Bid on everybody's dice, and catch who lies."
    seats = Seats(2, SEATS_MOST)
    options = Options
    open_after = True
    brain = "kibitz.games.liars_dice_brain:choose"
    phases = Phases(
        {
            (WAITING, START): BIDDING,
            (BIDDING, "bid"): BIDDING,
            (BIDDING, "challenge"): (REVEALED, FINISHED),
            (BIDDING, "spot_on"): (REVEALED, FINISHED),
            (BIDDING, "resign"): (BIDDING, FINISHED),
            (BIDDING, TIMEOUT): (BIDDING, REVEALED, FINISHED),
            (BIDDING, FORFEIT): (BIDDING, FINISHED),
            (REVEALED, "ready"): (REVEALED, BIDDING),
            (REVEALED, "resign"): (REVEALED, BIDDING, FINISHED),
            (REVEALED, TIMEOUT): (REVEALED, BIDDING),
            (REVEALED, FORFEIT): (REVEALED, BIDDING, FINISHED),
        },
        final=FINISHED,
    )

    def setup(self, setup: Setup[Options]) -> Table:
        options, seats = setup.options, setup.seats
        table = Table(
            phase=BIDDING,
            chance=setup.chance,
            match=setup.match,
            dice_each=options.dice,
            is_wild=options.wild_ones,
            has_spot_on=options.spot_on,
            counts=(options.dice,) * seats,
            first=setup.first,
            places=(None,) * seats,
            gone=(None,) * seats,
        )
        return tables.new_round(table, setup.first, self.throw)

    def throw(self, chance: Chance, counts: tuple[int, ...]) -> tuple[Dice, Chance]:
        """The dice of a round, by seat."""
        return tables.throw(chance, counts)

    def to_move(self, state: Table) -> tuple[Seat, ...]:
        return state.waiting if state.turn is None else (state.turn,)

    # ------------------------------------------------------------ actions

    # A bid or a call is an answer to what its sender saw: if that has changed, they decide again.
    @action(Raise, checks=(bid_is_higher,), stale=Stale.REJECT)
    def bid(self, state: Table, seat: Seat, args: Raise) -> Table:
        bid = Bid(seat, args.count, args.face)
        return replace(state, bids=(*state.bids, bid), turn=tables.next_inside(state, seat))

    @action(Args, checks=(a_bid_stands,), stale=Stale.REJECT)
    def challenge(self, state: Table, seat: Seat, args: Args) -> Table:
        return tables.called(state, seat, state.bids[-1], is_spot_on=False)

    @action(Args, checks=(is_played, a_bid_stands), stale=Stale.REJECT)
    def spot_on(self, state: Table, seat: Seat, args: Args) -> Table:
        return tables.called(state, seat, state.bids[-1], is_spot_on=True)

    @action(Args, stale=Stale.COMMUTE)
    def ready(self, state: Table, seat: Seat, args: Args) -> Table:
        return tables.looked(state, seat, self.throw)

    @action(Args, checks=(is_inside,), stale=Stale.COMMUTE, out_of_turn=True, suggested=False)
    def resign(self, state: Table, seat: Seat, args: Args) -> Table:
        return tables.withdrawn(state, seat, "resigned", self.throw)

    def on_forfeit(self, state: Table, seat: Seat) -> Table:
        return tables.withdrawn(state, seat, "forfeit", self.throw)

    def on_timeout(self, state: Table, seat: Seat) -> Table:
        if state.phase == REVEALED:
            return tables.looked(state, seat, self.throw)
        if state.bid is not None:
            return tables.called(state, seat, state.bid, is_spot_on=False)
        return self.bid.apply(self, state, seat, Raise(1, state.lowest_face))

    def clock(self, options: Options) -> ClockRule:
        if options.turn_ms is None:
            return None
        return PerMove(options.turn_ms, {REVEALED: min(options.turn_ms, LOOK_MS)})

    # ------------------------------------------------------------ what is seen

    def outcome(self, state: Table) -> Outcome | None:
        inside = state.inside
        if state.phase != FINISHED or len(inside) != 1:
            return None
        winner = inside[0]
        second = next(why for why, place in zip(state.gone, state.places, strict=True) if place == 2)
        reason = "last" if second == "dice" else second or "last"
        ranks = tuple(place or 1 for place in state.places)
        return Outcome(winner, reason, ranks=ranks, scores=state.counts)

    def view(self, state: Table, seat: Seat | None) -> dict[str, Value]:
        is_open = state.phase != BIDDING
        outcome = self.outcome(state)
        return {
            "phase": state.phase,
            "match": state.match,
            "round": len(state.rounds) + (state.phase == BIDDING),
            "turn": state.turn,
            "dice_each": state.dice_each,
            "wild_ones": state.is_wild,
            "spot_on": state.has_spot_on,
            "counts": list(state.counts),
            "dice": [
                list(own) if is_open or (owner == seat and own) else None
                for owner, own in enumerate(state.dice)
            ],
            "bids": [_shown_bid(bid) for bid in state.bids],
            "waiting": list(state.waiting),
            "places": list(state.places),
            "gone": list(state.gone),
            # All of them only at the end, to verify the dice by: a view is made for each move.
            "last": _shown_round(state.rounds[-1]) if state.rounds else None,
            "rounds": [_shown_round(each) for each in state.rounds] if state.phase == FINISHED else [],
            "commitments": list(state.commitments),
            "outcome": None if outcome is None else outcome.as_value(),
        }

    def waiting_view(self, options: Options, seats: int) -> dict[str, Value]:
        return {
            "phase": WAITING,
            "match": 0,
            "round": 0,
            "turn": None,
            "dice_each": options.dice,
            "wild_ones": options.wild_ones,
            "spot_on": options.spot_on,
            "counts": [options.dice] * seats,
            "dice": [None] * seats,
            "bids": [],
            "waiting": [],
            "places": [None] * seats,
            "gone": [None] * seats,
            "last": None,
            "rounds": [],
            "commitments": [],
            "outcome": None,
        }

    def event_view(self, move: Move, seat: Seat, viewer: Seat | None) -> dict[str, Value]:
        if move.type == "bid":
            return {"count": move.args["count"], "face": move.args["face"]}
        return {}

    def candidates(self, state: Table, seat: Seat) -> list[Move]:
        """Raises by one step of each face, then the calls, then every other bid."""
        if state.phase == REVEALED:
            return [Move("ready", {})]
        count = 1 if state.bid is None else state.bid.count
        near = [
            Move("bid", {"count": more, "face": face})
            for more in (count, count + 1)
            for face in range(1, FACES + 1)
        ]
        calls = [Move("challenge", {}), Move("spot_on", {})]
        far = [
            Move("bid", {"count": more, "face": face})
            for more in range(count + 2, sum(state.counts) + 1)
            for face in range(1, FACES + 1)
        ]
        return near + calls + far

    def twin(self, state: Table, seat: Seat | None, draw: Callable[[int], int]) -> Table:
        """Under every cup but the viewer's own there may be anything."""
        if state.phase != BIDDING:
            return state
        dice = (
            own if owner == seat else tuple(1 + draw(FACES) for _ in own)
            for owner, own in enumerate(state.dice)
        )
        return replace(state, dice=tuple(dice))


def _shown_bid(bid: Bid) -> dict[str, Value]:
    return {"seat": bid.seat, "count": bid.count, "face": bid.face}


def _shown_round(done: Round) -> dict[str, Value]:
    """Its dice as digits, a word for each seat."""
    call: dict[str, Value] | None = None
    if done.call is not None:
        call = {
            "kind": done.call.kind,
            "seat": done.call.seat,
            "bid": _shown_bid(done.call.bid),
            "count": done.call.count,
            "losers": list(done.call.losers),
        }
    return {
        "first": done.first,
        "seed": done.seed,
        "position": done.position,
        "dice": ["".join(map(str, own)) for own in done.dice],
        "call": call,
    }
