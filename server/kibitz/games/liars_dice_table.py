"""The table of Liar's Dice: what a state of the game holds, and how a round begins and ends.

Everything in here makes a new state of an old one and knows nothing of phases tables, views or clocks.
"""

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from kibitz.rules import Chance, Seat, State, commitment

BIDDING, REVEALED, FINISHED = "bidding", "revealed", "finished"
FACES = 6
WILD = 1

Dice = tuple[tuple[int, ...], ...]
"""By seat, in the order thrown; nothing where the seat is out."""
Throw = Callable[[Chance, tuple[int, ...]], tuple[Dice, Chance]]


class Bid(Struct, frozen=True):
    """`seat` says that at least `count` of all dice on the table count as `face`."""

    seat: Seat
    count: int
    face: int


class Call(Struct, frozen=True):
    """How a round ended: `seat` called `bid`, there were `count`, and `losers` lost a die each.

    `kind` is `challenge` (there are fewer) or `spot_on` (there are exactly so many).
    """

    kind: str
    seat: Seat
    bid: Bid
    count: int
    losers: tuple[Seat, ...]


class Round(Struct, frozen=True):
    """A round that is over. `call` is None where it ended because somebody left.

    Its dice were thrown in the order of the seats from the number at `position` on of the seed that
    `Table.commitments[seed]` commits to.
    """

    first: Seat
    seed: int
    position: int
    dice: Dice
    call: Call | None = None


class Table(State, frozen=True):
    """`counts` are the dice that each seat has left, `dice` what lies under the cups; while a round is
    shown the counts are already those of the next one. `waiting` are the seats that still look.

    `places` has the rank of who is out, `gone` says why: `dice`, `resigned` or `forfeit`.
    """

    chance: Chance
    match: int
    dice_each: int
    is_wild: bool
    has_spot_on: bool
    counts: tuple[int, ...]
    first: Seat
    turn: Seat | None = None
    dice: Dice = ()
    bids: tuple[Bid, ...] = ()
    waiting: tuple[Seat, ...] = ()
    places: tuple[int | None, ...] = ()
    gone: tuple[str | None, ...] = ()
    rounds: tuple[Round, ...] = ()
    commitments: tuple[str, ...] = ()
    position: int = 0

    @property
    def bid(self) -> Bid | None:
        """The bid that stands."""
        return self.bids[-1] if self.bids else None

    @property
    def inside(self) -> tuple[Seat, ...]:
        return tuple(Seat(seat) for seat, place in enumerate(self.places) if place is None)

    @property
    def lowest_face(self) -> int:
        """Wild ones belong to every face, and so are no face to bid on."""
        return WILD + 1 if self.is_wild else 1


def throw(chance: Chance, counts: tuple[int, ...]) -> tuple[Dice, Chance]:
    """`counts[seat]` dice for each seat in turn."""
    dice = []
    for count in counts:
        thrown, chance = chance.dice(count, FACES)
        dice.append(thrown)
    return tuple(dice), chance


def matching(dice: Dice, face: int, *, is_wild: bool) -> int:
    """How many of all dice count as `face`."""
    return sum(die == face or (is_wild and die == WILD) for own in dice for die in own)


def new_round(table: Table, first: Seat, throw: Throw) -> Table:
    """Everybody throws what they have left; `first`, or who is inside after it, opens."""
    opens = first if table.places[first] is None else next_inside(table, first)
    promise = commitment(table.chance.seed)
    known = table.commitments
    dice, chance = throw(table.chance, table.counts)
    return replace(
        table,
        phase=BIDDING,
        chance=chance,
        position=table.chance.position,
        # Another one than before where the room was set back, or begins in the middle of another match.
        commitments=known if known[-1:] == (promise,) else (*known, promise),
        dice=dice,
        first=opens,
        turn=opens,
        bids=(),
        waiting=(),
    )


def called(table: Table, seat: Seat, bid: Bid, *, is_spot_on: bool) -> Table:
    """All dice are shown, and who was wrong loses one."""
    count = matching(table.dice, bid.face, is_wild=table.is_wild)
    if is_spot_on:
        losers = tuple(each for each in table.inside if each != seat) if count == bid.count else (seat,)
    else:
        losers = (seat,) if count >= bid.count else (bid.seat,)
    call = Call("spot_on" if is_spot_on else "challenge", seat, bid, count, losers)
    counts = tuple(left - (owner in losers) for owner, left in enumerate(table.counts))
    shown = _closed(replace(table, counts=counts), call)
    over = tuple(each for each in losers if not counts[each])
    after = out(shown, over, "dice")
    if after.phase == FINISHED:
        return after
    opens = losers[0] if len(losers) == 1 else next_inside(after, seat)
    return replace(after, phase=REVEALED, turn=None, first=opens, waiting=after.inside)


def withdrawn(table: Table, seat: Seat, why: str, throw: Throw) -> Table:
    """`seat` plays no further. A round in which it has dice is void: the others throw again."""
    if table.places[seat] is not None:
        return table
    was_bidding = table.phase == BIDDING
    counts = (*table.counts[:seat], 0, *table.counts[seat + 1 :])
    shown = replace(_closed(table, None) if was_bidding else table, counts=counts)
    after = out(shown, (seat,), why)
    if after.phase == FINISHED:
        return after
    if was_bidding:
        return new_round(after, table.first, throw)
    return looked(after, seat, throw)


def looked(table: Table, seat: Seat, throw: Throw) -> Table:
    """`seat` has seen enough; the next round begins with the last one who says so."""
    waiting = tuple(each for each in table.waiting if each != seat)
    if waiting:
        return replace(table, waiting=waiting)
    return new_round(table, table.first, throw)


def out(table: Table, seats: tuple[Seat, ...], why: str) -> Table:
    """`seats` are out together. With one left inside, the match is over."""
    if not seats:
        return table
    inside = [each for each in table.inside if each not in seats]
    places, gone = list(table.places), list(table.gone)
    for seat in seats:
        places[seat], gone[seat] = len(inside) + 1, why
    after = replace(table, places=tuple(places), gone=tuple(gone))
    if len(inside) > 1:
        return after
    return replace(after, phase=FINISHED, turn=None, waiting=())


def next_inside(table: Table, seat: Seat) -> Seat:
    """Who sits next to `seat`, clockwise, and is not out."""
    inside = table.inside
    return next((each for each in inside if each > seat), inside[0])


def _closed(table: Table, call: Call | None) -> Table:
    seed = len(table.commitments) - 1
    done = Round(table.first, seed, table.position, table.dice, call)
    return replace(table, rounds=(*table.rounds, done))
